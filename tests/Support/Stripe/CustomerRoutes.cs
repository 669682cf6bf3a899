using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TelemetryKit.Support.Stripe;

/// <summary>Customers and the customer portal.</summary>
internal sealed partial class CustomerRoutes(StripeStore store, SubscriptionEngine subscriptions)
{
    private const string Kind = "customer";

    public void Map(StripeApi api)
    {
        api.Get("/v1/customers/search", Search);
        api.Post("/v1/customers", Create);
        api.Get("/v1/customers/*", call => store.Get(Kind, call.Id) is var o && o.Flag("deleted")
            ? Deleted(o) : store.Render(o, call.Parameters.Texts("expand")));
        api.Post("/v1/customers/*", Update);
        api.Delete("/v1/customers/*", call => Delete(Alive(call.Id)));
        api.Get("/v1/payment_methods/*", call => store.Render(store.Get("payment_method", call.Id)));
        api.Post("/v1/billing_portal/sessions", CreatePortal);
        api.Get("/v1/billing_portal/configurations", call => store.List(
            store.All("billing_portal.configuration").Where(one => call.Parameters.Text("active") is not { } active
                || one.Flag("active") == (active == "true")),
            call.Parameters, "/v1/billing_portal/configurations"));
        api.Post("/v1/billing_portal/configurations", call => Configure(store.Add("billing_portal.configuration", "bpc"), call));
        api.Post("/v1/billing_portal/configurations/*", call => Configure(store.Get("billing_portal.configuration", call.Id), call));
    }

    /// <summary>Deletes a customer, which ends the subscriptions.</summary>
    public JsonObject Delete(JsonObject customer)
    {
        foreach (var subscription in store.All("subscription").Where(one => one.Text("customer") == customer.Text("id")))
        {
            if (InvoiceEngine.IsAlive(subscription))
                subscriptions.End(subscription, invoiceNow: false, "cancellation_requested");
        }

        customer["deleted"] = true;
        store.Emit("customer.deleted", customer);
        return Deleted(customer);
    }

    /// <summary>Returns a customer that isn't deleted.</summary>
    public JsonObject Alive(string? id) =>
        store.Get(Kind, id) is var o && o.Flag("deleted") ? throw StripeFault.Missing(Kind, id!) : o;

    private JsonObject Create(StripeCall call)
    {
        var customer = store.Add(Kind, "cus");
        customer["invoice_prefix"] = $"FAKE{store.All(Kind).Count}";
        Write(customer, call.Parameters);
        store.Emit("customer.created", customer);
        return store.Render(customer, call.Parameters.Texts("expand"));
    }

    private JsonObject Update(StripeCall call)
    {
        var customer = Alive(call.Id);
        Write(customer, call.Parameters);
        store.Emit("customer.updated", customer);
        return store.Render(customer, call.Parameters.Texts("expand"));
    }

    private static void Write(JsonObject customer, JsonObject parameters)
    {
        foreach (var name in (string[])["name", "email", "description", "phone"])
        {
            if (parameters.Text(name) is { } value)
                customer[name] = value.Length == 0 ? null : value;
        }

        if (parameters.Object("invoice_settings") is { } settings)
            customer["invoice_settings"]!.AsObject().Merge(settings);
        customer.MergeMetadata(parameters);
    }

    // As the real search, which is up to a minute late.
    private JsonObject Search(StripeCall call)
    {
        var query = Query().Match(call.Parameters.Text("query") ?? "");
        if (!query.Success)
            throw StripeFault.Invalid("The fake only knows metadata['key']:'value'.", "query");
        var found = store.All(Kind).Where(one => !one.Flag("deleted") && one.Number("created") <= store.Seconds - 60
            && one.Object("metadata")?.Text(query.Groups[1].Value) == query.Groups[2].Value);
        return new()
        {
            ["object"] = "search_result", ["url"] = "/v1/customers/search", ["has_more"] = false, ["next_page"] = null,
            ["data"] = new JsonArray([.. found.Select(one => store.Render(one))]),
        };
    }

    private JsonObject CreatePortal(StripeCall call)
    {
        var session = store.Add("billing_portal.session", "bps");
        session["customer"] = Alive(call.Parameters.Text("customer")).Text("id");
        session["return_url"] = call.Parameters.Text("return_url");
        session["configuration"] = call.Parameters.Text("configuration") is { } id
            ? store.Get("billing_portal.configuration", id).Text("id") : "bpc_default";
        session["url"] = $"https://billing.stripe.test/p/session/{session.Text("id")}";
        if (call.Parameters.Object("flow_data") is { } flow)
            session["flow"] = Json.Convert(flow);
        return store.Render(session);
    }

    private JsonObject Configure(JsonObject configuration, StripeCall call)
    {
        foreach (var name in (string[])["active", "default_return_url", "name"])
        {
            if (call.Parameters[name] is { } value)
                configuration[name] = Json.Convert(value);
        }

        if (call.Parameters.Object("features") is { } features)
            configuration["features"]!.AsObject().Merge(features);
        configuration.MergeMetadata(call.Parameters);
        configuration["updated"] = store.Seconds;
        return store.Render(configuration);
    }

    private static JsonObject Deleted(JsonObject customer)
    {
        var deleted = Shapes.New("deleted_customer");
        deleted["id"] = customer.Text("id");
        return deleted;
    }

    [GeneratedRegex(@"^metadata\['([^']+)'\]:'([^']+)'$")]
    private static partial Regex Query();
}
