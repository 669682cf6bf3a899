using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Personal API tokens, found by SHA-256.</summary>
public interface IApiTokens
{
    /// <summary>Stores a token. False where the account has <see cref="Limits.TokensPerAccount"/> already.</summary>
    Task<bool> AddAsync(ApiToken token, byte[] hash, AuditLine line, CancellationToken cancellationToken);

    /// <summary>The token with its account and tenant; <c>null</c> where it is unknown, revoked or expired, or its account no member any more.</summary>
    Task<TokenBearer?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Notes that it was used.</summary>
    Task TouchAsync(Guid tokenId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The tokens of an account, newest first.</summary>
    Task<IReadOnlyList<ApiToken>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Revokes one. False where the account has none of that id.</summary>
    Task<bool> RevokeAsync(Guid accountId, Guid tokenId, AuditLine line, CancellationToken cancellationToken);
}

/// <summary>Whom a token acts for, and where.</summary>
/// <param name="Token">The token.</param>
/// <param name="Account">Its account.</param>
/// <param name="Membership">The one tenant it works in, and the role its account has there now.</param>
public sealed record TokenBearer(ApiToken Token, Account Account, Membership Membership);
