using Stripe.Billing;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing.Setup;

/// <summary>The meter of events above the quota.</summary>
internal sealed class MeterSetup(StripeCalls calls)
{
    private const string Kind = "meter";
    private const string DisplayName = "TelemetryKit events above the quota";

    /// <summary>Returns the id of the meter, or <c>null</c> if there is none.</summary>
    public async Task<string?> RunAsync(SetupRun run, CancellationToken cancellationToken)
    {
        var list = new MeterListOptions { Status = "active", Limit = 100 };
        Meter? meter = null;
        await foreach (var one in calls.ListAsync(calls.V1.Billing.Meters.ListAsync, list, one => one.Id, cancellationToken))
            meter = one.EventName == PlanPrices.MeterName ? one : meter;
        if (meter is null)
        {
            await run.CreateAsync(Kind, PlanPrices.MeterName, async () => meter = await CreateAsync(cancellationToken));
            return meter?.Id;
        }

        // How events are counted can't be changed. Another meter would not know what was reported to this one.
        if (Conflicts(meter) is { Count: > 0 } conflicts)
            run.Add(Kind, PlanPrices.MeterName, StripeSetupOutcome.Conflict, $"{string.Join(", ", conflicts)} of {meter.Id}");
        else
            await run.UpdateAsync(Kind, PlanPrices.MeterName, Differences(meter), () => UpdateAsync(meter.Id, cancellationToken));
        return meter.Id;
    }

    private Task<Meter> CreateAsync(CancellationToken cancellationToken)
    {
        var options = new MeterCreateOptions
        {
            DisplayName = DisplayName,
            EventName = PlanPrices.MeterName,
            // A later total of an hour replaces the former one.
            EventTimeWindow = "hour",
            DefaultAggregation = new() { Formula = "sum" },
            CustomerMapping = new() { Type = "by_id", EventPayloadKey = "stripe_customer_id" },
            ValueSettings = new() { EventPayloadKey = "value" },
        };
        return calls.RunAsync(
            () => calls.V1.Billing.Meters.CreateAsync(options, StripeCalls.OnceEver(), cancellationToken), cancellationToken);
    }

    private Task<Meter> UpdateAsync(string id, CancellationToken cancellationToken)
    {
        var options = new MeterUpdateOptions { DisplayName = DisplayName };
        return calls.RunAsync(
            () => calls.V1.Billing.Meters.UpdateAsync(id, options, StripeCalls.OnceEver(), cancellationToken), cancellationToken);
    }

    private static List<string> Conflicts(Meter meter)
    {
        List<string> conflicts = [];
        if (meter.EventTimeWindow != "hour")
            conflicts.Add("event_time_window");
        if (meter.DefaultAggregation?.Formula != "sum")
            conflicts.Add("default_aggregation");
        if (meter.CustomerMapping?.EventPayloadKey != "stripe_customer_id")
            conflicts.Add("customer_mapping");
        if (meter.ValueSettings?.EventPayloadKey != "value")
            conflicts.Add("value_settings");
        return conflicts;
    }

    private static string[] Differences(Meter meter) => meter.DisplayName == DisplayName ? [] : ["display_name"];
}
