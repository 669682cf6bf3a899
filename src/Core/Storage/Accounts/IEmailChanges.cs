using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Changes of the addresses of accounts, and how their former addresses undo them.</summary>
public interface IEmailChanges
{
    /// <summary>
    /// Uses a token of <see cref="TokenPurpose.EmailChange"/>, in one transaction: the account gets the token's address, all of its
    /// one-time tokens are void, and its former credentials are kept for an undo, which has no usable token until
    /// <see cref="RenewUndoAsync"/> sets one. Returns the number of the change among those of the account, or <c>null</c> if the token
    /// can't be used, if another account has the address, or if the account <see cref="Account.MayChangeEmailAt">may not</see> change it.
    /// </summary>
    Task<int?> ChangeAsync(byte[] token, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the token of an undo by the one with the SHA-256 <paramref name="undo"/>. Returns <c>false</c> if the undo was used, is void
    /// or has expired.
    /// </summary>
    Task<bool> RenewUndoAsync(Guid accountId, int change, byte[] undo, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// The account as it was before a change: its address, password and second factor. <c>null</c> if the token of the undo is unknown,
    /// used or expired.
    /// </summary>
    Task<Account?> FindFormerAsync(byte[] undo, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Uses the token of an undo, in one transaction. The account has its former address and second factor, and nothing else to sign in
    /// with: no password, no GitHub account, no session, no API token, no one-time token. Undos of later changes are void, those of earlier
    /// ones are not. Returns <c>false</c> if the token can't be used, or if another account has the address.
    /// </summary>
    Task<bool> UndoAsync(byte[] undo, DateTimeOffset now, CancellationToken cancellationToken);
}
