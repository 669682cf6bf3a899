namespace TelemetryKit.Core.Storage;

/// <summary>The projects, for ingest and statistics.</summary>
public interface IProjectStore
{
    /// <summary>Returns the project, or <c>null</c> if it doesn't exist.</summary>
    Task<Project?> FindProjectAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the tenant's project with the name. Creates it with a new random secret if it doesn't exist. Safe to call from many
    /// processes at once.
    /// </summary>
    Task<Project> EnsureProjectAsync(Guid tenantId, string name, CancellationToken cancellationToken);

    /// <summary>Returns the id of the self-hosted server's tenant, and creates it if it doesn't exist. Safe to call concurrently.</summary>
    Task<Guid> EnsureDefaultTenantAsync(CancellationToken cancellationToken);
}
