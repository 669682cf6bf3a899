using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Tenants.</summary>
public interface ITenants
{
    /// <summary>Finds a tenant. Returns <c>null</c> if there is none.</summary>
    Task<Tenant?> FindAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the membership of an account in a tenant. Returns <c>null</c> if the account is not a member or the tenant doesn't exist.
    /// </summary>
    Task<Membership?> FindMembershipAsync(Guid tenantId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the membership of an account in a project's tenant. Returns <c>null</c> if the account is not a member or the project doesn't
    /// exist.
    /// </summary>
    Task<Membership?> FindMembershipOfProjectAsync(Guid projectId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>Returns the memberships of an account, ordered by the name of the tenant.</summary>
    Task<IReadOnlyList<Membership>> ListOfAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Returns the tenants after <paramref name="after"/>, ordered by id, for the operator.</summary>
    Task<IReadOnlyList<Tenant>> ListAsync(Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a tenant with its owner. <paramref name="gate"/> is called with the current memberships of the owner, under a lock that
    /// prevents concurrent additions. Returns <c>false</c> if the gate does.
    /// </summary>
    Task<bool> CreateAsync(
        Guid tenantId, string name, PlanId planId, Guid ownerId, Func<IReadOnlyList<Membership>, bool> gate, DateTimeOffset now,
        CancellationToken cancellationToken);

    /// <summary>Returns whether the tenant has an owner.</summary>
    Task<bool> HasOwnerAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Changes the name.</summary>
    Task RenameAsync(Guid tenantId, string name, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Sets the plan and the custom limits, for the operator: a subscription doesn't change them until
    /// <see cref="LiftPlanAsync(Guid, AuditLine, CancellationToken)"/>, and events above the quota are refused. If fewer days are kept than
    /// before, the time of the downgrade is stored, so that the owner can be notified. In the same transaction, members and projects above
    /// the new limits are suspended, the newest first and never the owner, and others are no longer suspended. If the operator set the plan
    /// and the limits before, nothing changes, and the audit log has no line about it. Returns the tenant, or <c>null</c> if there is none.
    /// </summary>
    Task<Tenant?> SetPlanAsync(Guid tenantId, PlanId planId, CustomLimits custom, AuditLine line, CancellationToken cancellationToken) =>
        SetPlanAsync(tenantId, planId, custom, line, static () => true, cancellationToken);

    /// <summary>Sets the plan and the custom limits, unless it is too late for it.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="planId">The plan.</param>
    /// <param name="custom">The custom limits.</param>
    /// <param name="line">The line of the audit log.</param>
    /// <param name="isInTime">
    /// Returns whether the change may still be made. It is called while the tenant is locked, so no later change can be made in between.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="TooLateException">It is too late. Nothing was changed.</exception>
    Task<Tenant?> SetPlanAsync(
        Guid tenantId, PlanId planId, CustomLimits custom, AuditLine line, Func<bool> isInTime, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the plan that the operator set: the tenant has the plan of its subscription from then on, without custom limits, or the Free
    /// plan if it has none. If the operator didn't set the plan, nothing changes. Returns the tenant, or <c>null</c> if there is none.
    /// </summary>
    Task<Tenant?> LiftPlanAsync(Guid tenantId, AuditLine line, CancellationToken cancellationToken) =>
        LiftPlanAsync(tenantId, line, static () => true, cancellationToken);

    /// <summary>Ends the plan that the operator set, unless it is too late for it.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="line">The line of the audit log. Its detail becomes the plan.</param>
    /// <param name="isInTime">Returns whether the change may still be made. It is called while the tenant is locked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="TooLateException">It is too late. Nothing was changed.</exception>
    Task<Tenant?> LiftPlanAsync(Guid tenantId, AuditLine line, Func<bool> isInTime, CancellationToken cancellationToken);

    /// <summary>
    /// Suspends what tenants have above their plans, as a change of the plan does. Tenants of earlier versions were above theirs without a
    /// change. Returns the number of tenants that were checked.
    /// </summary>
    Task<int> SuspendSurplusAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns the tenants with suspended members or projects.</summary>
    Task<IReadOnlyList<Tenant>> ListSuspendedAsync(CancellationToken cancellationToken);

    /// <summary>Returns the downgraded tenants whose owners have not been notified.</summary>
    Task<IReadOnlyList<Tenant>> ListWithoutDowngradeNoticeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores that the owner was notified of the downgrade of <paramref name="downgradedAt"/>. Returns <c>false</c> if that was stored
    /// before, or if there is no such downgrade or a later one, because the notice named other days then.
    /// </summary>
    Task<bool> SetDowngradeNoticeAsync(Guid tenantId, DateTimeOffset downgradedAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes the tenant and all its data. Returns the amount of deleted data.</summary>
    Task<Removed> DeleteAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken);
}
