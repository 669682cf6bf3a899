using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Overview;

/// <summary>Figures of a range and of the range that it is compared with.</summary>
/// <param name="Query">The range and the filters.</param>
public sealed record OverviewQuestion(StatsQuery Query) : StatsQuestion<OverviewAnswer>(Query)
{
    /// <summary>The range to compare with; by default that of the same length just before.</summary>
    public DayRange Compared { get; init; } = new(Query.Previous().From, Query.Previous().To);

    /// <inheritdoc />
    public override IReadOnlyList<DayRange> WholeRanges => [.. base.WholeRanges, Compared];

    /// <inheritdoc />
    public override Accuracy AccuracyOf(OverviewAnswer answer) => answer.Accuracy;

    /// <inheritdoc />
    public override EventQuestion<OverviewAnswer> FromEvents() => new OverviewFromEvents(Query, Compared);

    /// <inheritdoc />
    public override OverviewAnswer Compute(RollupSet rollups)
    {
        var (current, ofCurrent) = Figures(rollups, Query);
        var (previous, ofPrevious) = Figures(rollups, Query with { From = Compared.From, To = Compared.To });
        return new(current, previous, Accuracy.Worse(ofCurrent, ofPrevious));
    }

    private static (Figures Figures, Accuracy Accuracy) Figures(RollupSet rollups, StatsQuery query)
    {
        var range = new DayRange(query.From, query.To);
        var cover = rollups.Cover(query.From, query.To);
        var totals = Totals.Of(cover, query);
        if (!totals.IsKnown)
            return (new Figures(range, null, null, null, null, null, null) { Errors = null }, Accuracy.Of(0, totals.Missed));
        var union = rollups.InstallsOf(cover);
        var installs = totals.Installs(union);
        var figures = new Figures(
            range,
            totals.Events,
            installs,
            RollupSet.NewInstalls(cover, query, installs, union),
            query.HasFilters ? null : union.CountSessions(),
            totals.Failures,
            totals.SuccessRate)
        {
            Errors = ErrorCounts.Of(cover, query),
            P50Ms = totals.Percentiles(new long[DurationBuckets.Count]).P50,
            EventsMax = totals.EventsMax,
        };
        return (figures, Accuracy.Of(union.RelativeError, totals.Missed));
    }
}
