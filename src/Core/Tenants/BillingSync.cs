using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Tenants;

/// <summary>
/// Brings what is stored about a tenant's billing in line with the payment provider. The state is always fetched, never taken from a
/// webhook, so duplicates, other orders and losses of webhooks have no effect.
/// </summary>
public sealed partial class BillingSync(
    IAccountStore store, IBillingGateway gateway, TimeProvider time, ILogger<BillingSync> logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    /// <summary>Fetches the state of a tenant's customer and applies it.</summary>
    /// <returns>The outcome, and the change if a state was applied.</returns>
    /// <exception cref="Storage.StorageUnavailableException">The store is unavailable.</exception>
    public async Task<(BillingSyncOutcome Outcome, BillingChange? Change)> RunAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var account = await store.Billing.BeginSyncAsync(tenantId, cancellationToken).ConfigureAwait(false);
        if (account is not { CustomerId: { } customerId })
            return (BillingSyncOutcome.NotBilled, null);
        BillingCustomer? customer;
        try
        {
            customer = await gateway.FindCustomerAsync(customerId, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is BillingUnavailableException or BillingRefusedException)
        {
            return await FailAsync(account, cancellationToken).ConfigureAwait(false);
        }

        // A test database with another account's ids must not take another's plan, and a key of another account must not end all plans.
        // One that was deleted is found.
        if (customer is not { IsDeleted: true } && customer?.TenantId != tenantId)
        {
            if (account.State.Status is { } status && BillingState.IsOpen(status))
            {
                LogMissing(tenantId, customerId);
                return await FailAsync(account, cancellationToken).ConfigureAwait(false);
            }

            customer = null;
        }

        var change = await store.Billing
            .ApplyAsync(tenantId, account.Sync, BillingState.Of(customer), time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (change is null)
            return (BillingSyncOutcome.Unchanged, null);
        return (change.Before.State == change.After.State ? BillingSyncOutcome.Unchanged : BillingSyncOutcome.Changed, change);
    }

    private async Task<(BillingSyncOutcome Outcome, BillingChange? Change)> FailAsync(
        BillingAccount account, CancellationToken cancellationToken)
    {
        await store.Billing.FailAsync(account.TenantId, time.GetUtcNow() + DelayAfter(account.Failures), cancellationToken)
            .ConfigureAwait(false);
        return (BillingSyncOutcome.Unavailable, null);
    }

    [LoggerMessage(
        1, LogLevel.Error,
        "The payment provider has no customer {Customer} of the tenant {Tenant}, whose plan is kept. Is the secret key of its account?")]
    private partial void LogMissing(Guid tenant, string customer);

    private static TimeSpan DelayAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, FirstRetry.Ticks << Math.Min(failures, 20)));
}

/// <summary>The outcome of a synchronisation.</summary>
public enum BillingSyncOutcome
{
    /// <summary>The tenant never used billing.</summary>
    NotBilled = 0,

    /// <summary>What is stored was right.</summary>
    Unchanged = 1,

    /// <summary>Something changed.</summary>
    Changed = 2,

    /// <summary>The payment provider couldn't be asked. The synchronisation is repeated.</summary>
    Unavailable = 3,
}
