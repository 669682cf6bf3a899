using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// Mails that are to be sent. Replicas share them: a mail is leased, tried, and then removed or postponed. If its process dies, the lease
/// runs out, and another one leases the mail.
/// </summary>
public interface IWaitingMails
{
    /// <summary>
    /// Stores a mail. False, and nothing is stored, if <see cref="Limits.WaitingMailsPerAddress"/> of its kind wait for its address: one
    /// more would say the same.
    /// </summary>
    Task<bool> AddAsync(WaitingMail mail, CancellationToken cancellationToken);

    /// <summary>
    /// Leases mails that are due. Those that were never tried come before those that were, the domains take turns, and so do the addresses
    /// within a domain. Of each domain at most <see cref="Limits.MailsPerDomain"/> are leased within <see cref="Limits.SlowMail"/>.
    /// </summary>
    /// <param name="most">Mails to lease at most.</param>
    /// <param name="now">Now.</param>
    /// <param name="until">When the leases run out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<WaitingMail>> LeaseAsync(int most, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a lease: the mail may be tried again from <paramref name="due"/> on. False if the lease ran out and the mail was leased again.
    /// </summary>
    Task<bool> PostponeAsync(WaitingMail mail, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>Removes a mail: it was sent or given up.</summary>
    Task RemoveAsync(Guid mailId, CancellationToken cancellationToken);

    /// <summary>
    /// Removes, and returns, what waits beyond <paramref name="most"/> mails: from the domains for which the most mails wait, those that
    /// were tried most often, then the newest.
    /// </summary>
    Task<IReadOnlyList<WaitingMail>> RemoveSurplusAsync(int most, CancellationToken cancellationToken);

    /// <summary>Counts them.</summary>
    Task<MailCount> CountAsync(CancellationToken cancellationToken);
}

/// <summary>Mails that are to be sent.</summary>
/// <param name="All">All of them.</param>
/// <param name="Retrying">Those that could not be sent and wait to be tried again.</param>
public sealed record MailCount(long All, long Retrying);
