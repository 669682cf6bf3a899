using TelemetryKit.Core;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Keys;

/// <summary>What key to make.</summary>
/// <param name="Kind"><c>live</c>, <c>test</c> or <c>read</c>.</param>
internal sealed record NewKeyBody(string? Kind);

/// <summary>How to rotate a key.</summary>
/// <param name="OverlapHours">How long the old key goes on working beside the new one, 0 to 8,760; 24 where it isn't said.</param>
internal sealed record RotateBody(int? OverlapHours = null);

/// <summary>A key that was made. It is shown this once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="Key">The key itself.</param>
/// <param name="Shown">Its first characters, by which lists show it.</param>
/// <param name="CreatedAt">Now.</param>
/// <param name="ReplacedEndsAt">When the key that it replaces stops working; null where it replaces none.</param>
internal sealed record CreatedKeyBody(Guid Id, string Kind, string Key, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? ReplacedEndsAt = null);

/// <summary>A key as lists show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="Shown">Its first characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null where never.</param>
/// <param name="ExpiresAt">When it stops working because another took its place; null where nothing ends it.</param>
/// <param name="RevokedAt">When it was revoked; null while it works.</param>
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
/// <param name="Keys">Newest first, those that ended in the last 90 days among them.</param>
internal sealed record KeysBody(IReadOnlyList<KeyBody> Keys);

/// <summary>What API token to make.</summary>
/// <param name="TenantId">The tenant it is for.</param>
/// <param name="Name">What you call it.</param>
/// <param name="ExpiresInDays">After how many days it ends, 1 to 3,650; null for never.</param>
internal sealed record NewTokenBody(Guid? TenantId, string? Name, int? ExpiresInDays = null);

/// <summary>An API token that was made. It is shown this once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Token">The token itself.</param>
/// <param name="Shown">Its first characters, by which lists show it.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
internal sealed record CreatedTokenBody(Guid Id, string Token, string Shown, DateTimeOffset? ExpiresAt);

/// <summary>An API token as lists show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TenantId">The tenant it is for.</param>
/// <param name="Name">What you call it.</param>
/// <param name="Shown">Its first characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null where never.</param>
internal sealed record ApiTokenBody(Guid Id, Guid TenantId, string Name, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>The API tokens of the account.</summary>
/// <param name="Tokens">Newest first.</param>
internal sealed record ApiTokensBody(IReadOnlyList<ApiTokenBody> Tokens);
