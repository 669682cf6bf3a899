using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// The queue of mails to send, which replicas share. A mail is leased, attempted, and then removed or postponed. The lease is renewed
/// meanwhile. If the process fails, the lease expires and another process can lease the mail.
/// </summary>
public interface IWaitingMails
{
    /// <summary>
    /// Stores a mail. Returns <c>false</c> and stores nothing if <see cref="Limits.WaitingMailsPerAddress"/> mails of its kind wait for its
    /// address, because another one would add nothing. For an essential mail, if as many with the same data wait, or
    /// <see cref="Limits.EssentialMailsPerAddress"/> with any data. Essential mails and others are counted separately.
    /// </summary>
    Task<bool> AddAsync(WaitingMail mail, CancellationToken cancellationToken);

    /// <summary>
    /// Leases mails that are due. New mails precede retries. Sources alternate, and so do domains, and the addresses within a domain.
    /// At most <see cref="Limits.MailsPerDomain"/> mails of a domain are leased within <see cref="Limits.SlowMail"/>, or
    /// <see cref="Limits.MailsPerLoneDomain"/> if no mail of another domain is due.
    /// </summary>
    /// <param name="most">The maximum number of mails.</param>
    /// <param name="now">The current time.</param>
    /// <param name="until">When the leases expire.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<WaitingMail>> LeaseAsync(int most, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>
    /// Extends leases, also expired ones whose mails were not leased again. Returns the ids of the mails whose leases were extended, which
    /// doesn't include mails that were leased again, released or removed.
    /// </summary>
    Task<IReadOnlySet<Guid>> RenewAsync(IReadOnlyCollection<WaitingMail> mails, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>
    /// Releases a lease. The mail is due again at <paramref name="due"/>. Returns <c>false</c> if the lease expired and the mail was leased
    /// again.
    /// </summary>
    Task<bool> PostponeAsync(WaitingMail mail, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>
    /// Releases a lease whose attempt did not take place, so that the mail keeps its place among those that were not tried. Returns
    /// <c>false</c> if the lease expired and the mail was leased again.
    /// </summary>
    Task<bool> ReturnAsync(WaitingMail mail, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>Removes a mail that was sent or given up.</summary>
    Task RemoveAsync(Guid mailId, CancellationToken cancellationToken);

    /// <summary>
    /// Removes and returns the mails beyond <paramref name="most"/>: from the sources with the most waiting mails, then from the domains
    /// with the most, those with the most attempts, then the newest. Essential mails are kept (<see cref="WaitingMail.IsEssential"/>).
    /// </summary>
    Task<IReadOnlyList<WaitingMail>> RemoveSurplusAsync(int most, CancellationToken cancellationToken);

    /// <summary>Returns the number of mails.</summary>
    Task<MailCount> CountAsync(CancellationToken cancellationToken);
}

/// <summary>The number of mails in the queue.</summary>
/// <param name="All">All mails.</param>
/// <param name="Retrying">Mails that could not be sent and wait for a retry.</param>
public sealed record MailCount(long All, long Retrying);
