using System.Text.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>The data of a mail about a tenant's quota or plan: the notice and the values at the time when it was queued.</summary>
/// <param name="Notice">The notice.</param>
/// <param name="Percent">
/// The used percentage of the quota or cap, or the days since a payment failed; 0 for other notices.
/// </param>
/// <param name="Limit">The quota, or the cap in US cents; 0 for other notices.</param>
/// <param name="At">
/// When the next month starts, when the tenant was downgraded, when something was suspended, when the plan changes or changed, or since
/// when an invoice is unpaid.
/// </param>
/// <param name="AccountId">The suspended member; null for notices to the owner.</param>
/// <param name="Plan">The plan of a scheduled change; null for other notices.</param>
internal sealed record PlanMail(
    Notice Notice, int Percent, long Limit, DateTimeOffset At, Guid? AccountId = null, PlanId? Plan = null);

/// <summary>
/// Writes the mails about quotas and plans, each of which is sent once. A notice is leased with its mail and marked when the mail
/// was sent. If the mail is given up, the notice is queued again later, to the address that the recipient has then.
/// </summary>
internal sealed class PlanMails(IAccountStore store, PlanLetters letters, BillingLetters billing, TimeProvider time) : IMailWriter
{
    /// <summary>The delay before a notice is queued again after its mail was given up.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromDays(1);

    /// <summary>The kind of mails about a plan that a subscription gives.</summary>
    public const string PlanKind = "billing_plan";

    /// <summary>The kind of mails about a scheduled change of the plan.</summary>
    public const string ScheduledKind = "billing_scheduled";

    /// <summary>The kind of mails about a payment that failed.</summary>
    public const string PastDueKind = "billing_past_due";

    /// <summary>The kind of mails about a subscription that ended.</summary>
    public const string EndedKind = "billing_ended";

    /// <summary>The kind of mails about the cap of events above the quota.</summary>
    public const string CapKind = "billing_cap";

    private const string UsageKind = "usage";
    private const string DowngradeKind = "downgrade";
    private const string SuspensionKind = "suspension";

    public IReadOnlyCollection<string> Kinds => 
    [
        UsageKind, DowngradeKind, SuspensionKind, PlanKind, ScheduledKind, PastDueKind, EndedKind, CapKind,
    ];

    /// <summary>Creates a mail about the used part of a month's quota.</summary>
    public static MailOrder Usage(string owner, PlanMail data) => Order(UsageKind, owner, data);

    /// <summary>Creates a mail about a plan that keeps data for a shorter time than before.</summary>
    public static MailOrder Downgrade(string owner, PlanMail data) => Order(DowngradeKind, owner, data);

    /// <summary>Creates a mail about a subscription.</summary>
    public static MailOrder Billing(string owner, PlanMail data) =>
        Order(data.Notice.Kind.StartsWith(CapKind, StringComparison.Ordinal) ? CapKind : data.Notice.Kind, owner, data);

    /// <summary>Creates a mail about suspended members and projects, to the owner or to a suspended member.</summary>
    public static MailOrder Suspension(string recipient, PlanMail data) => Order(SuspensionKind, recipient, data);

    public async Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var data = Read(mail);
        if (await store.Tenants.FindAsync(data.Notice.TenantId, cancellationToken) is not { } tenant)
            return null;
        var members = await store.Members.ListAsync(tenant.Id, cancellationToken);
        if (data.AccountId is { } accountId)
        {
            return members.FirstOrDefault(member => member.AccountId == accountId) is { IsSuspended: true } suspended
                ? await letters.MemberSuspendedAsync(suspended.Email, tenant, cancellationToken)
                : null;
        }

        if (OwnerIn(members) is not { } owner)
            return null;
        if (mail.Kind == SuspensionKind)
            return await WriteSuspensionAsync(owner, tenant, members, cancellationToken);
        if (mail.Kind == UsageKind)
            return await letters.UsageAsync(owner.Email, tenant, data.Percent, data.Limit, data.At, cancellationToken);
        if (mail.Kind is PlanKind or ScheduledKind or PastDueKind or EndedKind or CapKind)
            return await WriteBillingAsync(mail.Kind, data, owner, tenant, cancellationToken);
        // Nothing is sent if the plan was changed again in the meantime.
        return tenant.DowngradedAt == data.At && tenant.Plan.KeptDays is { } kept
            ? await letters.DowngradeAsync(owner.Email, tenant, kept, time.GetUtcNow() + Limits.DowngradeNotice, cancellationToken)
            : null;
    }

    public async Task DoneAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var (data, now) = (Read(mail), time.GetUtcNow());
        // The period of notice starts now. If there was another downgrade in the meantime, this has no effect.
        if (mail.Kind == DowngradeKind)
            await store.Tenants.SetDowngradeNoticeAsync(data.Notice.TenantId, data.At, now, cancellationToken);
        await store.Notices.MarkSentAsync(data.Notice, now, cancellationToken);
    }

    public Task GivenUpAsync(WaitingMail mail, CancellationToken cancellationToken) =>
        store.Notices.ReleaseAsync(Read(mail).Notice, time.GetUtcNow() + RetryDelay, cancellationToken);

    /// <summary>Returns the owner among the members of a tenant, or <c>null</c> if it has none.</summary>
    public static Member? OwnerIn(IReadOnlyList<Member> members) => members.FirstOrDefault(member => member.Role == Role.Owner);

    // Nothing is sent if the subscription was changed or paid in the meantime.
    private async Task<Letter?> WriteBillingAsync(
        string kind, PlanMail data, Member owner, Tenant tenant, CancellationToken cancellationToken)
    {
        if (await store.Billing.FindAsync(tenant.Id, cancellationToken) is not { } account)
            return null;
        var state = account.State;
        return kind switch
        {
            PlanKind when account.PlanSince == data.At => await billing.PlanAsync(owner.Email, tenant, cancellationToken),
            EndedKind when account.PlanSince == data.At => await billing.EndedAsync(owner.Email, tenant, cancellationToken),
            ScheduledKind when BillingNotices.Scheduled(state) is var (plan, at) && at == data.At && plan == data.Plan =>
                await billing.ScheduledAsync(owner.Email, tenant, plan, at, cancellationToken),
            PastDueKind when state.UnpaidSince == data.At => await billing.PastDueAsync(
                owner.Email, tenant, isLast: data.Percent == BillingNotices.PastDueDays[^1], cancellationToken),
            CapKind => await billing.CapAsync(owner.Email, tenant, data.Percent, data.Limit, data.At, cancellationToken),
            _ => null,
        };
    }

    // Nothing is sent if nothing is suspended any more.
    private async Task<Letter?> WriteSuspensionAsync(
        Member owner, Tenant tenant, IReadOnlyList<Member> members, CancellationToken cancellationToken)
    {
        var suspendedMembers = members.Count(member => member.IsSuspended);
        var suspendedProjects = (await store.Projects.ListAsync(tenant.Id, cancellationToken)).Count(project => project.IsSuspended);
        return suspendedMembers + suspendedProjects > 0
            ? await letters.SuspensionAsync(owner.Email, tenant, suspendedMembers, suspendedProjects, cancellationToken)
            : null;
    }

    private static MailOrder Order(string kind, string recipient, PlanMail data) =>
        new(kind, EmailAddress.OfStored(recipient), JsonSerializer.Serialize(data, NoticesJson.Default.PlanMail), Limits.MailAge);

    private static PlanMail Read(WaitingMail mail) => JsonSerializer.Deserialize(mail.Data, NoticesJson.Default.PlanMail)!;
}
