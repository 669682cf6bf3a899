using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Changes of the addresses of accounts, and how their former addresses undo them.</summary>
public interface IEmailChanges
{
    /// <summary>
    /// Uses a token of <see cref="TokenPurpose.EmailChange"/>, in one transaction: the account gets the token's address, all of its
    /// one-time tokens are void, and its credentials are kept under <paramref name="undo"/>, the SHA-256 of a new token. Returns
    /// <c>false</c> if the token can't be used, if another account has the address, or if the account
    /// <see cref="Account.MayChangeEmailAt">may not</see> change it.
    /// </summary>
    Task<bool> ChangeAsync(byte[] token, byte[] undo, DateTimeOffset now, CancellationToken cancellationToken);

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
