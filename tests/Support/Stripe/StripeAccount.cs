using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>The account of the fake: its objects, its clock and its rules. One caller at a time.</summary>
internal sealed class StripeAccount
{
    // More steps at one time than any history has: work that doesn't move its own time would never end.
    private const int MaxSteps = 1_000_000;
    private readonly Lock _lock = new();
    private readonly Func<DateTimeOffset> _clock;
    private readonly DueWork _work;
    private DateTimeOffset _now;

    public StripeAccount(Func<DateTimeOffset> clock, FakeStripeSettings settings, WebhookSender sender)
    {
        _clock = clock;
        _now = clock();
        Store = new(() => _now, one => Send(one, sender));
        Meters = new(Store);
        Invoices = new(Store, Meters, settings);
        Subscriptions = new(Store, Meters, Invoices);
        var updates = new SubscriptionUpdates(Store, Subscriptions, Invoices);
        var schedules = new ScheduleEngine(Store, updates);
        _work = new(Store, Subscriptions, schedules, Invoices, settings);
        Customers = new(Store, Subscriptions);
        Checkouts = new(Store, Customers, Subscriptions, Invoices, _work);
        Webhooks = new(Store);
        Customers.Map(Api);
        Checkouts.Map(Api);
        Webhooks.Map(Api);
        new SubscriptionRoutes(Store, Subscriptions, updates, schedules, Customers).Map(Api);
        new InvoiceRoutes(Store, Invoices, Meters).Map(Api);
        new CatalogRoutes(Store, Meters).Map(Api);
    }

    public StripeStore Store { get; }

    public MeterBook Meters { get; }

    public InvoiceEngine Invoices { get; }

    public SubscriptionEngine Subscriptions { get; }

    public CustomerRoutes Customers { get; }

    public CheckoutRoutes Checkouts { get; }

    public WebhookRoutes Webhooks { get; }

    public StripeApi Api { get; } = new();

    /// <summary>Does everything that is due, and then something.</summary>
    public T Do<T>(Func<StripeStore, T> something)
    {
        lock (_lock)
        {
            var target = _clock();
            for (var steps = 0; _work.NextDue() is { } due && due <= target.ToUnixTimeSeconds(); steps++)
            {
                if (steps > MaxSteps)
                    throw new InvalidOperationException("The fake's work doesn't end.");
                var at = DateTimeOffset.FromUnixTimeSeconds(due);
                _now = at > _now ? at : _now;
                _work.Step();
            }

            _now = target > _now ? target : _now;
            return something(Store);
        }
    }

    private void Send(JsonObject one, WebhookSender sender)
    {
        var content = one.Object("data")?.Object("object");
        var customer = content?.Text("object") == "customer" ? content.Text("id") : content?.Text("customer");
        // A fake sends nothing to the Internet.
        foreach (var (address, secret) in Webhooks.DestinationsOf(one).Where(to => to.Address.IsLoopback))
            sender.Enqueue(new(one.Text("id")!, one.Text("type")!, customer, one.ToJsonString(), address, secret));
    }
}
