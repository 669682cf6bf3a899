using System.Globalization;
using Stripe;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>Stripe, through Stripe.net. Thread-safe; one for each process.</summary>
public sealed class StripeGateway : IBillingGateway, IDisposable
{
    private const string TenantMetadata = "telemetrykit_tenant";
    private readonly StripeOptions _options;
    private readonly TimeProvider _time;
    private readonly StripeCalls _calls;
    private readonly PriceBook _prices;
    private readonly SubscriptionReader _reader;
    private readonly SubscriptionChanges _changes;
    private readonly CheckoutPages _checkouts;
    private readonly PortalPages _portal;
    private readonly WebhookReader _webhooks;

    /// <summary>Creates the gateway. It makes no call.</summary>
    public StripeGateway(StripeOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _calls = new(options, time);
        _prices = new(_calls, time);
        _reader = new(_calls, _prices);
        _changes = new(_calls, _prices, _reader);
        _checkouts = new(_calls, _prices, options, time);
        _portal = new(_calls, time);
        _webhooks = new(options.WebhookSecrets, time);
    }

    /// <inheritdoc/>
    public async Task<string> CreateCustomerAsync(Guid tenantId, string name, string email, CancellationToken cancellationToken)
    {
        // Found by a search if it is older than a minute, and by the key otherwise: keys are forgotten after a day.
        var search = new CustomerSearchOptions { Query = $"metadata['{TenantMetadata}']:'{tenantId}'", Limit = 10 };
        var found = await _calls.RunAsync(
            () => _calls.V1.Customers.SearchAsync(search, cancellationToken: cancellationToken), cancellationToken);
        if (found.Data.Where(customer => customer.Deleted != true).MinBy(customer => customer.Created) is { } existing)
            return existing.Id;

        // The same key needs the same parameters, so what may change is set afterwards.
        var create = new CustomerCreateOptions { Metadata = new() { [TenantMetadata] = tenantId.ToString() } };
        var update = new CustomerUpdateOptions { Name = name, Email = email };
        var key = $"customer-{tenantId}";
        for (var attempt = 0; ; attempt++)
        {
            var customer = await _calls.RunAsync(
                () => _calls.V1.Customers.CreateAsync(create, StripeCalls.Once(key), cancellationToken), cancellationToken);
            try
            {
                await _calls.RunAsync(
                    () => _calls.V1.Customers.UpdateAsync(customer.Id, update, StripeCalls.OnceEver(), cancellationToken),
                    cancellationToken);
                return customer.Id;
            }
            catch (BillingRefusedException exception) when (StripeCalls.IsMissing(exception) && attempt < 3)
            {
                // The customer of this key was deleted since.
                key = $"customer-{tenantId}-after-{customer.Id}";
            }
        }
    }

    /// <inheritdoc/>
    public async Task<BillingCustomer?> FindCustomerAsync(string customerId, CancellationToken cancellationToken)
    {
        var options = new CustomerGetOptions { Expand = ["invoice_settings.default_payment_method"] };
        var customer = await _calls.FindAsync(
            () => _calls.V1.Customers.GetAsync(customerId, options, cancellationToken: cancellationToken), cancellationToken);
        if (customer is null)
            return null;
        if (customer.Deleted == true)
            return new() { Id = customerId, IsDeleted = true };
        var subscriptions = await _reader.ListAsync(customerId, cancellationToken);
        var unpaid = subscriptions.Exists(subscription => subscription.Status is "past_due" or "unpaid")
            ? await ListInvoicesAsync(customerId, "open", 100, cancellationToken)
            : [];
        List<BillingSubscription> read = [];
        foreach (var subscription in subscriptions)
            read.Add(await _reader.ReadAsync(subscription, unpaid, cancellationToken));
        return new()
        {
            Id = customer.Id,
            TenantId = Guid.TryParse(customer.Metadata?.GetValueOrDefault(TenantMetadata), out var tenant) ? tenant : null,
            Card = CardOf(customer, subscriptions),
            Subscriptions = read,
        };
    }

