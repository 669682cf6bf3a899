using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events, installs and failures over time.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Interval">Width of a point.</param>
public sealed record SeriesQuestion(StatsQuery Query, SeriesInterval Interval) : StatsQuestion<SeriesAnswer>(Query)
{
    /// <inheritdoc />
    public override IReadOnlyList<DayRange> WholeRanges =>
        Interval == SeriesInterval.Month ? [.. SeriesBuilder.Points(Query, Interval).Select(point => point.Range)] : [];

    /// <inheritdoc />
    public override DayRange? DailyRange => Interval == SeriesInterval.Month ? null : new(Query.From, Query.To);

    /// <inheritdoc />
    public override bool IsKeptInRollups =>
        Interval == SeriesInterval.Hour ? Query is { Version: null, Actor: null } : base.IsKeptInRollups;

    /// <inheritdoc />
    public override SeriesAnswer Compute(RollupSet rollups) => SeriesBuilder.Build(rollups, Query, Interval);
}
