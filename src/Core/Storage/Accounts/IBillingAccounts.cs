using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>The billing of tenants. Everything that must not be lost or done twice is decided by rows here.</summary>
public interface IBillingAccounts
{
    /// <summary>Finds the billing of a tenant. Returns <c>null</c> if the tenant never used it.</summary>
    Task<BillingAccount?> FindAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Returns the accounts with a customer after <paramref name="after"/>, ordered by tenant.</summary>
    Task<IReadOnlyList<BillingAccount>> ListAsync(Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>Adds the billing of a tenant if it has none, and returns it. Returns <c>null</c> if the tenant doesn't exist.</summary>
    Task<BillingAccount?> AddAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the customer of a tenant unless it has one. Returns the stored one. The tenant must have a billing account
    /// (<see cref="AddAsync"/>).
    /// </summary>
    Task<string> SetCustomerAsync(Guid tenantId, string customerId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores another customer of a tenant and forgets the Checkout, because the former one was deleted at the provider. Returns the stored
    /// customer: of two calls at once, both get that of one of them.
    /// </summary>
    Task<string> ReplaceCustomerAsync(Guid tenantId, string former, string customerId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a Checkout instead of <paramref name="replaced"/> (<c>null</c>: none), if that is still the stored one. Returns the stored
    /// one: of two calls at once, both get that of one of them.
    /// </summary>
    Task<CheckoutAttempt> BeginCheckoutAsync(
        Guid tenantId, CheckoutAttempt attempt, Guid? replaced, CancellationToken cancellationToken);

    /// <summary>Stores the page of a Checkout, if that is still the stored one. Returns whether it is.</summary>
    Task<bool> SetCheckoutPageAsync(Guid tenantId, Guid attemptId, string pageId, CancellationToken cancellationToken);

    /// <summary>Returns whether a webhook about a tenant was received since a time.</summary>
    Task<bool> WasReceivedAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// Stores that a webhook was received, and marks the tenant of its customer as due, in one transaction. Returns <c>false</c> if it was
    /// received before; then nothing changes. One that arrived before its customer was stored is received once more after that.
    /// </summary>
    Task<bool> ReceiveAsync(string eventId, string? customerId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns the tenants that are due, longest due first.</summary>
    Task<IReadOnlyList<Guid>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a synchronisation: gives it the next number of the tenant, <see cref="BillingAccount.Sync"/>. Must be called before the state
    /// is read from the provider. The clocks of processes differ, so numbers decide which state was read later. Returns <c>null</c> if the
    /// tenant never used billing, or was deleted.
    /// </summary>
    Task<BillingAccount?> BeginSyncAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>
    /// Applies what a synchronisation found, in one transaction: the state, the plan of the tenant with its downgrade rules (unless the
    /// operator set the plan), the events above the quota that are accepted, and a line of the audit log if the plan changes. The tenant
    /// isn't due any more, unless it was marked as due after the synchronisation began. A state that differs from one of a later
    /// synchronisation isn't applied, and the tenant is due again.
    /// </summary>
    /// <param name="tenantId">The tenant, which must have a billing account.</param>
    /// <param name="sync">The number of the synchronisation, of <see cref="BeginSyncAsync"/>.</param>
    /// <param name="state">The state.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The change, or <c>null</c> if the tenant doesn't exist, or if the state of a later synchronisation is stored.</returns>
    /// <exception cref="InvalidOperationException">The tenant has no billing account.</exception>
    Task<BillingChange?> ApplyAsync(
        Guid tenantId, long sync, BillingState state, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores that a synchronisation failed, and when the next one is due.</summary>
    Task FailAsync(Guid tenantId, DateTimeOffset nextAt, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the owner's cap of what events above the quota may cost, and how many events it pays for. <c>null</c> refuses them. What was
    /// spent in the month counts against the new cap.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tenant has no billing account.</exception>
    Task SetOverageCapAsync(Guid tenantId, long? cents, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Returns hours whose events above the quota aren't reported with their current number, oldest first, of tenants that have a customer:
    /// hours that have ended, and all hours of deleted tenants, whose subscriptions end at once.
    /// </summary>
    /// <param name="tenantId">One tenant, or <c>null</c> for all.</param>
    /// <param name="endedAt">Hours that ended until this time.</param>
    /// <param name="after">The last hour of the previous page, or <c>null</c>.</param>
    /// <param name="limit">The most hours, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<OverageHour>> ListUnreportedAsync(
        Guid? tenantId, DateTimeOffset endedAt, OverageHour? after, int limit, CancellationToken cancellationToken);

    /// <summary>Stores that an hour was reported with a number.</summary>
    Task SetReportedAsync(OverageHour reported, CancellationToken cancellationToken);

    /// <summary>
    /// Stores that hours since a time aren't reported, so that they are reported again. Returns the number of reported ones among them.
    /// </summary>
    Task<int> ReportAgainAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the events above the quota of a tenant in a UTC calendar month that were accepted to be billed, and what they cost.
    /// </summary>
    Task<OverageUse> ReadOverageAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the billing of deleted tenants that have a customer, whose subscriptions must be ended, by id. It is kept until
    /// <see cref="ForgetAsync"/>.
    /// </summary>
    /// <param name="after">The last tenant of the previous page, or <c>null</c>.</param>
    /// <param name="limit">The most accounts, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<BillingAccount>> ListDeletedAsync(Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the billing of a deleted tenant, after its subscription was ended. Returns <c>false</c>, and deletes nothing, while the row
    /// of the tenant exists, because commits under way may still count events, and while events aren't reported.
    /// </summary>
    Task<bool> ForgetAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Deletes received webhooks from before a time. Returns their number.</summary>
    Task<int> PurgeReceivedAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>What a synchronisation changed.</summary>
/// <param name="Before">The billing before.</param>
/// <param name="After">The billing after.</param>
/// <param name="TenantBefore">The tenant before.</param>
/// <param name="TenantAfter">The tenant after.</param>
public sealed record BillingChange(BillingAccount Before, BillingAccount After, Tenant TenantBefore, Tenant TenantAfter);
