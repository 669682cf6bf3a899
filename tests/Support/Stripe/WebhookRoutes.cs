using System.Globalization;
using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Destinations of events: webhook endpoints of version 1, and event destinations of version 2.</summary>
internal sealed class WebhookRoutes(StripeStore store)
{
    private const string Kind = "webhook_endpoint";
    private const string ThinKind = "v2.core.event_destination";

    public void Map(StripeApi api)
    {
        api.Get("/v1/webhook_endpoints", call => store.List(store.All(Kind), call.Parameters, "/v1/webhook_endpoints"));
        api.Post("/v1/webhook_endpoints", Create);
        api.Post("/v1/webhook_endpoints/*", call => Write(store.Get(Kind, call.Id), call.Parameters));
        api.Delete("/v1/webhook_endpoints/*", call =>
        {
            store.Remove(store.Get(Kind, call.Id).Text("id")!);
            return new() { ["id"] = call.Id, ["object"] = Kind, ["deleted"] = true };
        });
        api.Get("/v2/core/event_destinations", call => new()
        {
            ["data"] = new JsonArray([.. store.All(ThinKind).Select(one => Render(one, call))]), ["next_page_url"] = null,
            ["previous_page_url"] = null,
        });
        api.Post("/v2/core/event_destinations", CreateThin);
        api.Post("/v2/core/event_destinations/*", call =>
        {
            var destination = store.Get(ThinKind, call.Id);
            if (call.Parameters["enabled_events"] is { } events)
                destination["enabled_events"] = events.DeepClone();
            return Render(destination, call);
        });
        api.Post("/v2/core/event_destinations/*/enable", call =>
        {
            var destination = store.Get(ThinKind, call.Id);
            destination["status"] = "enabled";
            return Render(destination, call);
        });
    }

    /// <summary>Returns the destinations of an event, with their secrets.</summary>
    public IEnumerable<(Uri Address, string Secret)> DestinationsOf(JsonObject one)
    {
        var isThin = one.Text("object") == "v2.core.event";
        return store.All(isThin ? ThinKind : Kind)
            .Where(to => to.Text("status") == "enabled"
                && (to.Texts("enabled_events") is var types && (types.Contains("*") || types.Contains(one.Text("type")!))))
            .Select(to => (new Uri(to.Text("_url") ?? to.Text("url")!), to.Text("_secret")!));
    }

    /// <summary>Adds a destination of all snapshot events.</summary>
    public void Add(Uri address, string secret)
    {
        var endpoint = store.Add(Kind, "we");
        endpoint["url"] = address.AbsoluteUri;
        endpoint["enabled_events"] = new JsonArray("*");
        endpoint["_secret"] = secret;
    }

    /// <summary>Adds a destination of all thin events.</summary>
    public void AddThin(Uri address, string secret)
    {
        var destination = AddThin();
        destination["enabled_events"] = new JsonArray("*");
        destination["_url"] = address.AbsoluteUri;
        destination["_secret"] = secret;
    }

    private JsonObject Create(StripeCall call)
    {
        var endpoint = store.Add(Kind, "we");
        endpoint["url"] = call.Parameters.Text("url") ?? throw StripeFault.Invalid("Missing url", "url");
        endpoint["api_version"] = call.Parameters.Text("api_version");
        endpoint["_secret"] = NewSecret();
        var created = Write(endpoint, call.Parameters);
        created["secret"] = endpoint.Text("_secret");
        return created;
    }

    private JsonObject Write(JsonObject endpoint, JsonObject parameters)
    {
        if (parameters["enabled_events"] is { } events)
            endpoint["enabled_events"] = events.DeepClone();
        if (parameters.Text("description") is { } description)
            endpoint["description"] = description;
        if (parameters.Text("disabled") is { } disabled)
            endpoint["status"] = disabled == "true" ? "disabled" : "enabled";
        endpoint.MergeMetadata(parameters);
        return store.Render(endpoint);
    }

    private JsonObject CreateThin(StripeCall call)
    {
        var destination = AddThin();
        destination["name"] = call.Parameters.Text("name");
        destination["event_payload"] = call.Parameters.Text("event_payload");
        destination["enabled_events"] = call.Parameters["enabled_events"]!.DeepClone();
        destination["_url"] = call.Parameters.Object("webhook_endpoint")!.Text("url");
        destination["_secret"] = NewSecret();
        return Render(destination, call);
    }

    private JsonObject AddThin()
    {
        JsonObject destination = new()
        {
            ["id"] = store.NewId("ed"), ["object"] = ThinKind, ["created"] = Text(store.Now), ["updated"] = Text(store.Now),
            ["description"] = "", ["name"] = "", ["event_payload"] = "thin", ["events_from"] = new JsonArray("self"),
            ["livemode"] = false, ["metadata"] = new JsonObject(), ["snapshot_api_version"] = null, ["status"] = "enabled",
            ["status_details"] = null, ["type"] = "webhook_endpoint", ["enabled_events"] = new JsonArray(),
        };
        store.Add(destination);
        return destination;
    }

    // Address and secret are in a response only if the request includes them.
    private JsonObject Render(JsonObject destination, StripeCall call)
    {
        var include = call.Parameters.Texts("include");
        var rendered = store.Render(destination);
        rendered["webhook_endpoint"] = new JsonObject
        {
            ["url"] = include.Contains("webhook_endpoint.url") ? destination.Text("_url") : null,
            ["signing_secret"] = include.Contains("webhook_endpoint.signing_secret") ? destination.Text("_secret") : null,
        };
        return rendered;
    }

    private static string NewSecret() => $"whsec_{Guid.NewGuid():N}";

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
