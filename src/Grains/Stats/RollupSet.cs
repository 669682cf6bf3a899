using TelemetryKit.Grains.Counters;

namespace TelemetryKit.Grains.Stats;

/// <summary>The rollups that a question is answered from. Days without events may be left out.</summary>
public sealed class RollupSet
{
    /// <summary>Holds rollups; it doesn't copy them.</summary>
    /// <param name="days">By UTC day.</param>
    /// <param name="months">By first day of the month: each stands for all its days where a whole month is asked for, so it must be complete.</param>
    /// <param name="scanned">
    /// True where the rollups were built from events that a filter had chosen, to answer <see cref="StatsQuery.WithoutFilters"/>: then what only
    /// the commit knows (new installs) is answered as unknown.
    /// </param>
    public RollupSet(IReadOnlyDictionary<DateOnly, Rollup> days, IReadOnlyDictionary<DateOnly, Rollup>? months = null, bool scanned = false) =>
        throw new NotImplementedException();
}
