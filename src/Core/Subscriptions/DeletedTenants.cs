using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Subscriptions;

/// <summary>Ends the subscriptions of deleted tenants, so that they are charged no longer.</summary>
public sealed class DeletedTenants(IAccountStore store, IBillingGateway gateway, Overage overage)
{
    private const int PageSize = 100;

    /// <summary>
    /// Ends the subscriptions, and deletes the billing of tenants whose events above the quota are reported. Returns the number of tenants
    /// whose billing was deleted.
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
                // With the running hour: the plan is not changed any more.
                await overage.ReportAsync(account.TenantId, cancellationToken).ConfigureAwait(false);
                var customer = await gateway.FindCustomerAsync(account.CustomerId!, cancellationToken).ConfigureAwait(false);
                foreach (var subscription in customer?.Subscriptions ?? [])
                {
                    if (BillingState.IsOpen(subscription.Status))
                        await gateway.CancelNowAsync(subscription.Id, $"end-{subscription.Id}", cancellationToken).ConfigureAwait(false);
                }

                count += await store.Billing.ForgetAsync(account.TenantId, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        while (page.Count == PageSize);
        return count;
    }
}
