using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Projects as their tenants manage them.</summary>
public interface IManagedProjects
{
    /// <summary>The projects of a tenant, by name.</summary>
    Task<IReadOnlyList<ProjectInfo>> ListAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>A project; <c>null</c> where there is none or it was deleted.</summary>
    Task<ProjectInfo?> FindAsync(Guid projectId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a project. <paramref name="gate"/> is asked with the number of projects, while nobody else can add one.
    /// </summary>
    Task<ProjectCreation> CreateAsync(ProjectInfo project, byte[] secret, Func<int, PlanRefusal?> gate, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Changes name and settings: <paramref name="change"/> gets them as they are, while nobody else can change them.</summary>
    Task<ProjectUpdate> UpdateAsync(Guid projectId, Func<ProjectInfo, ProjectInfo> change, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a project and everything in it: out of sight in one transaction, its data part by part. Its keys stop at once; what a commit that was under way brings after that,
    /// <see cref="PurgeAsync"/> takes.
    /// </summary>
    Task<Removed> DeleteAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Empties the test environment: events, counters, installs. Keys and settings stay.</summary>
    Task<Removed> ResetTestAsync(Guid projectId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Takes what arrived for projects (and tenants) after they were deleted, and the last trace of those deleted before <paramref name="before"/>.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>How making a project ended: neither is set where it was made.</summary>
/// <param name="Refusal">The plan allows no more.</param>
/// <param name="NameTaken">The tenant has one of that name.</param>
public readonly record struct ProjectCreation(PlanRefusal? Refusal = null, bool NameTaken = false);

/// <summary>How a change of a project ended: neither is set where there is no such project.</summary>
/// <param name="Project">The project as it is now.</param>
/// <param name="NameTaken">Another project of the tenant has that name, and nothing was changed.</param>
public readonly record struct ProjectUpdate(ProjectInfo? Project = null, bool NameTaken = false);
