using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Creates, renews and ends subscriptions.</summary>
internal sealed class SubscriptionEngine(StripeStore store, MeterBook meters, InvoiceEngine invoices)
{
    private const long IncompleteSeconds = 23 * 3600;

    /// <summary>Creates a subscription and charges its first invoice.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="items">The prices and quantities.</param>
    /// <param name="method">The card, or <c>null</c> for that of the customer.</param>
    /// <param name="data">Parameters as in <c>subscription_data</c> of Checkout.</param>
    public JsonObject Create(JsonObject customer, IEnumerable<JsonObject> items, string? method, JsonObject data)
    {
        var now = store.Seconds;
        var subscription = store.Add("subscription", "sub");
        subscription["customer"] = customer.Text("id");
        subscription["start_date"] = now;
        subscription["default_payment_method"] = method;
        subscription["status"] = "active";
        subscription.MergeMetadata(data);
        var trialDays = data.Number("trial_period_days");
        var trialEnd = trialDays is { } days ? now + (days * 86400) : data.Number("trial_end");
        var config = data.Object("billing_cycle_anchor_config");
        var anchor = trialEnd ?? data.Number("billing_cycle_anchor") ?? (config is null ? now : Match(config, now));
        if (anchor < now)
            throw StripeFault.Invalid("The anchor is in the past.", "billing_cycle_anchor");
        subscription["billing_cycle_anchor"] = anchor;
        subscription["billing_cycle_anchor_config"] = config is null ? null : new JsonObject(
            config.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)config.Number(pair.Key))));
        subscription["_day"] = config?.Number("day_of_month") ?? Periods.At(anchor).Day;
        List<InvoiceLine> lines = [];
        foreach (var item in items)
            lines.AddRange(AddItem(subscription, item, trialEnd));
        if (trialEnd is { } end)
        {
            subscription["status"] = "trialing";
            subscription["trial_start"] = now;
            subscription["trial_end"] = end;
            lines.Clear();
        }
        else if (data.Text("proration_behavior") == "none" && anchor > now)
        {
            lines.Clear();
        }

        var isPaid = invoices.Due(subscription, lines) == 0 || invoices.Succeeds(subscription, isFirst: true);
        if (!isPaid)
        {
            subscription["status"] = "incomplete";
            subscription["_expires_at"] = now + IncompleteSeconds;
        }

        store.Emit("customer.subscription.created", subscription);
        invoices.Create(subscription, "subscription_create", lines, isDraft: false);
        return subscription;
    }

    /// <summary>Adds an item. Returns what it costs for the rest of the period.</summary>
    public List<InvoiceLine> AddItem(JsonObject subscription, JsonObject parameters, long? periodEnd = null)
    {
        var price = store.Get("price", parameters.Text("price"));
        var item = Shapes.New("subscription_item");
        item["id"] = store.NewId("si");
        item["created"] = store.Seconds;
        item["subscription"] = subscription.Text("id");
        item["price"] = price.DeepClone();
        item["_usage_from"] = store.Seconds;
        if (IsMetered(price))
            item.Remove("quantity");
        else
            item["quantity"] = parameters.Number("quantity") ?? 1;
        ItemsOf(subscription).Add(item);
        return StartPeriod(subscription, item, store.Seconds, periodEnd);
    }

    /// <summary>Sets the period of an item that contains a time. Returns what the rest of it costs.</summary>
    public static List<InvoiceLine> StartPeriod(JsonObject subscription, JsonObject item, long now, long? periodEnd = null)
    {
        var price = item.Object("price")!;
        var months = Periods.MonthsOf(price.Object("recurring")!.Text("interval"));
        var day = (int)subscription.Number("_day")!.Value;
        var end = periodEnd ?? Periods.Next(subscription.Number("billing_cycle_anchor")!.Value, day, months, now);
        item["current_period_start"] = now;
        item["current_period_end"] = end;
        var start = Periods.StartOf(end, day, months);
        var fraction = Math.Min(1, (end - now) / (decimal)(end - start));
        return IsMetered(price) ? [] : [InvoiceLine.Licensed(item, price, fraction, now, end, isProration: fraction < 1)];
    }

    /// <summary>Renews the items whose period ends now.</summary>
    public void Renew(JsonObject subscription)
    {
        var now = store.Seconds;
        var ending = subscription.Objects("items").Where(item => item.Number("current_period_end") <= now).ToList();
        List<InvoiceLine> lines = [];
        foreach (var item in ending)
        {
            lines.AddRange(UsageOf(subscription, item, now));
            lines.AddRange(StartPeriod(subscription, item, now));
        }

        if (subscription.Text("status") == "trialing" && subscription.Number("trial_end") <= now)
            subscription["status"] = invoices.MethodOf(subscription) is null ? "paused" : "active";
        // Stripe creates no invoices that are collected while a subscription is unpaid.
        if (subscription.Text("status") is not ("unpaid" or "paused"))
            invoices.Create(subscription, "subscription_cycle", lines, isDraft: true);
        store.Emit("customer.subscription.updated", subscription);
    }

    /// <summary>Returns what is used of a metered item since the last invoice, and begins a new count.</summary>
    public List<InvoiceLine> UsageOf(JsonObject subscription, JsonObject item, long until)
    {
        var price = item.Object("price")!;
        if (!IsMetered(price))
            return [];
        var from = item.Number("_usage_from")!.Value;
        item["_usage_from"] = until;
        if (from >= until)
            return [];
        var quantity = meters.Sum(price.Object("recurring")!.Text("meter"), subscription.Text("customer")!, from, until);
        return [InvoiceLine.Metered(item.Text("id")!, price, quantity, from, until)];
    }

    /// <summary>Ends a subscription now.</summary>
    public void End(JsonObject subscription, bool invoiceNow, string reason)
    {
        var now = store.Seconds;
        if (invoiceNow)
        {
            var lines = subscription.Objects("items").SelectMany(item => UsageOf(subscription, item, now)).ToList();
            invoices.Create(subscription, "subscription_cycle", lines.Where(line => line.Quantity != 0), isDraft: true);
        }

        subscription["status"] = reason == "incomplete" ? "incomplete_expired" : "canceled";
        subscription["ended_at"] = now;
        subscription["canceled_at"] ??= now;
        subscription["cancellation_details"]!["reason"] = reason;
        if (store.Find(subscription.Text("schedule")) is { } schedule)
        {
            schedule["status"] = "canceled";
            schedule["canceled_at"] = now;
            subscription["schedule"] = null;
        }

        foreach (var invoice in invoices.Open(subscription))
        {
            invoice["next_payment_attempt"] = null;
            invoice.Remove("_gives_up_at");
        }

        store.Emit(reason == "incomplete" ? "customer.subscription.updated" : "customer.subscription.deleted", subscription);
    }

    /// <summary>Returns the items of a subscription.</summary>
    public static JsonArray ItemsOf(JsonObject subscription) => subscription["items"]!["data"]!.AsArray();

    /// <summary>Whether a price is for what a meter counts.</summary>
    public static bool IsMetered(JsonObject price) => price.Object("recurring")?.Text("usage_type") == "metered";

    private static long Match(JsonObject config, long now)
    {
        var time = Periods.At(now);
        return Periods.Match(
            now, (int)(config.Number("day_of_month") ?? time.Day), (int?)config.Number("month"), (int)(config.Number("hour") ?? time.Hour),
            (int)(config.Number("minute") ?? time.Minute), (int)(config.Number("second") ?? time.Second));
    }
}
