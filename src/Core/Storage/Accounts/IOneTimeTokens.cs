using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// What links in mails carry, by SHA-256. A token of an account ends with the account's address, password or second factor: whatever
/// changes one of these deletes the tokens, in the same transaction.
/// </summary>
public interface IOneTimeTokens
{
    /// <summary>
    /// Stores a token. It voids earlier ones of its purpose and address, except of <see cref="TokenPurpose.PasswordReset"/>: what those do
    /// is the same each time.
    /// </summary>
    Task AddAsync(OneTimeToken token, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at a token without using it. Returns <c>null</c> if it is unknown, used or expired, or was made for another address of its account.
    /// </summary>
    Task<OneTimeToken?> FindAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes a token that <see cref="FindAsync"/> finds: of concurrent callers one gets it, and the others <c>null</c>.</summary>
    Task<OneTimeToken?> UseAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken);
}
