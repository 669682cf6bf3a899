using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Core.Tenants;

/// <summary>Queues notices about tenants. Each is sent once, whichever processes queue it.</summary>
public interface ITenantNotices
{
    /// <summary>
    /// Queues the notices about the thresholds of the quota (<see cref="UsageThresholds"/>) that are reached, once per month and limit.
    /// Returns the number of queued notices.
    /// </summary>
    Task<int> QueueUsageAsync(Tenant tenant, UsageReading usage, CancellationToken cancellationToken);

    /// <summary>Queues the notice about a downgrade if one is due. Returns whether it was queued.</summary>
    Task<bool> QueueDowngradeAsync(Tenant tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Queues the notices about what is suspended, to the owner and to each suspended member, once per suspension. Returns the number of
    /// queued notices.
    /// </summary>
    Task<int> QueueSuspensionsAsync(Tenant tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Queues the notices about a subscription that follow from its state: a new plan, a scheduled change, failed payments, and the end.
    /// Each is sent once. Returns the number of queued notices.
    /// </summary>
    Task<int> QueueBillingAsync(Tenant tenant, BillingAccount account, CancellationToken cancellationToken);

    /// <summary>
    /// Queues the notices about the cap of events above the quota that is nearly or completely used, once per month and cap. Returns the
    /// number of queued notices.
    /// </summary>
    Task<int> QueueOverageAsync(Tenant tenant, BillingAccount account, UsageReading usage, CancellationToken cancellationToken);
}
