using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Subscriptions;

/// <summary>Ends the subscriptions of deleted tenants, so that they are charged no longer.</summary>
public sealed partial class DeletedTenants(
    IAccountStore store, IBillingGateway gateway, Overage overage, ILogger<DeletedTenants> logger)
{
    private const int PageSize = 100;

    /// <summary>
    /// Ends open Checkouts and the subscriptions, and deletes the billing of tenants whose events above the quota are reported. Returns the
    /// number of tenants whose billing was deleted.
    /// </summary>
    /// <exception cref="BillingUnavailableException">The payment provider can't be reached. The next call continues.</exception>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        IReadOnlyList<BillingAccount> page = [];
        do
        {
            page = await store.Billing
                .ListDeletedAsync(page is [.., var last] ? last.TenantId : null, PageSize, cancellationToken).ConfigureAwait(false);
            foreach (var account in page)
            {
                try
                {
                    count += await EndAsync(account, cancellationToken).ConfigureAwait(false) ? 1 : 0;
                }
                catch (BillingRefusedException fault)
                {
                    // The others must not be charged because of this one.
                    LogRefused(account.TenantId, fault.Message);
                }
            }
        }
        while (page.Count == PageSize);
        return count;
    }

    private async Task<bool> EndAsync(BillingAccount account, CancellationToken cancellationToken)
    {
        var customerId = account.CustomerId!;
        // First: one that is paid now begins a subscription, which is found below.
        await gateway.ExpireCheckoutsAsync(customerId, cancellationToken).ConfigureAwait(false);
        // With the running hour: the plan is not changed any more.
        await overage.ReportAsync(account.TenantId, cancellationToken).ConfigureAwait(false);
        var customer = await gateway.FindCustomerAsync(customerId, cancellationToken).ConfigureAwait(false);
        foreach (var subscription in customer?.Subscriptions ?? [])
        {
            if (BillingState.IsOpen(subscription.Status))
                await gateway.CancelNowAsync(subscription.Id, $"end-{subscription.Id}", cancellationToken).ConfigureAwait(false);
        }

        return await store.Billing.ForgetAsync(account.TenantId, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Error, "The subscription of the deleted tenant {Tenant} can't be ended: {Fault}")]
    private partial void LogRefused(Guid tenant, string fault);
}
