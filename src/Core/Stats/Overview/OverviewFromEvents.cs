using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Overview;

/// <summary>The figures of a range and of another one, of the events that pass the filters.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Compared">The other range.</param>
internal sealed record OverviewFromEvents(StatsQuery Query, DayRange Compared) : EventQuestion<OverviewAnswer>(Query)
{
    public override IReadOnlyList<DayRange> Ranges => [new(Query.From, Query.To), Compared];

    public override IReadOnlyList<EventCount> Counts => [Query.Count()];

    public override OverviewAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var current = counted[0].Sum(Query.From, Query.To);
        var compared = counted[0].Sum(Compared.From, Compared.To);
        return new(
            Figures(new(Query.From, Query.To), current), Figures(Compared, compared), Estimates.AccuracyOf([current, compared]));
    }

    private static Figures Figures(DayRange range, GroupTotals totals) =>
        new(range, totals.Events, totals.Installs.Count, null, null, totals.Failures, totals.SuccessRate())
        {
            Errors = totals.Errors, P50Ms = totals.Milliseconds(0.5),
        };
}
