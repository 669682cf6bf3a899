using System.Globalization;
using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Products, prices and meters.</summary>
internal sealed class CatalogRoutes(StripeStore store, MeterBook meters)
{
    public void Map(StripeApi api)
    {
        api.Get("/v1/products", call => store.List(store.All("product"), call.Parameters, "/v1/products"));
        api.Get("/v1/products/*", call => store.Render(store.Get("product", call.Id)));
        api.Post("/v1/products", CreateProduct);
        api.Post("/v1/products/*", call => WriteProduct(store.Get("product", call.Id), call.Parameters));
        api.Get("/v1/prices", ListPrices);
        api.Get("/v1/prices/*", call => store.Render(store.Get("price", call.Id)));
        api.Post("/v1/prices", CreatePrice);
        api.Post("/v1/prices/*", call => WritePrice(store.Get("price", call.Id), call.Parameters));
        api.Get("/v1/billing/meters", call => store.List(
            store.All("billing.meter").Where(one => call.Parameters.Text("status") is not { } status || one.Text("status") == status),
            call.Parameters, "/v1/billing/meters"));
        api.Get("/v1/billing/meters/*", call => store.Render(store.Get("billing.meter", call.Id)));
        api.Post("/v1/billing/meters", CreateMeter);
        api.Post("/v1/billing/meters/*", call => Write(store.Get("billing.meter", call.Id), call.Parameters, "display_name"));
        api.Post("/v1/billing/meter_events", call => meters.Report(call.Parameters));
    }

    private JsonObject CreateProduct(StripeCall call)
    {
        if (call.Parameters.Text("id") is { } id && store.Find(id) is not null)
            throw StripeFault.Invalid("Product already exists.", "id", "resource_already_exists");
        var product = store.Add("product", "prod", call.Parameters.Text("id"));
        return WriteProduct(product, call.Parameters);
    }

    private JsonObject WriteProduct(JsonObject product, JsonObject parameters)
    {
        product.MergeMetadata(parameters);
        return Write(product, parameters, "name", "active", "description", "tax_code");
    }

    private JsonObject ListPrices(StripeCall call)
    {
        var keys = call.Parameters.Texts("lookup_keys");
        if (keys.Count > 10)
            throw StripeFault.Invalid("At most 10 lookup keys.", "lookup_keys");
        return store.List(
            store.All("price").Where(one => (keys.Count == 0 || keys.Contains(one.Text("lookup_key") ?? ""))
                && (call.Parameters.Text("active") is not { } active || one.Flag("active") == (active == "true"))),
            call.Parameters,
            "/v1/prices");
    }

    private JsonObject CreatePrice(StripeCall call)
    {
        var parameters = call.Parameters;
        var product = store.Get("product", parameters.Text("product")).Text("id");
        var recurring = parameters.Object("recurring") ?? throw StripeFault.Invalid("The fake only knows recurring prices.", "recurring");
        var usage = recurring.Text("usage_type") ?? "licensed";
        if (usage == "metered" && recurring.Text("meter") is null)
            throw StripeFault.Invalid("A metered price needs a meter.", "recurring[meter]");
        var cents = parameters.Decimal("unit_amount_decimal") ?? parameters.Decimal("unit_amount")
            ?? throw StripeFault.Invalid("Missing unit_amount", "unit_amount");
        CheckKey(parameters);
        var price = store.Add("price", "price");
        price["product"] = product;
        price["currency"] = parameters.Text("currency");
        price["unit_amount"] = cents == decimal.Truncate(cents) ? (long)cents : null;
        price["unit_amount_decimal"] = (cents / 1.000000000000m).ToString(CultureInfo.InvariantCulture);
        price["tax_behavior"] = parameters.Text("tax_behavior") ?? "unspecified";
        price["recurring"] = new JsonObject
        {
            ["interval"] = recurring.Text("interval"), ["interval_count"] = recurring.Number("interval_count") ?? 1,
            ["meter"] = recurring.Text("meter") is { } meter ? store.Get("billing.meter", meter).Text("id") : null,
            ["usage_type"] = usage, ["trial_period_days"] = null,
        };
        return WritePrice(price, parameters);
    }

    private void CheckKey(JsonObject parameters)
    {
        if (parameters.Text("lookup_key") is { } key && !parameters.Flag("transfer_lookup_key") && HolderOf(key) is { } holder)
            throw StripeFault.Invalid($"A price ({holder.Text("id")}) already uses that lookup key.", "lookup_key");
    }

    private JsonObject WritePrice(JsonObject price, JsonObject parameters)
    {
        if (parameters.Text("lookup_key") is { } key && HolderOf(key) is { } holder && holder != price)
        {
            CheckKey(parameters);
            holder["lookup_key"] = null;
        }

        price.MergeMetadata(parameters);
        return Write(price, parameters, "active", "lookup_key", "nickname");
    }

    private JsonObject? HolderOf(string key) => store.All("price").LastOrDefault(one => one.Text("lookup_key") == key);

    private JsonObject CreateMeter(StripeCall call)
    {
        var name = call.Parameters.Text("event_name");
        if (store.All("billing.meter").Any(one => one.Text("event_name") == name && one.Text("status") == "active"))
            throw StripeFault.Invalid("An active meter with this event_name exists.", "event_name");
        var meter = store.Add("billing.meter", "mtr");
        meter["status"] = "active";
        return Write(
            meter, call.Parameters, "display_name", "event_name", "event_time_window", "default_aggregation", "customer_mapping",
            "value_settings");
    }

    private JsonObject Write(JsonObject o, JsonObject parameters, params string[] names)
    {
        foreach (var name in names)
        {
            if (parameters[name] is { } value)
                o[name] = Json.Convert(value);
        }

        return store.Render(o);
    }
}
