using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Changes the items and the end of subscriptions, with prorations as in the flexible billing mode.</summary>
internal sealed class SubscriptionUpdates(StripeStore store, SubscriptionEngine engine, InvoiceEngine invoices)
{
    /// <summary>Updates a subscription with the parameters of a request.</summary>
    public void Update(JsonObject subscription, JsonObject parameters)
    {
        if (subscription.Text("status") is "canceled" or "incomplete_expired")
            throw StripeFault.Invalid("A canceled subscription can only update its cancellation_details and metadata.");
        var isScheduled = subscription.Text("schedule") is not null;
        if (isScheduled && (parameters.ContainsKey("cancel_at") || parameters.ContainsKey("cancel_at_period_end")))
            throw StripeFault.Invalid("The subscription is managed by a subscription schedule, which must be released first.");
        if (isScheduled && parameters.ContainsKey("items"))
            throw StripeFault.Invalid("The items of a subscription with a schedule are changed through the schedule.", "items");
        if (parameters.Objects("items") is { Count: > 0 } changes)
        {
            var proration = parameters.Text("proration_behavior") ?? "create_prorations";
            ChangeItems(subscription, changes, proration, parameters.Text("payment_behavior") == "error_if_incomplete");
        }

        SetEnd(subscription, parameters);
        if (parameters.Text("default_payment_method") is { } method)
            subscription["default_payment_method"] = method;
        subscription.MergeMetadata(parameters);
        store.Emit("customer.subscription.updated", subscription);
    }

    /// <summary>Replaces the items, at the start of a phase of a schedule or when its current phase is changed.</summary>
    public void ReplaceItems(JsonObject subscription, IReadOnlyList<JsonObject> wanted)
    {
        List<JsonObject> changes = [];
        var open = wanted.ToList();
        foreach (var item in subscription.Objects("items"))
        {
            var price = item.Object("price")!;
            var same = open.Find(one => one.Text("price") == price.Text("id"));
            // The licensed item becomes the other plan, and the metered one the other price of events.
            var other = same ?? open.Find(one => SubscriptionEngine.IsMetered(store.Get("price", one.Text("price")))
                == SubscriptionEngine.IsMetered(price));
            var change = new JsonObject { ["id"] = item.Text("id") };
            if (other is null)
                change["deleted"] = "true";
            else if (same is null)
                change["price"] = other.Text("price");
            if (other is not null)
                open.Remove(other);
            if (change.Count > 1)
                changes.Add(change);
        }

        changes.AddRange(open.Select(one => new JsonObject { ["price"] = one.Text("price"), ["quantity"] = one.Text("quantity") }));
        if (changes.Count > 0)
            ChangeItems(subscription, changes, "usage", isErrorIfUnpaid: false);
    }

    private void ChangeItems(JsonObject subscription, List<JsonObject> changes, string proration, bool isErrorIfUnpaid)
    {
        var before = subscription["items"]!.DeepClone();
        var lines = changes.SelectMany(change => Apply(subscription, change))
            .Where(line => proration is "always_invoice" or "create_prorations" || (proration == "usage" && line.IsUsage))
            .Where(line => line.Cents != 0 || line.IsUsage).ToList();
        if (proration != "always_invoice")
        {
            InvoiceEngine.AddPending(subscription, lines);
            return;
        }

        var due = invoices.Due(subscription, InvoiceEngine.Pending(subscription).Concat(lines));
        if (isErrorIfUnpaid && due > 0 && !invoices.Succeeds(subscription, isFirst: false))
        {
            subscription["items"] = before;
            throw StripeFault.Declined();
        }

        invoices.Create(subscription, "subscription_update", lines, isDraft: false);
    }

    private List<InvoiceLine> Apply(JsonObject subscription, JsonObject change)
    {
        if (change.Text("id") is not { } id)
            return engine.AddItem(subscription, change);
        var now = store.Seconds;
        var item = subscription.Objects("items").Find(one => one.Text("id") == id)
            ?? throw StripeFault.Missing("subscription_item", id);
        List<InvoiceLine> lines = [.. engine.UsageOf(subscription, item, now), .. Credit(subscription, item, now)];
        if (change.Flag("deleted"))
        {
            SubscriptionEngine.ItemsOf(subscription).Remove(item);
            return lines;
        }

        var former = item.Object("price")!;
        var price = store.Get("price", change.Text("price") ?? former.Text("id"));
        var end = item.Number("current_period_end");
        var start = item.Number("current_period_start");
        item["price"] = price.DeepClone();
        var isSame = price.Object("recurring")!.Text("interval") == former.Object("recurring")!.Text("interval");
        if (end <= now)
        {
            // The period ends now, so the renewal that follows uses the new price. A new interval begins a full one.
            if (!isSame)
                subscription["billing_cycle_anchor"] = now;
            return lines;
        }

        lines.AddRange(SubscriptionEngine.StartPeriod(subscription, item, now, isSame ? end : null)
            .Select(line => line with { IsProration = true }));
        item["current_period_start"] = isSame ? start : now;
        return lines;
    }

    private static List<InvoiceLine> Credit(JsonObject subscription, JsonObject item, long now)
    {
        var price = item.Object("price")!;
        var end = item.Number("current_period_end")!.Value;
        if (SubscriptionEngine.IsMetered(price) || end <= now || subscription.Text("status") == "trialing")
            return [];
        var months = Periods.MonthsOf(price.Object("recurring")!.Text("interval"));
        var start = Periods.StartOf(end, (int)subscription.Number("_day")!.Value, months);
        return [InvoiceLine.Licensed(item, price, -(end - now) / (decimal)(end - start), now, end, isProration: true)];
    }

    private void SetEnd(JsonObject subscription, JsonObject parameters)
    {
        var ends = subscription.Objects("items").ConvertAll(item => item.Number("current_period_end")!.Value);
        long? at;
        if (parameters.Text("cancel_at") is { } text)
        {
            at = text switch
            {
                "" => null,
                "max_period_end" => ends.Max(),
                "min_period_end" => ends.Min(),
                _ => parameters.Number("cancel_at"),
            };
        }
        else if (parameters.Text("cancel_at_period_end") is { } flag)
        {
            at = flag == "true" ? ends.Max() : null;
        }
        else
        {
            return;
        }

        if (at <= store.Seconds)
            throw StripeFault.Invalid("cancel_at must be in the future.", "cancel_at");
        subscription["cancel_at"] = at;
        subscription["canceled_at"] = at is null ? null : store.Seconds;
        subscription["cancel_at_period_end"] = at is not null && at == ends.Max();
    }
}
