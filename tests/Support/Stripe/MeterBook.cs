using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>
/// What was reported to meters. A meter with a window keeps the last event of each customer and window; others sum all events.
/// </summary>
internal sealed class MeterBook(StripeStore store)
{
    private readonly Dictionary<(string Meter, string Customer, string Window), (long At, long Value)> _values = [];
    private readonly Dictionary<string, long> _identifiers = new(StringComparer.Ordinal);

    /// <summary>Receives an event.</summary>
    public JsonObject Report(JsonObject parameters)
    {
        var name = parameters.Text("event_name") ?? throw StripeFault.Invalid("Missing event_name", "event_name");
        var payload = parameters.Object("payload") ?? throw StripeFault.Invalid("Missing payload", "payload");
        var at = parameters.Number("timestamp") ?? store.Seconds;
        var identifier = parameters.Text("identifier") ?? store.NewId("identifier");
        if (at > store.Seconds + 300 || at < store.Seconds - (35 * 86400))
            throw StripeFault.Invalid("The timestamp must be within the past 35 days or up to 5 minutes in the future.", "timestamp");
        if (payload.Number("value") is not { } value || value < 0)
            throw StripeFault.Invalid("The value must be a whole number.", "payload");
        if (_identifiers.TryGetValue(identifier, out var former) && store.Seconds - former < 86400)
            throw StripeFault.Invalid($"An event already exists with identifier {identifier}.", "identifier", "duplicate_meter_event");
        _identifiers[identifier] = store.Seconds;

        // Faults of the content are found later, and reported with an event.
        var customer = payload.Text("stripe_customer_id") ?? "";
        var meter = store.All("billing.meter").LastOrDefault(m => m.Text("event_name") == name && m.Text("status") == "active");
        if (meter is null)
            store.EmitThin("v1.billing.meter.no_meter_found");
        else if (store.Find(customer) is not { } known || known.Flag("deleted"))
            store.EmitThin("v1.billing.meter.error_report_triggered");
        else
            _values[(meter.Text("id")!, customer, WindowOf(meter, at, identifier))] = (at, value);

        var o = Shapes.New("billing.meter_event");
        o["created"] = store.Seconds;
        o["event_name"] = name;
        o["identifier"] = identifier;
        o["timestamp"] = at;
        o["payload"] = payload.DeepClone();
        return o;
    }

    /// <summary>Returns the sum of a customer from a time until before another.</summary>
    public long Sum(string? meter, string customer, long from, long to) =>
        _values.Where(pair => pair.Key.Meter == meter && pair.Key.Customer == customer && pair.Value.At >= from && pair.Value.At < to)
            .Sum(pair => pair.Value.Value);

    /// <summary>Returns the sum of everything that was accepted from a customer.</summary>
    public long Sum(string customer) => _values.Where(pair => pair.Key.Customer == customer).Sum(pair => pair.Value.Value);

    private static string WindowOf(JsonObject meter, long at, string identifier) => meter.Text("event_time_window") switch
    {
        "hour" => (at / 3600).ToString(System.Globalization.CultureInfo.InvariantCulture),
        "day" => (at / 86400).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => identifier,
    };
}
