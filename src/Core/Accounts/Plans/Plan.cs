namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>The price and the limits of a plan. A limit of <c>null</c> means no limit.</summary>
/// <param name="Id">The id.</param>
/// <param name="Code">Its code in the API and on the command line.</param>
/// <param name="MonthlyPriceUsd">US dollars per month, or <c>null</c> if it has no fixed price.</param>
/// <param name="EventsPerMonth">Live events of all projects in one UTC calendar month.</param>
/// <param name="TestEventsPerMonth">Events of the test environment in one UTC calendar month, counted separately.</param>
/// <param name="KeptDays">Days that events and rollups are kept.</param>
/// <param name="Members">Members, including the owner.</param>
/// <param name="Projects">Projects.</param>
/// <param name="Rates">The rates of its keys, for each replica.</param>
/// <param name="Features">The included features.</param>
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
