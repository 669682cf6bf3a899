using System.Text.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>What a mail about a tenant's quota or plan is made of: the notice, and what only the moment of its making knows.</summary>
/// <param name="Notice">The notice.</param>
/// <param name="Percent">The part of the quota that is spent; 0 for a downgrade.</param>
/// <param name="Limit">The quota; 0 for a downgrade.</param>
/// <param name="At">When the next month begins, or since when the tenant is downgraded.</param>
internal sealed record PlanMail(Notice Notice, int Percent, long Limit, DateTimeOffset At);

/// <summary>
/// The mails to owners about quota and plan, each sent once. A notice is claimed with its mail and marked when that was sent. Some time
/// after the mail was given up the notice is free again, and goes to the address that the owner has by then.
/// </summary>
internal sealed class PlanMails(IAccountStore store, PlanLetters letters, TimeProvider time) : IMailWriter
{
    /// <summary>How long after a mail was given up its notice is mailed anew.</summary>
    public static readonly TimeSpan AgainAfter = TimeSpan.FromDays(1);

    private const string UsageKind = "usage";
    private const string DowngradeKind = "downgrade";

    public IReadOnlyCollection<string> Kinds => [UsageKind, DowngradeKind];

    /// <summary>So much of a month's quota is spent.</summary>
    public static MailOrder Usage(string owner, PlanMail data) => Order(UsageKind, owner, data);

    /// <summary>The plan keeps data for a shorter time than before.</summary>
    public static MailOrder Downgrade(string owner, PlanMail data) => Order(DowngradeKind, owner, data);

    public async Task<Letter?> WriteAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var data = Read(mail);
        if (await store.Tenants.FindAsync(data.Notice.TenantId, cancellationToken) is not { } tenant
            || await OwnerAsync(tenant.Id, cancellationToken) is not { } owner)
            return null;
        if (mail.Kind == UsageKind)
            return await letters.UsageAsync(owner.Email, tenant, data.Percent, data.Limit, data.At, cancellationToken);
        // A plan that keeps as much as before, or another one that keeps less, has come in between.
        return tenant.DowngradedAt == data.At && tenant.Plan.KeptDays is { } kept
            ? await letters.DowngradeAsync(owner.Email, tenant, kept, time.GetUtcNow() + Limits.DowngradeNotice, cancellationToken)
            : null;
    }

    public async Task DoneAsync(WaitingMail mail, CancellationToken cancellationToken)
    {
        var (data, now) = (Read(mail), time.GetUtcNow());
        // The days of the notice count from now; where another downgrade has come in between, this changes nothing.
        if (mail.Kind == DowngradeKind)
            await store.Tenants.SetDowngradeNoticeAsync(data.Notice.TenantId, data.At, now, cancellationToken);
        await store.Notices.MarkSentAsync(data.Notice, now, cancellationToken);
    }

    public Task GivenUpAsync(WaitingMail mail, CancellationToken cancellationToken) =>
        store.Notices.ReleaseAsync(Read(mail).Notice, time.GetUtcNow() + AgainAfter, cancellationToken);

    /// <summary>The owner of a tenant.</summary>
    public async Task<Member?> OwnerAsync(Guid tenantId, CancellationToken cancellationToken) =>
        (await store.Members.ListAsync(tenantId, cancellationToken)).FirstOrDefault(member => member.Role == Role.Owner);

    private static MailOrder Order(string kind, string owner, PlanMail data) =>
        new(kind, EmailAddress.OfStored(owner), JsonSerializer.Serialize(data, NoticesJson.Default.PlanMail), Limits.MailAge);

    private static PlanMail Read(WaitingMail mail) => JsonSerializer.Deserialize(mail.Data, NoticesJson.Default.PlanMail)!;
}
