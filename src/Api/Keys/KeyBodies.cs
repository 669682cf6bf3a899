using TelemetryKit.Core;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Keys;

/// <summary>The request to create a key.</summary>
/// <param name="Kind"><c>live</c>, <c>test</c> or <c>read</c>.</param>
internal sealed record NewKeyBody(string? Kind);

/// <summary>The request to rotate a key.</summary>
/// <param name="OverlapHours">Hours for which the old key remains valid, 0 to 8,760; the default is 24.</param>
internal sealed record RotateBody(int? OverlapHours = null);

/// <summary>A created key. The key itself is returned only once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its kind: <c>live</c>, <c>test</c> or <c>read</c>.</param>
/// <param name="Key">The key itself.</param>
/// <param name="Shown">Its first characters, which identify it in lists.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="ReplacedEndsAt">The time at which the replaced key expires; null if it replaces none.</param>
internal sealed record CreatedKeyBody(
    Guid Id, string Kind, string Key, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? ReplacedEndsAt = null);

/// <summary>A key in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its kind: <c>live</c>, <c>test</c> or <c>read</c>.</param>
/// <param name="Shown">Its first characters.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="LastUsedAt">The time of its last use, accurate to the minute; null if it was never used.</param>
/// <param name="ExpiresAt">The time of its expiry after a rotation; null if it doesn't expire.</param>
/// <param name="RevokedAt">The time of its revocation; null if it isn't revoked.</param>
internal sealed record KeyBody(
    Guid Id,
    string Kind,
    string Shown,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt)
{
    /// <summary>Creates the body from a stored key.</summary>
    public static KeyBody Of(ProjectKeyInfo key) =>
        new(key.Id, CodeOf(key.Kind), key.Shown, key.CreatedAt, key.LastUsedAt, key.ExpiresAt, key.RevokedAt);

    /// <summary>Returns the code of a kind.</summary>
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

/// <summary>The request to create an API token.</summary>
/// <param name="TenantId">The tenant that it belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Scopes">What it may do: one or more scopes.</param>
/// <param name="ExpiresInDays">Days until its expiry, 1 to 365; the default is 90.</param>
internal sealed record NewTokenBody(Guid? TenantId, string? Name, IReadOnlyList<string>? Scopes, int? ExpiresInDays = null);

/// <summary>A created API token. The token itself is returned only once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Token">The token itself.</param>
/// <param name="Shown">Its first characters, which identify it in lists.</param>
/// <param name="ExpiresAt">The time of its expiry.</param>
internal sealed record CreatedTokenBody(Guid Id, string Token, string Shown, DateTimeOffset ExpiresAt);

/// <summary>An API token in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TenantId">The tenant that it belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Shown">Its first characters.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="ExpiresAt">The time of its expiry.</param>
/// <param name="LastUsedAt">The time of its last use, accurate to the minute; null if it was never used.</param>
internal sealed record ApiTokenBody(
    Guid Id,
    Guid TenantId,
    string Name,
    string Shown,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt);

/// <summary>The API tokens of the account.</summary>
/// <param name="Tokens">The tokens, newest first.</param>
internal sealed record ApiTokensBody(IReadOnlyList<ApiTokenBody> Tokens);
