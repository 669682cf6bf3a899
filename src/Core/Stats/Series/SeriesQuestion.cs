namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events, installs and failures over time.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Interval">Width of a point.</param>
public sealed record SeriesQuestion(StatsQuery Query, SeriesInterval Interval) : StatsQuestion<SeriesAnswer>(Query)
{
    /// <inheritdoc />
    public override bool AcceptsMonths => Interval == SeriesInterval.Month;

    /// <inheritdoc />
    public override bool IsKeptInRollups =>
        Interval == SeriesInterval.Hour ? Query is { Version: null, Actor: null } : base.IsKeptInRollups;

    /// <inheritdoc />
    public override SeriesAnswer Compute(RollupSet rollups) => SeriesBuilder.Build(rollups, Query, Interval);
}
