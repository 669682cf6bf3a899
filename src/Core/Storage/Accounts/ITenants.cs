using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Tenants.</summary>
public interface ITenants
{
    /// <summary>The tenant; <c>null</c> where there is none.</summary>
    Task<Tenant?> FindAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>The tenant and what the account is in it; <c>null</c> where it is nothing there, or there is no such tenant.</summary>
    Task<Membership?> FindMembershipAsync(Guid tenantId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>The project's tenant and what the account is in it; <c>null</c> where it is nothing there, or there is no such project.</summary>
    Task<Membership?> FindMembershipOfProjectAsync(Guid projectId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>The tenants an account is a member of, by name.</summary>
    Task<IReadOnlyList<Membership>> ListOfAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>All tenants after one, in order of their ids: for the operator.</summary>
    Task<IReadOnlyList<Tenant>> ListAsync(Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a tenant with its owner. <paramref name="gate"/> is asked with what the owner is a member of already, while no other tenant can be made for them. False where it says no.
    /// </summary>
    Task<bool> CreateAsync(
        Guid tenantId, string name, PlanId planId, Guid ownerId, Func<IReadOnlyList<Membership>, bool> gate, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Whether the tenant has an owner.</summary>
    Task<bool> HasOwnerAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Changes the name.</summary>
    Task RenameAsync(Guid tenantId, string name, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Sets plan and custom limits: the call of operators, and of billing. Where fewer days are kept than before, it notes since when, so that the owner
    /// is told in time. Answers the tenant as it is now; <c>null</c> where there is none.
    /// </summary>
    Task<Tenant?> SetPlanAsync(Guid tenantId, PlanId planId, CustomLimits custom, AuditLine line, CancellationToken cancellationToken);

    /// <summary>The downgraded tenants whose owners have not been told.</summary>
    Task<IReadOnlyList<Tenant>> ListUntoldAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Notes that the owner has been told of the downgrade of <paramref name="downgradedAt"/>. False where that was noted before, or there is none, or another one since: the
    /// owner was told of other days then.
    /// </summary>
    Task<bool> SetDowngradeNoticeAsync(Guid tenantId, DateTimeOffset downgradedAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes the tenant and everything of it. Answers what went.</summary>
    Task<Removed> DeleteAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken);
}
