using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Keys;

/// <summary>Finds keys by their hash.</summary>
public interface IKeyLookup
{
    /// <summary>
    /// Finds a key by its SHA-256, with its project. Returns <c>null</c> if the key is unknown, or revoked or expired at
    /// <paramref name="now"/>.
    /// </summary>
    Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>The keys of projects.</summary>
public interface IKeyStore : IKeyLookup
{
    /// <summary>The keys of a project, newest first, including those that were revoked or expired in the last 90 days.</summary>
    Task<IReadOnlyList<ProjectKeyInfo>> ListAsync(Guid projectId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a key that the server's settings or its first start ask for, without an audit line. Returns false if a key of that hash exists,
    /// revoked or not, in any project.
    /// </summary>
    Task<bool> EnsureAsync(NewKey key, CancellationToken cancellationToken);

    /// <summary>Adds a key. Returns false if the project has <see cref="Limits.KeysPerProject"/> active keys.</summary>
    /// <exception cref="MembershipEndedException">The author of the change was removed. Nothing was changed.</exception>
    Task<bool> AddAsync(NewKey key, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a key by a new one of the same kind, which <paramref name="make"/> creates for the kind of the old one; the old one expires
    /// at <paramref name="oldEndsAt"/>. Both count among <see cref="Limits.KeysPerProject"/> until then.
    /// </summary>
    /// <exception cref="MembershipEndedException">The author of the change was removed. Nothing was changed.</exception>
    Task<KeyRotation> RotateAsync(
        Guid projectId,
        Guid keyId,
        DateTimeOffset oldEndsAt,
        Func<KeyKind, NewKey> make,
        AuditLine line,
        CancellationToken cancellationToken);

    /// <summary>Revokes a key. Returns false if the project has no such active key.</summary>
    /// <exception cref="MembershipEndedException">The author of the change was removed. Nothing was changed.</exception>
    Task<bool> RevokeAsync(Guid projectId, Guid keyId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Records last uses.</summary>
    Task TouchAsync(IReadOnlyCollection<KeyUse> uses, CancellationToken cancellationToken);
}

/// <summary>The result of rotating a key. Neither value is set if the project has no such active key.</summary>
/// <param name="Key">The new key.</param>
/// <param name="LimitReached">Whether the project would have too many active keys. Nothing was changed in that case.</param>
public readonly record struct KeyRotation(NewKey? Key = null, bool LimitReached = false);

/// <summary>A key that was found.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="Project">The project it belongs to.</param>
public sealed record ProjectKey(Guid KeyId, KeyKind Kind, Project Project);

/// <summary>A key to be stored.</summary>
/// <param name="KeyId">UUIDv7.</param>
/// <param name="ProjectId">The project it belongs to.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="Hash">SHA-256 of the key.</param>
/// <param name="Shown">Its first <see cref="ApiKey.ShownLength"/> characters.</param>
/// <param name="CreatedAt">The time of creation.</param>
public sealed record NewKey(Guid KeyId, Guid ProjectId, KeyKind Kind, byte[] Hash, string Shown, DateTimeOffset CreatedAt)
{
    /// <summary>What is stored of a key's text: its hash and its first characters.</summary>
    public static NewKey Of(Guid projectId, KeyKind kind, string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(Guid.CreateVersion7(now), projectId, kind, ApiKey.Hash(text), text[..ApiKey.ShownLength], now);
    }
}

/// <summary>A key in the lists of its project.</summary>
public sealed record ProjectKeyInfo
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it may do.</summary>
    public required KeyKind Kind { get; init; }

    /// <summary>Its first characters.</summary>
    public required string Shown { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used, to within <see cref="Limits.LastUseAccuracy"/>; <c>null</c> if never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it expires because another key replaced it; <c>null</c> if it doesn't expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; <c>null</c> if it wasn't.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>A use of a key.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="KeyId">The key.</param>
/// <param name="At">The time of use.</param>
public readonly record struct KeyUse(Guid ProjectId, Guid KeyId, DateTimeOffset At);
