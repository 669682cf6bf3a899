using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// Notices that are sent once, even with several replicas. A notice is leased together with its mail and marked as sent when the mail was
/// sent. While the lease runs, no other mail is queued. If the mail is given up, the notice can be leased again.
/// </summary>
public interface ISentNotices
{
    /// <summary>
    /// Returns whether a notice is neither leased nor sent. It reads only: most notices that are reached were sent before.
    /// </summary>
    Task<bool> IsDueAsync(Notice notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Leases a notice and queues its mail in one transaction. Returns <c>false</c> if the notice is leased or was sent, or if too many
    /// mails of its kind wait for the address.
    /// </summary>
    /// <param name="notice">The notice.</param>
    /// <param name="mail">The mail.</param>
    /// <param name="until">When the lease expires.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<bool> TryQueueAsync(Notice notice, WaitingMail mail, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Marks a notice as sent.</summary>
    Task MarkSentAsync(Notice notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Releases the lease of a notice that could not be sent. It can be leased again from <paramref name="from"/> on.</summary>
    Task ReleaseAsync(Notice notice, DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>A notice to the owner of a tenant, which is sent once.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Kind">The kind of notice.</param>
/// <param name="Period">The period in which it is sent once, such as <c>2026-11</c>.</param>
public sealed record Notice(Guid TenantId, string Kind, string Period);
