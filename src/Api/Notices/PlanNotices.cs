using System.Globalization;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>Finds the notices that are due (used quotas, downgrades) and queues their mails.</summary>
internal sealed class PlanNotices(IAccountStore store, PlanMails mails, Outbox outbox, TimeProvider time)
{
    // Longer than the lifetime of its mail, whose end releases the lease.
    private static readonly TimeSpan Lease = Limits.MailAge + TimeSpan.FromHours(1);
    private static readonly int[] Percents = [80, 100];

    /// <summary>
    /// Queues notices about quotas that are 80 % or 100 % used, once per month and limit, so that a larger plan has its own notices.
    /// Returns the number of queued notices.
    /// </summary>
    public async Task<int> QueueUsageNoticesAsync(CancellationToken cancellationToken)
    {
        var (now, count) = (time.GetUtcNow(), 0);
        var month = new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
        var resets = now + QuotaMonth.UntilNext(now);
        foreach (var usage in await store.Usage.ListTenantsAsync(month, atLeast: 1, cancellationToken))
        {
            if (usage.Tenant.Plan.EventsPerMonth is not { } limit)
                continue;
            var period = string.Create(CultureInfo.InvariantCulture, $"{month:yyyy-MM}/{limit}");
            foreach (var percent in Percents.Where(percent => IsReached(usage.Accepted, limit, percent)))
            {
                var data = new PlanMail(new Notice(usage.Tenant.Id, $"usage_{percent}", period), percent, limit, resets);
                count += await TryQueueAsync(data, PlanMails.Usage, cancellationToken) ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>
    /// Queues notices about downgrades. The period of notice starts when the mail is sent. Returns the number of queued notices.
    /// </summary>
    public async Task<int> QueueDowngradeNoticesAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var tenant in await store.Tenants.ListWithoutDowngradeNoticeAsync(cancellationToken))
        {
            var since = tenant.DowngradedAt!.Value;
            var period = since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
            var data = new PlanMail(new Notice(tenant.Id, "downgrade", period), Percent: 0, Limit: 0, since);
            count += await TryQueueAsync(data, PlanMails.Downgrade, cancellationToken) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Returns whether a percentage of the limit is reached, without rounding.</summary>
    public static bool IsReached(long accepted, long limit, int percent) => (Int128)accepted * 100 >= (Int128)limit * percent;

    private async Task<bool> TryQueueAsync(PlanMail data, Func<string, PlanMail, MailOrder> order, CancellationToken cancellationToken)
    {
        if (await mails.OwnerAsync(data.Notice.TenantId, cancellationToken) is not { } owner)
            return false;
        return await outbox.TryAddAsync(order(owner.Email, data), data.Notice, time.GetUtcNow() + Lease, cancellationToken);
    }
}
