using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Personal API tokens, identified by their SHA-256.</summary>
public interface IApiTokens
{
    /// <summary>Stores a token. Returns <c>false</c> if the account already has <see cref="Limits.TokensPerAccount"/> tokens.</summary>
    /// <exception cref="MembershipEndedException">The account has been removed. Nothing was changed.</exception>
    Task<bool> AddAsync(ApiToken token, byte[] hash, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Finds a token with its account and tenant. Returns <c>null</c> if the token is unknown, revoked or expired, or if its account is no
    /// longer a member.
    /// </summary>
    Task<TokenBearer?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores when a token was last used.</summary>
    Task TouchAsync(Guid tokenId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns the tokens of an account, newest first.</summary>
    Task<IReadOnlyList<ApiToken>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Revokes a token. Returns <c>false</c> if the account has no token with that id.</summary>
    Task<bool> RevokeAsync(Guid accountId, Guid tokenId, AuditLine line, CancellationToken cancellationToken);
}

/// <summary>A token with the account and the tenant for which it is valid.</summary>
/// <param name="Token">The token.</param>
/// <param name="Account">Its account.</param>
/// <param name="Membership">The tenant of the token and the current role of the account in it.</param>
public sealed record TokenBearer(ApiToken Token, Account Account, Membership Membership);
