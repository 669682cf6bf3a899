using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Notices;

/// <summary>
/// Sends a notice to a tenant's owner once: claims the notice, sends the mail, and then marks it as sent. The outbox isn't used because it
/// is lost when the process ends. If a mail fails, the claim is released; if a claim expires without being marked, another replica claims
/// the notice again.
/// </summary>
internal sealed partial class NoticeSender(IAccountStore store, IMailer mailer, TimeProvider time, ILogger<NoticeSender> log)
{
    /// <summary>The duration of a claim: longer than the time-out of the mail server.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>The delay of the retry after a failure.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Sends a notice unless it was sent or is being sent. Returns <c>true</c> if it was sent now.</summary>
    /// <param name="tenant">The tenant whose owner receives the notice.</param>
    /// <param name="kind">The kind of the notice.</param>
    /// <param name="period">The period in which the notice is sent once.</param>
    /// <param name="write">Creates the letter for the owner's e-mail address.</param>
    /// <param name="sent">Called after the notice was sent, or <c>null</c>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<bool> SendAsync(
        Tenant tenant, string kind, string period, Func<string, Task<Letter>> write, Func<Task>? sent, CancellationToken cancellationToken)
    {
        var owner = (await store.Members.ListAsync(tenant.Id, cancellationToken)).FirstOrDefault(member => member.Role == Role.Owner);
        var (notice, now) = (new Notice(tenant.Id, kind, period), time.GetUtcNow());
        if (owner is null || !await store.Notices.TryClaimAsync(notice, now, now + Lease, cancellationToken))
            return false;
        var attempt = await mailer.SendAsync(await write(owner.Email), cancellationToken);
        if (attempt.Failure is not null)
        {
            LogRetry(log, kind, attempt.Detail);
            await store.Notices.ReleaseAsync(notice, time.GetUtcNow() + RetryAfter, CancellationToken.None);
            return false;
        }

        LogSent(log, kind, attempt.Detail);
        if (sent is not null)
            await sent();
        await store.Notices.MarkSentAsync(notice, time.GetUtcNow(), CancellationToken.None);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A notice ({Kind}) was sent to {Where}")]
    private static partial void LogSent(ILogger log, string kind, string where);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A notice ({Kind}) could not be sent ({Fault}) and is retried")]
    private static partial void LogRetry(ILogger log, string kind, string fault);
}
