using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// The tokens of links in mails, identified by their SHA-256. Each change of an account's address, password or second factor deletes the
/// account's tokens in the same transaction.
/// </summary>
public interface IOneTimeTokens
{
    /// <summary>
    /// Stores a token. It replaces the tokens of earlier requests with the same purpose and address, except for
    /// <see cref="TokenPurpose.PasswordReset"/>, because all those have the same effect. Returns <c>false</c>, and stores nothing, if there
    /// is a token of a later request, if the credentials of the account have changed since the token was issued, or if the mail of a
    /// <see cref="TokenPurpose.PasswordReset"/> no longer waits.
    /// </summary>
    Task<bool> AddAsync(OneTimeToken token, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a token without using it. Returns <c>null</c> if it is unknown, used or expired, or was created for another address of its
    /// account.
    /// </summary>
    Task<OneTimeToken?> FindAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Uses a token and deletes it. Returns <c>null</c> if <see cref="FindAsync"/> would. Of concurrent callers one succeeds.
    /// </summary>
    Task<OneTimeToken?> UseAsync(byte[] hash, TokenPurpose purpose, DateTimeOffset now, CancellationToken cancellationToken);
}
