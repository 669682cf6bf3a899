using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events, installs and failures over time.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Interval">Width of a point.</param>
public sealed record SeriesQuestion(StatsQuery Query, SeriesInterval Interval) : StatsQuestion<SeriesAnswer>(Query)
{
    /// <summary>The dimension whose values are listed for each point; <c>null</c> for none.</summary>
    public EventField? By { get; init; }

    /// <summary>The largest number of values of a point.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>How versions are grouped.</summary>
    public VersionGroup Group { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<DayRange> WholeRanges =>
        Interval == SeriesInterval.Month ? [.. SeriesBuilder.Points(Query, Interval).Select(point => point.Range)] : [];

    /// <inheritdoc />
    public override DayRange? DailyRange => Interval == SeriesInterval.Month ? null : new(Query.From, Query.To);

    /// <inheritdoc />
    public override bool IsKeptInRollups =>
        base.IsKeptInRollups && By is null && (Interval != SeriesInterval.Hour || Query is { Version: null, Actor: null });

    /// <inheritdoc />
    public override Accuracy AccuracyOf(SeriesAnswer answer) => answer.Accuracy;

    /// <inheritdoc />
    public override EventQuestion<SeriesAnswer> FromEvents() =>
        By is null ? new SeriesFromEvents(Query, Interval) : new SeriesByField(this, By);

    /// <inheritdoc />
    public override SeriesAnswer Compute(RollupSet rollups) => SeriesBuilder.Build(rollups, Query, Interval);
}
