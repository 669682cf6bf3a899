using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Schedules of subscriptions.</summary>
internal sealed class ScheduleEngine(StripeStore store, SubscriptionUpdates updates)
{
    /// <summary>Creates a schedule of a subscription that runs.</summary>
    public JsonObject Create(JsonObject subscription)
    {
        if (subscription.Text("schedule") is not null)
            throw StripeFault.Invalid("The subscription has a schedule.", "from_subscription");
        var items = subscription.Objects("items");
        var schedule = store.Add("subscription_schedule", "sub_sched");
        schedule["customer"] = subscription.Text("customer");
        schedule["subscription"] = subscription.Text("id");
        schedule["status"] = "active";
        var phase = Phase(
            items.Min(item => item.Number("current_period_start")!.Value), items.Max(item => item.Number("current_period_end")!.Value));
        foreach (var item in items)
            phase["items"]!.AsArray().Add(Item(item.Object("price")!.Text("id")!, item.Number("quantity")));
        schedule["phases"] = new JsonArray(phase);
        SetCurrent(schedule);
        subscription["schedule"] = schedule.Text("id");
        store.Emit("subscription_schedule.created", schedule);
        store.Emit("customer.subscription.updated", subscription);
        return schedule;
    }

    /// <summary>Replaces the phases of a schedule.</summary>
    public void Update(JsonObject schedule, JsonObject parameters)
    {
        if (schedule.Text("status") is not ("active" or "not_started"))
            throw StripeFault.Invalid("Only active schedules can be updated.");
        if (parameters.Text("end_behavior") is { } end)
            schedule["end_behavior"] = end;
        schedule.MergeMetadata(parameters);
        if (parameters.Objects("phases") is not { Count: > 0 } wanted)
            return;
        var current = schedule.Object("current_phase")!;
        List<JsonObject> phases = [];
        var start = current.Number("start_date")!.Value;
        foreach (var one in wanted)
        {
            if ((one.Number("start_date") ?? start) != start)
                throw StripeFault.Invalid("The phases must follow each other, and the current one keeps its start.", "phases");
            var stop = one.Number("end_date") ?? EndOf(start, one.Object("duration"));
            if (stop <= start)
                throw StripeFault.Invalid("A phase must end after its start.", "phases");
            var phase = Phase(start, stop);
            phase["proration_behavior"] = one.Text("proration_behavior") ?? "create_prorations";
            foreach (var item in one.Objects("items"))
                phase["items"]!.AsArray().Add(Item(store.Get("price", item.Text("price")).Text("id")!, item.Number("quantity")));
            phases.Add(phase);
            start = stop;
        }

        schedule["phases"] = new JsonArray([.. phases]);
        SetCurrent(schedule);
        updates.ReplaceItems(SubscriptionOf(schedule), phases[0].Objects("items"));
        store.Emit("subscription_schedule.updated", schedule);
        store.Emit("customer.subscription.updated", SubscriptionOf(schedule));
    }

    /// <summary>Releases the subscription of a schedule, which continues as it is.</summary>
    public void Release(JsonObject schedule)
    {
        if (schedule.Text("status") is not ("active" or "not_started"))
            throw StripeFault.Invalid("Only active schedules can be released.");
        var subscription = SubscriptionOf(schedule);
        schedule["status"] = "released";
        schedule["released_at"] = store.Seconds;
        schedule["released_subscription"] = subscription.Text("id");
        schedule["subscription"] = null;
        schedule["current_phase"] = null;
        subscription["schedule"] = null;
        store.Emit("subscription_schedule.released", schedule);
        store.Emit("customer.subscription.updated", subscription);
    }

    /// <summary>Returns when the current phase ends.</summary>
    public static long NextDue(JsonObject schedule) => schedule.Object("current_phase")!.Number("end_date")!.Value;

    /// <summary>Begins the next phase, or ends the schedule.</summary>
    public void Step(JsonObject schedule)
    {
        var next = schedule.Objects("phases").Find(phase => phase.Number("start_date") == NextDue(schedule));
        if (next is null)
        {
            Release(schedule);
            return;
        }

        updates.ReplaceItems(SubscriptionOf(schedule), next.Objects("items"));
        SetCurrent(schedule);
        store.Emit("subscription_schedule.updated", schedule);
    }

    private JsonObject SubscriptionOf(JsonObject schedule) => store.Get("subscription", schedule.Text("subscription"));

    private void SetCurrent(JsonObject schedule)
    {
        var phase = schedule.Objects("phases").Find(
            one => one.Number("start_date") <= store.Seconds && one.Number("end_date") > store.Seconds)
            ?? throw StripeFault.Invalid("No phase is current.", "phases");
        schedule["current_phase"] = new JsonObject
        {
            ["start_date"] = phase.Number("start_date"), ["end_date"] = phase.Number("end_date"),
        };
    }

    private static long EndOf(long start, JsonObject? duration)
    {
        if (duration is null)
            throw StripeFault.Invalid("A phase needs an end_date or a duration.", "phases");
        var months = Periods.MonthsOf(duration.Text("interval")) * (int)(duration.Number("interval_count") ?? 1);
        return Periods.At(start).AddMonths(months).ToUnixTimeSeconds();
    }

    private static JsonObject Phase(long start, long end)
    {
        var phase = Shapes.Fixture("subscription_schedule")["phases"]![0]!.DeepClone().AsObject();
        phase["start_date"] = start;
        phase["end_date"] = end;
        phase["items"] = new JsonArray();
        phase["transfer_data"] = null;
        phase["billing_thresholds"] = null;
        phase["invoice_settings"] = null;
        return phase;
    }

    private static JsonObject Item(string price, long? quantity)
    {
        var item = Shapes.Fixture("subscription_schedule")["phases"]![0]!["items"]![0]!.DeepClone().AsObject();
        item["price"] = price;
        item["plan"] = null;
        item["billing_thresholds"] = null;
        if (quantity is { } number)
            item["quantity"] = number;
        else
            item.Remove("quantity");
        return item;
    }
}
