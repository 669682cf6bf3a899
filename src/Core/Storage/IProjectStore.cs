using TelemetryKit.Core.Keys;

namespace TelemetryKit.Core.Storage;

/// <summary>Keys, as requests need them.</summary>
public interface IKeyLookup
{
    /// <summary>Finds a key by its SHA-256, with its project; <c>null</c> where it is unknown, revoked or expired at <paramref name="now"/>.</summary>
    Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Tenants, projects and keys.</summary>
public interface IProjectStore : IKeyLookup
{
    /// <summary>The project; <c>null</c> where there is none.</summary>
    Task<Project?> FindProjectAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>The project of that name in the tenant, made (with a new random secret) where it doesn't exist. Safe to call from many processes at once.</summary>
    Task<Project> EnsureProjectAsync(Guid tenantId, string name, CancellationToken cancellationToken);

    /// <summary>The self-hosted server's own tenant, made where it doesn't exist. Safe to call from many processes at once.</summary>
    Task<Guid> EnsureDefaultTenantAsync(CancellationToken cancellationToken);

    /// <summary>Stores a key by its hash. False where a key of that hash exists already, whosever it is.</summary>
    Task<bool> AddKeyAsync(NewKey key, CancellationToken cancellationToken);

    /// <summary>Revokes a key. False where it doesn't exist or is revoked already.</summary>
    Task<bool> RevokeKeyAsync(Guid projectId, Guid keyId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The keys of a project, newest first.</summary>
    Task<IReadOnlyList<KeyInfo>> ListKeysAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>Live events accepted for a tenant in the month that starts on <paramref name="month"/>.</summary>
    Task<long> ReadUsageAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken);
}

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
/// <param name="CreatedAt">Now.</param>
public sealed record NewKey(Guid KeyId, Guid ProjectId, KeyKind Kind, byte[] Hash, string Shown, DateTimeOffset CreatedAt);

/// <summary>A key as lists show it.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="Shown">Its first characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it was revoked; <c>null</c> while it works.</param>
public sealed record KeyInfo(Guid KeyId, KeyKind Kind, string Shown, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);
