using System.Net;
using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>
/// A fake of Stripe as an HTTP server on the loopback interface, with the state and the rules that billing uses: customers, Checkout, the
/// portal, subscriptions, schedules, invoices, failed charges, meters, idempotency keys and signed webhooks. What a person does on
/// Stripe's pages, and what goes wrong, are methods for tests. Webhooks are sent to the loopback interface only.
/// </summary>
public sealed class FakeStripe : IAsyncDisposable
{
    /// <summary>The version of the API.</summary>
    public const string ApiVersion = "2026-10-28.endive";

    /// <summary>The only secret key that is accepted.</summary>
    public const string SecretKey = "sk_test_fake";

    private readonly TimeProvider _time;
    private readonly StripeAccount _account;
    private readonly WebhookSender _sender;
    private StripeServer _server = null!;
    private long _offset;

    private FakeStripe(TimeProvider time, FakeStripeSettings settings)
    {
        _time = time;
        _sender = new(time);
        Settings = settings;
        _account = new(() => Now, settings, _sender);
    }

    /// <summary>The address of the API.</summary>
    public Uri Address => _server.Address;

    /// <summary>The settings, which may be changed at any time.</summary>
    public FakeStripeSettings Settings { get; }

    /// <summary>The current time of the fake.</summary>
    public DateTimeOffset Now => _time.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    /// <summary>The requests so far, such as <c>POST /v1/customers</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _server.Requests];

    /// <summary>
    /// What is done before a request is handled, with its method and path: what another process does at this moment.
    /// </summary>
    public Func<string, Task>? OnRequest { get => _server.OnRequest; set => _server.OnRequest = value; }

    /// <summary>Whether webhooks wait until <see cref="SendAsync"/>. Otherwise they are sent at once, in order.</summary>
    public bool HoldsWebhooks { get => _sender.IsHolding; set => _sender.IsHolding = value; }

    /// <summary>The webhooks that wait, oldest first. One that wasn't received with 200 or 204 waits as well.</summary>
    public IReadOnlyList<FakeWebhook> HeldWebhooks => _sender.Held;

    /// <summary>Starts the fake.</summary>
    /// <param name="time">
    /// Its clock, which should be that of the server under test, or <c>null</c> for a <see cref="ManualTime"/> of its own.
    /// </param>
    /// <param name="settings">How the account is set up.</param>
    /// <param name="port">The port, or 0 for a free one.</param>
    public static async Task<FakeStripe> StartAsync(TimeProvider? time = null, FakeStripeSettings? settings = null, int port = 0)
    {
        var fake = new FakeStripe(time ?? new ManualTime(), settings ?? new());
        fake._server = await StripeServer.StartAsync(fake._account, port);
        return fake;
    }

    /// <summary>Returns a handler that sends requests to the fake without a connection, for tests with very many of them.</summary>
    public HttpMessageHandler CreateHandler() => new StripeHandler(_server);

