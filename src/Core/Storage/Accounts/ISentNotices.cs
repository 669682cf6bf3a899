using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// What is sent once, also with several replicas. A notice is claimed together with its mail, and marked when that was sent: while a claim
/// runs no other mail is made, and one whose mail was given up is claimed again.
/// </summary>
public interface ISentNotices
{
    /// <summary>
    /// Claims a notice and stores its mail, in one transaction. False if the notice is claimed or was sent, or if too many mails of its
    /// kind wait for the address.
    /// </summary>
    /// <param name="notice">Which.</param>
    /// <param name="mail">The mail.</param>
    /// <param name="until">When the claim runs out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<bool> TryQueueAsync(Notice notice, WaitingMail mail, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Notes that it was sent.</summary>
    Task MarkSentAsync(Notice notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives a claim back: it could not be sent, and may be tried again from <paramref name="from"/> on.</summary>
    Task ReleaseAsync(Notice notice, DateTimeOffset from, CancellationToken cancellationToken);
}

/// <summary>Something that a tenant is told once.</summary>
/// <param name="TenantId">Who.</param>
/// <param name="Kind">What about.</param>
/// <param name="Period">Once in which period, such as <c>2026-11</c>.</param>
public sealed record Notice(Guid TenantId, string Kind, string Period);