    /// <inheritdoc/>
    public Task<CheckoutPage> CreateCheckoutAsync(
        CheckoutRequest request, string idempotencyKey, CancellationToken cancellationToken) =>
        _checkouts.CreateAsync(request, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public Task<CheckoutPage?> FindCheckoutAsync(string checkoutId, CancellationToken cancellationToken) =>
        _checkouts.FindAsync(checkoutId, cancellationToken);

    /// <inheritdoc/>
    public Task ExpireCheckoutAsync(string checkoutId, CancellationToken cancellationToken) =>
        _checkouts.ExpireAsync(checkoutId, cancellationToken);

    /// <inheritdoc/>
    public Task ExpireCheckoutsAsync(string customerId, CancellationToken cancellationToken) =>
        _checkouts.ExpireAllAsync(customerId, cancellationToken);

    /// <inheritdoc/>
    public Task<Uri> CreatePortalAsync(string customerId, PortalFlow flow, Uri returnTo, CancellationToken cancellationToken) =>
        _portal.CreateAsync(customerId, flow, returnTo, cancellationToken);

    /// <inheritdoc/>
    public Task ChangeNowAsync(
        string subscriptionId, PlanId plan, BillingInterval interval, string idempotencyKey, CancellationToken cancellationToken) =>
        _changes.ChangeNowAsync(subscriptionId, plan, interval, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public Task ChangeAtPeriodEndAsync(
        string subscriptionId, PlanId plan, BillingInterval interval, string idempotencyKey, CancellationToken cancellationToken) =>
        _changes.ChangeAtPeriodEndAsync(subscriptionId, plan, interval, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public Task CancelAtPeriodEndAsync(string subscriptionId, string idempotencyKey, CancellationToken cancellationToken) =>
        _changes.CancelAtPeriodEndAsync(subscriptionId, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public Task UndoChangeAsync(string subscriptionId, string idempotencyKey, CancellationToken cancellationToken) =>
        _changes.UndoAsync(subscriptionId, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public Task CancelNowAsync(string subscriptionId, string idempotencyKey, CancellationToken cancellationToken) =>
        _changes.CancelNowAsync(subscriptionId, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public Task SetOverageAsync(string subscriptionId, bool isBilled, string idempotencyKey, CancellationToken cancellationToken) =>
        _changes.SetOverageAsync(subscriptionId, isBilled, idempotencyKey, cancellationToken);

    /// <inheritdoc/>
    public async Task<UpcomingInvoice?> PreviewInvoiceAsync(
        string customerId, string subscriptionId, CancellationToken cancellationToken)
    {
        var options = new InvoiceCreatePreviewOptions { Customer = customerId, Subscription = subscriptionId };
        try
        {
            var invoice = await _calls.FindAsync(
                () => _calls.V1.Invoices.CreatePreviewAsync(options, cancellationToken: cancellationToken), cancellationToken);
            return invoice is null
                ? null
                : new(invoice.AmountDue, invoice.Currency, SubscriptionReader.Utc(invoice.NextPaymentAttempt ?? invoice.PeriodEnd));
        }
        catch (BillingRefusedException exception) when (exception.Code == "invoice_upcoming_none")
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BillingInvoice>> ListInvoicesAsync(
        string customerId, int limit, CancellationToken cancellationToken) =>
    [
        .. (await ListInvoicesAsync(customerId, null, limit, cancellationToken)).Select(invoice => new BillingInvoice(
            invoice.Number, invoice.Status, invoice.Total, invoice.Currency, SubscriptionReader.Utc(invoice.Created),
            AddressOf(invoice.HostedInvoiceUrl), AddressOf(invoice.InvoicePdf))),
    ];

    /// <inheritdoc/>
    public async Task ReportOverageAsync(string customerId, DateTimeOffset hour, long events, CancellationToken cancellationToken)
    {
        // The last second of the hour, or the last one before now, because a subscription that ends at once ends before this second. So a
        // later report of the hour is also the later one for Stripe, and an item that was added during the hour has its events.
        var end = hour + TimeSpan.FromHours(1);
        var now = _time.GetUtcNow();
        var until = (now < end ? now : end) - TimeSpan.FromSeconds(1);
        var at = until < hour ? hour : until;
        // With the minute, because Stripe may not have accepted what it received earlier, and ignores an identifier that it knows.
        var identifier = string.Create(
            CultureInfo.InvariantCulture, $"{customerId}-{hour.UtcDateTime:yyyyMMddHH}-{events}-{now.UtcDateTime:yyyyMMddHHmm}");
        var options = new Stripe.Billing.MeterEventCreateOptions
        {
            EventName = PlanPrices.MeterName,
            Identifier = identifier,
            Timestamp = at.UtcDateTime,
            Payload = new()
            {
                ["stripe_customer_id"] = customerId, ["value"] = events.ToString(CultureInfo.InvariantCulture),
            },
        };
        var key = string.Create(CultureInfo.InvariantCulture, $"meter-{identifier}-{at.ToUnixTimeSeconds()}");
        await _calls.RunAsync(() => ReportAsync(options, key, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public BillingWebhook? ReadWebhook(ReadOnlyMemory<byte> body, string signature) => _webhooks.Read(body, signature);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _calls.Dispose();

    /// <summary>Returns where Stripe is, without secrets.</summary>
    public override string ToString() => $"Stripe at {_options.ApiBase.Host}";

    private async Task<bool> ReportAsync(
        Stripe.Billing.MeterEventCreateOptions options, string key, CancellationToken cancellationToken)
    {
        try
        {
            await _calls.V1.Billing.MeterEvents.CreateAsync(options, StripeCalls.Once(key), cancellationToken);
            return true;
        }
        catch (StripeException exception) when (IsDuplicate(exception))
        {
            // An earlier attempt of this minute was received.
            return false;
        }
    }

    // Stripe doesn't document the code.
    private static bool IsDuplicate(StripeException exception) =>
        exception.HttpStatusCode == System.Net.HttpStatusCode.BadRequest
        && (exception.StripeError?.Code is "duplicate_meter_event" or "resource_already_exists"
            || exception.StripeError?.Message?.Contains("already exists with identifier", StringComparison.Ordinal) == true);

    private async Task<IReadOnlyList<Invoice>> ListInvoicesAsync(
        string customerId, string? status, int limit, CancellationToken cancellationToken)
    {
        var options = new InvoiceListOptions { Customer = customerId, Status = status, Limit = Math.Clamp(limit, 1, 100) };
        var list = await _calls.FindAsync(
            () => _calls.V1.Invoices.ListAsync(options, cancellationToken: cancellationToken), cancellationToken);
        return list?.Data ?? [];
    }

    // Checkout stores the card in the subscription, where it wins over that of the customer.
    private static BillingCard? CardOf(Customer customer, List<Subscription> subscriptions)
    {
        var card = subscriptions.Where(subscription => BillingState.IsOpen(SubscriptionReader.StatusOf(subscription.Status)))
            .OrderByDescending(subscription => subscription.Created)
            .Select(subscription => subscription.DefaultPaymentMethod?.Card).FirstOrDefault(card => card is not null)
            ?? customer.InvoiceSettings?.DefaultPaymentMethod?.Card;
        return card is null ? null : new(card.Brand, card.Last4);
    }

    private static Uri? AddressOf(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null;
}
