using System.Globalization;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Notices;

/// <summary>Queues the mails of the notices about tenants: used quotas, downgrades and suspensions.</summary>
internal sealed class PlanNotices(IAccountStore store, Outbox outbox, TimeProvider time) : ITenantNotices
{
    // Longer than the lifetime of its mail, whose end releases the lease.
    private static readonly TimeSpan Lease = Limits.MailAge + TimeSpan.FromHours(1);

    public async Task<int> QueueUsageAsync(Tenant tenant, UsageReading usage, CancellationToken cancellationToken)
    {
        if (usage.Limit is not { } limit)
            return 0;
        var now = time.GetUtcNow();
        var resets = now + QuotaMonth.UntilNext(now);
        var period = string.Create(CultureInfo.InvariantCulture, $"{usage.Month:yyyy-MM}/{limit}");
        var count = 0;
        foreach (var percent in UsageThresholds.Percents.Where(percent => UsageThresholds.IsReached(usage.Accepted, limit, percent)))
        {
            var data = new PlanMail(new Notice(tenant.Id, $"usage_{percent}", period), percent, limit, resets);
            count += await TryQueueAsync(data, PlanMails.Usage, cancellationToken) ? 1 : 0;
        }

        return count;
    }

    public Task<bool> QueueDowngradeAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        if (tenant.DowngradedAt is not { } since || tenant.DowngradeNoticeAt is not null)
            return Task.FromResult(false);
        var data = new PlanMail(new Notice(tenant.Id, "downgrade", PeriodOf(since)), Percent: 0, Limit: 0, since);
        return TryQueueAsync(data, PlanMails.Downgrade, cancellationToken);
    }

    public async Task<int> QueueSuspensionsAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var members = await store.Members.ListAsync(tenant.Id, cancellationToken);
        var projects = await store.Projects.ListAsync(tenant.Id, cancellationToken);
        if (members.Select(member => member.SuspendedAt).Concat(projects.Select(project => project.SuspendedAt)).Max() is not { } latest)
            return 0;
        var count = await TryQueueAsync(Suspension(tenant, "suspension", latest), PlanMails.Suspension, cancellationToken) ? 1 : 0;
        foreach (var member in members)
        {
            if (member.SuspendedAt is not { } at)
                continue;
            var data = Suspension(tenant, $"suspension/{member.AccountId}", at) with { AccountId = member.AccountId };
            count += await TryQueueAsync(data, member.Email, PlanMails.Suspension, cancellationToken) ? 1 : 0;
        }

        return count;
    }

    public Task<int> QueueBillingAsync(Tenant tenant, BillingAccount account, CancellationToken cancellationToken) =>
        QueueEachAsync(BillingNotices.Of(tenant, account, time.GetUtcNow()), cancellationToken);

    public Task<int> QueueOverageAsync(
        Tenant tenant, BillingAccount account, UsageReading usage, CancellationToken cancellationToken) =>
        QueueEachAsync(BillingNotices.OfCap(tenant, account, usage, time.GetUtcNow()), cancellationToken);

    /// <summary>
    /// Queues the due usage notices of all tenants, for those that were not queued when the usage was checked: the process was killed, the
    /// mail was given up, or too many mails waited for the address. Returns the number of queued notices.
    /// </summary>
    public async Task<int> QueueMissingUsageNoticesAsync(CancellationToken cancellationToken)
    {
        var (month, count) = (QuotaMonth.Of(time.GetUtcNow()), 0);
        foreach (var usage in await store.Usage.ListTenantsAsync(month.FirstDay, atLeast: 1, cancellationToken))
        {
            var limits = usage.Tenant.LimitsIn(month);
            var reading = new UsageReading(month.FirstDay, usage.Accepted, limits.Quota, limits.Overage);
            count += await QueueUsageAsync(usage.Tenant, reading, cancellationToken);
            if (limits.Overage is not null
                && await store.Billing.FindAsync(usage.Tenant.Id, cancellationToken) is { } account)
                count += await QueueOverageAsync(usage.Tenant, account, reading, cancellationToken);
        }

        return count;
    }

    /// <summary>
    /// Queues the due notices about downgrades of all tenants. The period of notice starts when the mail is sent. Returns the number of
    /// queued notices.
    /// </summary>
    public async Task<int> QueueDowngradeNoticesAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var tenant in await store.Tenants.ListWithoutDowngradeNoticeAsync(cancellationToken))
            count += await QueueDowngradeAsync(tenant, cancellationToken) ? 1 : 0;
        return count;
    }

    /// <summary>
    /// Queues the due notices about suspensions of all tenants, for those that were not queued with a change of the plan. Returns the
    /// number of queued notices.
    /// </summary>
    public async Task<int> QueueMissingSuspensionNoticesAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var tenant in await store.Tenants.ListSuspendedAsync(cancellationToken))
            count += await QueueSuspensionsAsync(tenant, cancellationToken);
        return count;
    }

    private async Task<int> QueueEachAsync(IEnumerable<PlanMail> mails, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var mail in mails)
            count += await TryQueueAsync(mail, PlanMails.Billing, cancellationToken) ? 1 : 0;
        return count;
    }

    private static PlanMail Suspension(Tenant tenant, string kind, DateTimeOffset at) =>
        new(new Notice(tenant.Id, kind, PeriodOf(at)), Percent: 0, Limit: 0, at);

    private static string PeriodOf(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    // Most notices that are reached were sent before, so the owner is looked up only for one that is due.
    private async Task<bool> TryQueueAsync(PlanMail data, Func<string, PlanMail, MailOrder> order, CancellationToken cancellationToken) =>
        await store.Notices.IsDueAsync(data.Notice, time.GetUtcNow(), cancellationToken)
        && PlanMails.OwnerIn(await store.Members.ListAsync(data.Notice.TenantId, cancellationToken)) is { } owner
        && await AddAsync(data, owner.Email, order, cancellationToken);

    private async Task<bool> TryQueueAsync(
        PlanMail data, string email, Func<string, PlanMail, MailOrder> order, CancellationToken cancellationToken) =>
        await store.Notices.IsDueAsync(data.Notice, time.GetUtcNow(), cancellationToken)
        && await AddAsync(data, email, order, cancellationToken);

    private Task<bool> AddAsync(
        PlanMail data, string email, Func<string, PlanMail, MailOrder> order, CancellationToken cancellationToken) =>
        outbox.TryAddAsync(order(email, data), data.Notice, time.GetUtcNow() + Lease, cancellationToken);
}
