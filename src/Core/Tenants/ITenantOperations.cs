using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tenants;

/// <summary>
/// Operations on a tenant that run one at a time. What must not be lost or done twice is decided by rows of the store, so an operation
/// that runs in two processes at once has its effect once.
/// </summary>
public interface ITenantOperations
{
    /// <summary>
    /// Sets the plan and the custom limits, which must be valid for the plan, for the operator. If they are those that the operator set
    /// before, nothing changes. The limits apply to cached keys after at most <see cref="Limits.CachedKeyAge"/>.
    /// </summary>
    /// <returns>Whether the tenant exists.</returns>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    Task<bool> SetPlanAsync(Guid tenantId, PlanId plan, CustomLimits custom, CancellationToken cancellationToken);

    /// <summary>Ends the plan that the operator set: the tenant has that of its subscription, or the Free plan if it has none.</summary>
    /// <returns>Whether the tenant exists.</returns>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    Task<bool> LiftPlanAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Reads the usage of the current month and queues the notices that are due.</summary>
    /// <returns>The usage, or <c>null</c> if the tenant doesn't exist.</returns>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    Task<UsageReading?> CheckUsageAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Returns the forecast of the current month, at most a few seconds old.</summary>
    /// <returns>The forecast, or <c>null</c> if there is none yet or the tenant doesn't exist.</returns>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    Task<UsageForecast?> ForecastAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>
    /// Fetches the state of a tenant's customer from the payment provider, applies it, and queues the notices that are due. See
    /// <see cref="BillingSync"/>.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    /// <exception cref="InvalidOperationException">Billing isn't configured.</exception>
    Task<BillingSyncOutcome> SyncBillingAsync(Guid tenantId, CancellationToken cancellationToken);
}
