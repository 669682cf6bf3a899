using TelemetryKit.Api.Mail;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Roles;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Notices;

/// <summary>
/// Sends a tenant's owner what they must be told once: claims it, sends it, and only then notes that it was sent. Not by the outbox, which forgets what it holds when the
/// process ends: here a mail that fails gives the claim back, and one that was never marked is claimed anew by whichever replica comes next.
/// </summary>
internal sealed partial class NoticeSender(IAccountStore store, IMailer mailer, TimeProvider time, ILogger<NoticeSender> log)
{
    /// <summary>How long nobody else tries while one is at it: longer than a mail server is waited for.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>How long after a failure it is tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Sends it unless it was sent or is being sent. True where it went now.</summary>
    /// <param name="tenant">Whose owner.</param>
    /// <param name="kind">What about.</param>
    /// <param name="period">Once in which period.</param>
    /// <param name="write">Writes the letter to the owner's address.</param>
    /// <param name="sent">What follows from its being sent.</param>
    /// <param name="cancellationToken">Stops it.</param>
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

    [LoggerMessage(Level = LogLevel.Information, Message = "A notice ({Kind}) went to {Where}")]
    private static partial void LogSent(ILogger log, string kind, string where);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A notice ({Kind}) could not be sent ({Fault}); it is tried again")]
    private static partial void LogRetry(ILogger log, string kind, string fault);
}
