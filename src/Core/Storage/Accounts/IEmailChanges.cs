using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Changes of the addresses of accounts, and their undos from the former addresses.</summary>
public interface IEmailChanges
{
    /// <summary>
    /// Changes the address with a token of <see cref="TokenPurpose.EmailChange"/>. In the same transaction, all one-time tokens of the
    /// account are deleted, and its former credentials are stored for an undo, which has no usable token until <see cref="RenewUndoAsync"/>
    /// sets one. The mail with that token is queued in the same transaction. Returns the number of the change among those of the account,
    /// or <c>null</c> if the token is invalid, if another account has the address or <see cref="FindUndoAsync">can restore</see> it, or if
    /// the account <see cref="Account.MayChangeEmailAt">may not</see> change it.
    /// </summary>
    /// <param name="token">SHA-256 of the token.</param>
    /// <param name="notice">Creates the mail to the former address from the number of the change.</param>
    /// <param name="now">Now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<int?> ChangeAsync(byte[] token, Func<int, WaitingMail>? notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the latest change from an address that can be undone, or <c>null</c> if there is none. Until then, no other account gets the
    /// address.
    /// </summary>
    Task<PendingUndo?> FindUndoAsync(EmailAddress former, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the token with the SHA-256 <paramref name="undo"/> to an undo, for another attempt to send its mail. Earlier tokens remain
    /// valid, because one may have been delivered. Returns <c>false</c> if the undo was used, deleted or has expired.
    /// </summary>
    Task<bool> RenewUndoAsync(Guid accountId, int change, byte[] undo, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the account with the address and the password from before a change, or <c>null</c> if the token of the undo is unknown, used
    /// or expired.
    /// </summary>
    Task<Account?> FindFormerAsync(byte[] undo, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Undoes a change in one transaction. The former address and second factor are restored. All other credentials are removed: password,
    /// GitHub account, sessions, API tokens and one-time tokens. Undos of later changes are deleted, those of earlier changes are kept.
    /// <paramref name="mails"/> are queued. Returns <c>false</c> if the token is invalid or another account has the address.
    /// </summary>
    Task<bool> UndoAsync(byte[] undo, IReadOnlyList<WaitingMail> mails, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A change of an address that can be undone.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Change">The number of the change among those of the account.</param>
public sealed record PendingUndo(Guid AccountId, int Change);
