namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>What a plan costs and allows. Limits that are <c>null</c> don't restrict.</summary>
/// <param name="Id">Which plan.</param>
/// <param name="Code">Its word on the wire and on the command line.</param>
/// <param name="MonthlyPriceUsd">US dollars a month; <c>null</c> where it isn't sold at a fixed price.</param>
/// <param name="EventsPerMonth">Live events of all projects in one UTC calendar month.</param>
/// <param name="TestEventsPerMonth">Events of the test environment in one UTC calendar month, counted apart.</param>
/// <param name="KeptDays">Days that events and rollups are kept.</param>
/// <param name="Members">People, the owner among them.</param>
/// <param name="Projects">Projects.</param>
/// <param name="Rates">How fast its keys may send, for each replica.</param>
/// <param name="Features">What else it has.</param>
public sealed record Plan(
    PlanId Id,
    string Code,
    decimal? MonthlyPriceUsd,
    long? EventsPerMonth,
    long? TestEventsPerMonth,
    int? KeptDays,
    int? Members,
    int? Projects,
    IngestRates? Rates,
    Feature Features)
{
    /// <summary>Whether the plan has the feature.</summary>
    public bool Has(Feature feature) => (Features & feature) == feature;
}
