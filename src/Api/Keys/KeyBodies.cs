using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Projects;

namespace TelemetryKit.Api.Keys;

/// <summary>A new key.</summary>
/// <param name="Kind"><c>live</c>, <c>test</c> or <c>read</c>.</param>
internal sealed record NewKeyBody(string? Kind);

/// <summary>A rotation of a key.</summary>
/// <param name="OverlapHours">The number of hours for which the old key stays valid: 0 to 8,760, 24 by default.</param>
internal sealed record RotateBody(int? OverlapHours = null);

/// <summary>A key that was created. Only this response contains it.</summary>
/// <param name="Id">The id of the key.</param>
/// <param name="Kind">The kind of the key.</param>
/// <param name="Key">The key.</param>
/// <param name="Shown">The first characters of the key, as shown in lists.</param>
/// <param name="CreatedAt">When the key was created.</param>
/// <param name="ReplacedEndsAt">When the key that it replaces expires; null if it replaces none.</param>
internal sealed record CreatedKeyBody(Guid Id, string Kind, string Key, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? ReplacedEndsAt = null);

/// <summary>A key, without its secret part.</summary>
/// <param name="Id">The id of the key.</param>
/// <param name="Kind">The kind of the key.</param>
/// <param name="Shown">The first characters of the key.</param>
/// <param name="CreatedAt">When the key was created.</param>
/// <param name="LastUsedAt">When the key was last used, to the minute; null if never.</param>
/// <param name="ExpiresAt">When the key expires because another key replaced it; null if it does not expire.</param>
/// <param name="RevokedAt">When the key was revoked; null if it was not.</param>
internal sealed record KeyBody(
    Guid Id, string Kind, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>From the store.</summary>
    public static KeyBody Of(ProjectKeyInfo key) => new(key.Id, CodeOf(key.Kind), key.Shown, key.CreatedAt, key.LastUsedAt, key.ExpiresAt, key.RevokedAt);

    /// <summary>The kind's word.</summary>
    public static string CodeOf(KeyKind kind) => kind switch
    {
        KeyKind.Live => "live",
        KeyKind.Test => "test",
        _ => "read",
    };
}

/// <summary>The keys of a project.</summary>
/// <param name="Keys">The keys, newest first, including those that ended in the last 90 days.</param>
internal sealed record KeysBody(IReadOnlyList<KeyBody> Keys);

/// <summary>A new API token.</summary>
/// <param name="TenantId">The tenant that the token is for.</param>
/// <param name="Name">The name of the token.</param>
/// <param name="ExpiresInDays">The number of days after which the token expires, 1 to 3,650; null if it does not expire.</param>
internal sealed record NewTokenBody(Guid? TenantId, string? Name, int? ExpiresInDays = null);

/// <summary>An API token that was created. Only this response contains it.</summary>
/// <param name="Id">The id of the token.</param>
/// <param name="Token">The token.</param>
/// <param name="Shown">The first characters of the token, as shown in lists.</param>
/// <param name="ExpiresAt">When the token expires; null if it does not expire.</param>
internal sealed record CreatedTokenBody(Guid Id, string Token, string Shown, DateTimeOffset? ExpiresAt);

/// <summary>An API token, without its secret part.</summary>
/// <param name="Id">The id of the token.</param>
/// <param name="TenantId">The tenant that the token is for.</param>
/// <param name="Name">The name of the token.</param>
/// <param name="Shown">The first characters of the token.</param>
/// <param name="CreatedAt">When the token was created.</param>
/// <param name="ExpiresAt">When the token expires; null if it does not expire.</param>
/// <param name="LastUsedAt">When the token was last used, to the minute; null if never.</param>
internal sealed record ApiTokenBody(Guid Id, Guid TenantId, string Name, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>The API tokens of the account.</summary>
/// <param name="Tokens">The tokens, newest first.</param>
internal sealed record ApiTokensBody(IReadOnlyList<ApiTokenBody> Tokens);
