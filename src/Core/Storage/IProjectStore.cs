namespace TelemetryKit.Core.Storage;

/// <summary>Projects as ingest and statistics need them.</summary>
public interface IProjectStore
{
    /// <summary>The project; <c>null</c> if there is none.</summary>
    Task<Project?> FindProjectAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>
    /// The project of that name in the tenant, created with a new random secret if it doesn't exist. Safe to call from many processes at once.
    /// </summary>
    Task<Project> EnsureProjectAsync(Guid tenantId, string name, CancellationToken cancellationToken);

    /// <summary>The self-hosted server's own tenant, created if it doesn't exist. Safe to call from many processes at once.</summary>
    Task<Guid> EnsureDefaultTenantAsync(CancellationToken cancellationToken);
}
