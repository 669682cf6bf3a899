using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>The counters of a range whose days the answer doesn't distinguish, so that months may replace their days.</summary>
public sealed class WholeRange
{
    /// <summary>Creates the range from a partition.</summary>
    /// <exception cref="ArgumentException">The parts have a gap or overlap.</exception>
    public WholeRange(DayRange range, IReadOnlyList<RangePart> parts)
    {
        Partition.Check(range, parts);
        Range = range;
        Rollups = [.. parts.Select(part => part.Rollup).OfType<Rollup>()];
    }

    /// <summary>The days.</summary>
    public DayRange Range { get; }

    /// <summary>Rollups that together count each event of the range once.</summary>
    public IReadOnlyList<Rollup> Rollups { get; }
}
