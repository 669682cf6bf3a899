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
    public override EventQuestion<OverviewAnswer> FromEvents() => new OverviewFromEvents(Query, Compared);

    /// <inheritdoc />
    public override OverviewAnswer Compute(RollupSet rollups) => 
        new(Figures(rollups, Query), Figures(rollups, Query with { From = Compared.From, To = Compared.To }), Accuracy.Exact);

    private static Figures Figures(RollupSet rollups, StatsQuery query)
    {
        var cover = rollups.Cover(query.From, query.To);
        var totals = Totals.Of(cover, query);
        var knowsNew = rollups.KnowsNewInstalls && !query.HasFilters;
        return new Figures(
            new DayRange(query.From, query.To),
            totals.Events,
            totals.Installs,
            knowsNew ? cover.Sum(rollup => rollup.NewInstalls) : null,
            query.HasFilters ? null : Sessions(cover),
            totals.Failures,
            totals.SuccessRate);
    }

    private static long Sessions(IReadOnlyList<Rollup> rollups)
    {
        var union = new DistinctCounter(DistinctCounter.FinePrecision, Limits.ExactSetSize);
        foreach (var rollup in rollups)
            union.MergeFrom(rollup.Sessions);
        return union.Count;
    }
}
