using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Projects in the management API.</summary>
public interface IManagedProjects
{
    /// <summary>Returns the projects of a tenant, ordered by name.</summary>
    Task<IReadOnlyList<ProjectInfo>> ListAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Finds a project. Returns <c>null</c> if it doesn't exist or was deleted.</summary>
    Task<ProjectInfo?> FindAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a project. <paramref name="gate"/> is called with the current number of projects, under a lock that prevents concurrent
    /// additions.
    /// </summary>
    /// <exception cref="MembershipEndedException">The author of the change was removed. Nothing was changed.</exception>
    Task<ProjectCreation> CreateAsync(
        ProjectInfo project, byte[] secret, Func<int, PlanRefusal?> gate, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Changes name and settings. <paramref name="change"/> is called with the current ones, under a lock that prevents concurrent changes.
    /// </summary>
    Task<ProjectUpdate> UpdateAsync(
        Guid projectId, Func<ProjectInfo, ProjectInfo> change, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a project with its data. The project and its keys are deleted in one transaction, its data afterwards in parts. Data of
    /// commits that were running at that time is deleted by <see cref="PurgeAsync"/>.
    /// </summary>
    Task<Removed> DeleteAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Deletes the events, counters and installs of the test environment, but not keys and settings.</summary>
    Task<Removed> ResetTestAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes data that arrived for projects and tenants after they were deleted, and the rows of those that were deleted before
    /// <paramref name="before"/>. Returns the number of projects and tenants.
    /// </summary>
    Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>The result of creating a project. Neither value is set if it was created.</summary>
/// <param name="Refusal">The refusal if the plan allows no more projects.</param>
/// <param name="NameTaken">Whether the tenant already has a project with that name.</param>
public readonly record struct ProjectCreation(PlanRefusal? Refusal = null, bool NameTaken = false);

/// <summary>The result of changing a project. Neither value is set if the project doesn't exist.</summary>
/// <param name="Project">The changed project.</param>
/// <param name="NameTaken">Whether another project of the tenant has that name. Nothing was changed in that case.</param>
public readonly record struct ProjectUpdate(ProjectInfo? Project = null, bool NameTaken = false);
