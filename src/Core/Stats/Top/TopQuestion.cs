using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>The values of a dimension, most events first.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="By">The dimension.</param>
/// <param name="Limit">The largest number of values in the answer.</param>
public sealed record TopQuestion(StatsQuery Query, Dimension By, int Limit) : StatsQuestion<TopAnswer>(Query)
{
    /// <summary>The range whose figures are added to each value; <c>null</c> for none.</summary>
    public DayRange? Compared { get; init; }

    /// <summary>Whether all values of a list, such as the flags of a command, are one value.</summary>
    public bool Combinations { get; init; }

    /// <summary>Whether to list the values that were seen in the days before the range, as far as they are kept, but not in it.</summary>
    public bool Unused { get; init; }

    /// <summary>How versions are grouped. If they are, the latest is listed first.</summary>
    public VersionGroup Group { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<DayRange> WholeRanges => Compared is { } range ? [.. base.WholeRanges, range] : base.WholeRanges;

    /// <inheritdoc />
    public override bool IsKeptInRollups
    {
        get
        {
            if (!base.IsKeptInRollups || !By.IsKeptInRollups || HasOptions)
                return false;
            // Rollups keep the durations of subjects and of values of the context, but not of values by subject.
            return By.Context is null
                ? Query is { Version: null, Actor: null }
                : Query is { Subject: null, Type: null } && FiltersOnlyOwn(By.Context.Value);
        }
    }

    /// <inheritdoc />
    public override Accuracy AccuracyOf(TopAnswer answer) => answer.Accuracy;

    /// <inheritdoc />
    public override EventQuestion<TopAnswer> FromEvents() => new TopFromEvents(this);

    /// <inheritdoc />
    public override TopAnswer Compute(RollupSet rollups)
    {
        var cover = rollups.Cover(Query.From, Query.To);
        var answer = new TopList(Query, By).Compute(cover, rollups.InstallsOf(cover), Limit);
        if (Compared is not { } range)
            return answer;
        var before = rollups.Cover(range.From, range.To);
        return new TopList(Query with { From = range.From, To = range.To }, By).Compare(answer, before, rollups.InstallsOf(before));
    }

    private bool HasOptions => Combinations || Unused || Group != VersionGroup.None;

    private bool FiltersOnlyOwn(ContextDimension dimension) =>
        (Query.Version is null || dimension == ContextDimension.Version) && (Query.Actor is null || dimension == ContextDimension.Actor);
}
