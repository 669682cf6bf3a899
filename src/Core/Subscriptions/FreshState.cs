using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Core.Subscriptions;

/// <summary>Synchronisations before a decision, which must not be made on an old state: it could begin a second subscription.</summary>
internal static class FreshState
{
    /// <summary>Fetches the state of a tenant's customer and applies it.</summary>
    /// <exception cref="BillingUnavailableException">The payment provider can't be reached, so what is stored may be old.</exception>
    public static async Task FetchBillingAsync(this ITenantOperations tenants, Guid tenantId, CancellationToken cancellationToken)
    {
        if (await tenants.SyncBillingAsync(tenantId, cancellationToken).ConfigureAwait(false) == BillingSyncOutcome.Unavailable)
            throw new BillingUnavailableException("The state of the subscription couldn't be fetched.");
    }
}