    /// <summary>
    /// Advances the clock and does what is due in between. A <see cref="ManualTime"/> is advanced itself; with another clock, the fake is
    /// ahead of it from then on.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        if (_time is ManualTime manual)
            manual.Advance(by);
        else
            Interlocked.Add(ref _offset, by.Ticks);
        Run();
    }

    /// <summary>Does what is due now. Each request does so, too.</summary>
    public void Run() => _account.Do(_ => true);

    /// <summary>Pays a Checkout page. Returns <c>false</c> if it isn't open or the card is declined.</summary>
    public bool PayCheckout(string checkoutId, FakeCard card = FakeCard.Good) => _account.Do(_ => _account.Checkouts.Pay(checkoutId, card));

    /// <summary>Replaces the card of a customer, as the customer portal does.</summary>
    public void ChangeCard(string customerId, FakeCard card, bool payOpenInvoices = true) => _account.Do(_ =>
    {
        _account.Checkouts.ChangeCard(_account.Customers.Alive(customerId), card, payOpenInvoices);
        return true;
    });

    /// <summary>
    /// Creates a subscription without Checkout. It is <c>incomplete</c> if the card is declined, and <c>trialing</c> with days of a trial.
    /// Returns its id.
    /// </summary>
    public string Subscribe(string customerId, string lookupKey, FakeCard? card = FakeCard.Good, int trialDays = 0) => _account.Do(store =>
    {
        var customer = _account.Customers.Alive(customerId);
        var method = card is { } kind ? _account.Checkouts.AddCard(customer, kind).Text("id") : null;
        var price = store.All("price").Last(one => one.Text("lookup_key") == lookupKey);
        JsonObject data = trialDays > 0 ? new() { ["trial_period_days"] = trialDays } : [];
        return _account.Subscriptions.Create(customer, [new() { ["price"] = price.Text("id") }], method, data).Text("id")!;
    });

    /// <summary>Deletes a customer, as the operator can.</summary>
    public void DeleteCustomer(string customerId) => _account.Do(_ => _account.Customers.Delete(_account.Customers.Alive(customerId)));

    /// <summary>Removes a customer with all objects, so that long tests don't become slower.</summary>
    public void Forget(string customerId) => _account.Do(store =>
    {
        foreach (var kind in (string[])["checkout.session", "subscription_schedule", "subscription", "invoice", "charge", "payment_method"])
        {
            foreach (var o in store.All(kind).Where(o => o.Text("customer") == customerId))
                store.Remove(o.Text("id")!);
        }

        store.Remove(customerId);
        return true;
    });

    /// <summary>Pays back the last charge of a customer.</summary>
    public void Refund(string customerId) => _account.Do(store =>
    {
        var charge = LastCharge(store, customerId);
        charge["refunded"] = true;
        charge["amount_refunded"] = charge.Number("amount");
        store.Emit("charge.refunded", charge);
        return true;
    });

    /// <summary>Disputes the last charge of a customer.</summary>
    public void Dispute(string customerId) => _account.Do(store =>
    {
        var charge = LastCharge(store, customerId);
        charge["disputed"] = true;
        var dispute = store.Add("dispute", "dp");
        dispute["charge"] = charge.Text("id");
        dispute["amount"] = charge.Number("amount");
        dispute["status"] = "needs_response";
        store.Emit("charge.dispute.created", dispute);
        return true;
    });

    /// <summary>Reports that events of the meter weren't accepted.</summary>
    public void ReportMeterError() => _account.Do(store =>
    {
        store.EmitThin("v1.billing.meter.error_report_triggered");
        return true;
    });

    /// <summary>Returns the sum of what was reported to meters for a customer, over all time.</summary>
    public long ReportedUsage(string customerId) => _account.Do(_ => _account.Meters.Sum(customerId));

    /// <summary>Returns the quantity of the meters' lines on all invoices of a customer that aren't drafts.</summary>
    public long InvoicedUsage(string customerId) => _account.Do(store => store.All("invoice")
        .Where(one => one.Text("customer") == customerId && one.Text("status") != "draft")
        .SelectMany(one => one.Objects("lines")).Where(line => line.Flag("_usage")).Sum(line => line.Number("quantity") ?? 0));

    /// <summary>Returns a copy of an object, with what responses don't have.</summary>
    public JsonObject Find(string id) => _account.Do(store =>
        store.Find(id) is { } o ? store.Render(o) : throw new KeyNotFoundException(id));

    /// <summary>Returns copies of all objects of a kind, such as <c>subscription</c>, oldest first.</summary>
    public IReadOnlyList<JsonObject> All(string kind) => _account.Do(store => store.All(kind).Select(o => store.Render(o)).ToList());

    /// <summary>Lets requests fail.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="times">The number of requests.</param>
    /// <param name="method">Their method, or an empty text for all.</param>
    /// <param name="path">What their paths begin with.</param>
    /// <param name="after">The number of such requests that succeed before.</param>
    public void Fail(FakeFault fault, int times = 1, string method = "", string path = "", int after = 0) =>
        _server.Faults.Add(fault, times, method, path, after);

    /// <summary>Ends all faults of <see cref="Fail"/>.</summary>
    public void EndFaults() => _server.Faults.Clear();

    /// <summary>Adds a destination of all events: snapshots and thin ones, with a secret for each.</summary>
    public void AddWebhook(Uri address, string secret, string thinSecret) => _account.Do(_ =>
    {
        _account.Webhooks.Add(address, secret);
        _account.Webhooks.AddThin(address, thinSecret);
        return true;
    });

    /// <summary>Sends a webhook, also one that was sent before. Returns the status of the response, or <c>null</c> without one.</summary>
    public Task<HttpStatusCode?> SendAsync(FakeWebhook webhook)
    {
        _sender.Remove(webhook);
        return _sender.SendAsync(webhook);
    }

    /// <summary>Sends all webhooks that wait, in order.</summary>
    public async Task SendHeldAsync()
    {
        foreach (var webhook in HeldWebhooks)
            await SendAsync(webhook);
    }

    /// <summary>Drops a webhook that waits. It is lost for good.</summary>
    public void Drop(FakeWebhook webhook) => _sender.Remove(webhook);

    /// <summary>Completes when all webhooks that aren't held were sent.</summary>
    public Task WhenSentAsync() => _sender.WhenSentAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _sender.Dispose();
    }

    private static JsonObject LastCharge(StripeStore store, string customerId) =>
        store.All("charge").Last(one => one.Text("customer") == customerId);
}
