namespace TelemetryKit.Core.Counters;

/// <summary>
/// What the breakdowns of all subjects of a rollup share: a bound on their values together. It is a second summary over all pairs of a
/// table and a value, by the events that a value has above its table's floor.
/// </summary>
internal sealed class Breakdown
{
    /// <summary>The most events that a value can have above its table's floor if this summary evicted it.</summary>
    public long Floor { get; set; }

    /// <summary>Values in all tables.</summary>
    public int Values { get; set; }
}
