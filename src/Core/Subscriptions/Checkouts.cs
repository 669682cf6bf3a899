using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Core.Subscriptions;

/// <summary>
/// Begins Checkouts. A tenant has at most one customer, one open Checkout and one subscription, however many tabs begin one at once, and
/// whenever a process is killed: the attempt is stored before its page is created, and the page's idempotency key is that of the attempt.
/// </summary>
public sealed class Checkouts(IAccountStore store, IBillingGateway gateway, ITenantOperations tenants, TimeProvider time)
{
    // A page can't be created any more in the last 30 minutes before it would expire.
    private static readonly TimeSpan LastCreation = CheckoutRequest.Lifetime - TimeSpan.FromHours(1);

    // Each round ends another page, so more are only needed if as many tabs choose different plans at the same moment.
    private const int MostRounds = 20;

    /// <summary>Returns the page on which the owner of a tenant subscribes, or why there is none.</summary>
    /// <exception cref="BillingUnavailableException">The payment provider can't be reached.</exception>
    /// <exception cref="BillingRefusedException">The payment provider refuses the request.</exception>
    public async Task<CheckoutResult> BeginAsync(
        Tenant tenant, string email, PlanId plan, BillingInterval interval, CheckoutReturn addresses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(addresses);
        if (await store.Billing.AddAsync(tenant.Id, cancellationToken).ConfigureAwait(false) is not { } account)
            return new(CheckoutOutcome.NoTenant);
        var customerId = await FindOrCreateCustomerAsync(tenant, account, email, cancellationToken).ConfigureAwait(false);
        for (var round = 0; round < MostRounds; round++)
        {
            // Also after each page that was paid or expired in the meantime.
            await tenants.FetchBillingAsync(tenant.Id, cancellationToken).ConfigureAwait(false);
            account = await store.Billing.FindAsync(tenant.Id, cancellationToken).ConfigureAwait(false);
            if (account is null)
                return new(CheckoutOutcome.NoTenant);
            if (account.State.Status is { } status && BillingState.IsOpen(status))
                return await RefuseAsync(customerId, status, addresses.Cancelled, cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            // An older attempt has no page that can be paid, even if it was created and not stored.
            if (account.Checkout is not { } attempt || (attempt.PageId is null && attempt.BegunAt + CheckoutRequest.Lifetime <= now))
            {
                await BeginAttemptAsync(account, plan, interval, now, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var page = await FindOrCreateAsync(tenant.Id, customerId, attempt, addresses, cancellationToken).ConfigureAwait(false);
            if (page is { Status: CheckoutStatus.Open, Address: { } address } && attempt.Plan == plan && attempt.Interval == interval)
                return new(CheckoutOutcome.Page, address);
            if (page is { Status: CheckoutStatus.Open })
                await gateway.ExpireCheckoutAsync(page.Id, cancellationToken).ConfigureAwait(false);
            else if (page is not { Status: CheckoutStatus.Complete } || HasEnded(account.State))
                await BeginAttemptAsync(account, plan, interval, now, cancellationToken).ConfigureAwait(false);
        }

        throw new BillingUnavailableException("Other calls begin Checkouts of this tenant at the same time.");
    }

    private async Task<string> FindOrCreateCustomerAsync(
        Tenant tenant, BillingAccount account, string email, CancellationToken cancellationToken)
    {
        var known = account.CustomerId;
        if (known is not null)
        {
            var customer = await gateway.FindCustomerAsync(known, cancellationToken).ConfigureAwait(false);
            if (customer is { IsDeleted: false } && customer.TenantId == tenant.Id)
                return known;
            // One that the operator deleted at the provider can't subscribe any more. One that is missing may be in another account, where
            // it has a subscription.
            if (customer is not { IsDeleted: true } && account.State.Status is { } status && BillingState.IsOpen(status))
                return known;
        }

        var created = await gateway.CreateCustomerAsync(tenant.Id, tenant.Name, email, cancellationToken).ConfigureAwait(false);
        return await (known is null
            ? store.Billing.SetCustomerAsync(tenant.Id, created, cancellationToken)
            : store.Billing.ReplaceCustomerAsync(tenant.Id, known, created, cancellationToken)).ConfigureAwait(false);
    }

    // A page that was paid has a subscription, which the next synchronisation finds, unless it has ended since.
    private static bool HasEnded(BillingState state) => state.Status is { } status && !BillingState.IsOpen(status);

    private Task<CheckoutAttempt> BeginAttemptAsync(
        BillingAccount account, PlanId plan, BillingInterval interval, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.Billing.BeginCheckoutAsync(
            account.TenantId,
            new CheckoutAttempt(Guid.CreateVersion7(now), plan, interval, now),
            account.Checkout?.Id,
            cancellationToken);

    private async Task<CheckoutPage?> FindOrCreateAsync(
        Guid tenantId, string customerId, CheckoutAttempt attempt, CheckoutReturn addresses, CancellationToken cancellationToken)
    {
        if (attempt.PageId is { } pageId)
            return await gateway.FindCheckoutAsync(pageId, cancellationToken).ConfigureAwait(false);
        var request = new CheckoutRequest(
            tenantId, customerId, attempt.Plan, attempt.Interval, addresses.Paid, addresses.Cancelled)
        {
            BegunAt = attempt.BegunAt,
        };
        CheckoutPage page;
        try
        {
            page = await gateway.CreateCheckoutAsync(request, $"checkout-{attempt.Id:N}", cancellationToken).ConfigureAwait(false);
        }
        catch (BillingRefusedException) when (attempt.BegunAt + LastCreation <= time.GetUtcNow())
        {
            // It was never created, otherwise the key would have returned it.
            return null;
        }

        await store.Billing.SetCheckoutPageAsync(tenantId, attempt.Id, page.Id, cancellationToken).ConfigureAwait(false);
        return page;
    }

    // A customer whose payment failed needs another card, not another subscription.
    private async Task<CheckoutResult> RefuseAsync(
        string customerId, SubscriptionStatus status, Uri returnTo, CancellationToken cancellationToken) =>
        status is SubscriptionStatus.Active or SubscriptionStatus.Trialing
            ? new(CheckoutOutcome.Subscribed)
            : new(
                CheckoutOutcome.Card,
                await gateway.CreatePortalAsync(customerId, PortalFlow.Card, returnTo, cancellationToken).ConfigureAwait(false));
}

/// <summary>Where a Checkout returns to.</summary>
/// <param name="Paid">After it was paid. <c>{CHECKOUT_SESSION_ID}</c> in it is replaced by the id of the page.</param>
/// <param name="Cancelled">Without paying.</param>
public sealed record CheckoutReturn(Uri Paid, Uri Cancelled);

/// <summary>The result of a Checkout.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Address">The page to open, or <c>null</c> if there is none.</param>
public sealed record CheckoutResult(CheckoutOutcome Outcome, Uri? Address = null);

/// <summary>The outcome of a Checkout.</summary>
public enum CheckoutOutcome
{
    /// <summary>The page on which the owner pays.</summary>
    Page,

    /// <summary>The form of the card: there is a subscription whose payment failed.</summary>
    Card,

    /// <summary>There is a subscription, whose plan can be changed.</summary>
    Subscribed,

    /// <summary>The tenant doesn't exist any more.</summary>
    NoTenant,
}
