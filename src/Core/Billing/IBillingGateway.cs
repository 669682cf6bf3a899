using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Billing;

/// <summary>
/// The payment provider. Writes are idempotent: one with the same key that is repeated, also after a crash, has its effect once. All
/// methods throw a <see cref="BillingUnavailableException"/> if the provider can't be reached, times out or limits the rate, or if it was
/// away a moment ago, and a <see cref="BillingRefusedException"/> if it refuses the request.
/// </summary>
public interface IBillingGateway
{
    /// <summary>
    /// Creates the customer of a tenant, or returns the one that an earlier call with the tenant created. Returns the id.
    /// </summary>
    Task<string> CreateCustomerAsync(Guid tenantId, string name, string email, CancellationToken cancellationToken);

    /// <summary>Reads a customer with all subscriptions. Returns <c>null</c> if there is no such customer.</summary>
    Task<BillingCustomer?> FindCustomerAsync(string customerId, CancellationToken cancellationToken);

    /// <summary>Creates a page on which the customer subscribes. The key makes two identical calls return one page.</summary>
    Task<CheckoutPage> CreateCheckoutAsync(CheckoutRequest request, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Reads a Checkout page. Returns <c>null</c> if there is no such page.</summary>
    Task<CheckoutPage?> FindCheckoutAsync(string checkoutId, CancellationToken cancellationToken);

    /// <summary>Ends a Checkout page that is open, so that it can't be paid any more. Does nothing if it isn't open.</summary>
    Task ExpireCheckoutAsync(string checkoutId, CancellationToken cancellationToken);

    /// <summary>Ends all Checkout pages of a customer that are open.</summary>
    Task ExpireCheckoutsAsync(string customerId, CancellationToken cancellationToken);

    /// <summary>Creates a page on which the customer changes the card, the address and the tax id, and sees the invoices.</summary>
    Task<Uri> CreatePortalAsync(string customerId, PortalFlow flow, Uri returnTo, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the plan of a subscription at once. The difference of the rest of the period is charged or credited. A scheduled change or
    /// end is dropped. If the card is declined (<c>card_declined</c>), the plan stays, and only a scheduled change is dropped.
    /// </summary>
    Task ChangeNowAsync(
        string subscriptionId, PlanId plan, BillingInterval interval, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Changes the plan of a subscription at the end of its period, instead of any other scheduled change.</summary>
    Task ChangeAtPeriodEndAsync(
        string subscriptionId, PlanId plan, BillingInterval interval, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Ends a subscription at the end of its period, instead of any other scheduled change.</summary>
    Task CancelAtPeriodEndAsync(string subscriptionId, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Drops a scheduled change or end of a subscription.</summary>
    Task UndoChangeAsync(string subscriptionId, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Ends a subscription at once, without a refund.</summary>
    Task CancelNowAsync(string subscriptionId, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>
    /// Begins or ends that events above the quota are billed with a subscription. What was used before the end is billed with the period.
    /// </summary>
    Task SetOverageAsync(string subscriptionId, bool isBilled, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Returns the sum of the next invoice, or <c>null</c> if there is none.</summary>
    Task<UpcomingInvoice?> PreviewInvoiceAsync(string customerId, string subscriptionId, CancellationToken cancellationToken);

    /// <summary>Returns the newest invoices, newest first.</summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="limit">The most invoices, from 1 to 100.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<BillingInvoice>> ListInvoicesAsync(string customerId, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Reports the events above the quota in an hour. A later report for the same hour, with a larger number, replaces it. The provider
    /// accepts hours of the last 35 days.
    /// An hour is reported when it has ended: within an hour, to be on the invoice of its period, and before the plan is changed at once.
    /// Only before a subscription ends at once, the current hour is reported, too: if it were before a change of the plan, the events
    /// until then would be billed with both plans.
    /// </summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="hour">The start of the UTC hour.</param>
    /// <param name="events">The number of events, 0 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task ReportOverageAsync(string customerId, DateTimeOffset hour, long events, CancellationToken cancellationToken);

    /// <summary>Checks the signature of a webhook and reads what it is about.</summary>
    /// <param name="body">The body as it was received.</param>
    /// <param name="signature">The header <c>Stripe-Signature</c>.</param>
    /// <returns>The notice, or <c>null</c> if the signature is wrong or too old, or the body isn't one of a webhook.</returns>
    BillingWebhook? ReadWebhook(ReadOnlyMemory<byte> body, string signature);
}

/// <summary>What a Checkout page sells.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="CustomerId">Its customer.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Interval">How often it is paid.</param>
/// <param name="ReturnTo">
/// Where the customer returns to after paying. <c>{CHECKOUT_SESSION_ID}</c> in it is replaced by the id of the page.
/// </param>
/// <param name="CancelTo">Where the customer returns to without paying.</param>
public sealed record CheckoutRequest(Guid TenantId, string CustomerId, PlanId Plan, BillingInterval Interval, Uri ReturnTo, Uri CancelTo)
{
    /// <summary>
    /// How long after <see cref="BegunAt"/> the page expires: less than the provider keeps idempotency keys, which is a day.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(23);

    /// <summary>
    /// When it was begun (<see cref="CheckoutAttempt.BegunAt"/>), or <c>null</c> for now. The periods of the subscription begin on the
    /// full UTC hour of it, and the page expires <see cref="Lifetime"/> after it, so calls with the same idempotency key need the same
    /// time.
    /// </summary>
    public DateTimeOffset? BegunAt { get; init; }
}

/// <summary>A Checkout page.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Whether it can be paid, was paid or has expired.</param>
/// <param name="Address">Its address, or <c>null</c> if it isn't open.</param>
/// <param name="CustomerId">The customer that it is for.</param>
/// <param name="ExpiresAt">When it expires.</param>
public sealed record CheckoutPage(string Id, CheckoutStatus Status, Uri? Address, string CustomerId, DateTimeOffset ExpiresAt);

/// <summary>The status of a Checkout page.</summary>
public enum CheckoutStatus
{
    /// <summary>It can be paid.</summary>
    Open,

    /// <summary>It was paid.</summary>
    Complete,

    /// <summary>It can't be paid any more.</summary>
    Expired,
}

/// <summary>Where the customer portal begins.</summary>
public enum PortalFlow
{
    /// <summary>At its first page.</summary>
    Home,

    /// <summary>At the form of the card.</summary>
    Card,
}

/// <summary>The next invoice, as it would be if nothing changes.</summary>
/// <param name="Cents">The sum, with taxes.</param>
/// <param name="Currency">The currency, such as <c>usd</c>.</param>
/// <param name="At">When it is due.</param>
public sealed record UpcomingInvoice(long Cents, string Currency, DateTimeOffset At);

/// <summary>An invoice.</summary>
/// <param name="Number">Its number, or <c>null</c> for a draft.</param>
/// <param name="Status"><c>draft</c>, <c>open</c>, <c>paid</c>, <c>uncollectible</c> or <c>void</c>.</param>
/// <param name="Cents">The sum, with taxes.</param>
/// <param name="Currency">The currency, such as <c>usd</c>.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Page">Its page, on which it can be paid; <c>null</c> for a draft.</param>
/// <param name="Pdf">The document; <c>null</c> for a draft.</param>
public sealed record BillingInvoice(
    string? Number, string Status, long Cents, string Currency, DateTimeOffset CreatedAt, Uri? Page, Uri? Pdf);

/// <summary>A webhook whose signature is right. Its content is never used as state.</summary>
/// <param name="Id">The id of the event.</param>
/// <param name="Kind">What has to be done.</param>
/// <param name="CustomerId">The customer it is about, or <c>null</c> if it is about none.</param>
/// <param name="Type">The type of the event, for logs.</param>
public sealed record BillingWebhook(string Id, BillingWebhookKind Kind, string? CustomerId, string Type);

/// <summary>What has to be done after a webhook.</summary>
public enum BillingWebhookKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The tenant of the customer is synchronised.</summary>
    Customer,

    /// <summary>The same, and the operator gets a notice: money went back, or a customer disputes a charge.</summary>
    Dispute,

    /// <summary>Reported events above the quota weren't accepted: the operator gets an alert.</summary>
    OverageFault,
}

/// <summary>The payment provider can't be reached now. The call may have had its effect: repeat it with the same key.</summary>
public sealed class BillingUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The payment provider refuses a request. Repeating it doesn't help.</summary>
public sealed class BillingRefusedException(string message, string? code, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The provider's code of the fault, or <c>null</c> if it has none.</summary>
    public string? Code { get; } = code;
}
