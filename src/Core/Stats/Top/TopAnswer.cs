using System.Text.Json.Serialization;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>The values of a dimension.</summary>
/// <param name="By">The dimension.</param>
/// <param name="Total">
/// Events over all values, listed or not; <c>null</c> if a filter selects a name that the counters may have evicted and don't have.
/// </param>
/// <param name="Other">
/// Events that aren't counted for a listed value: of values past the limit of the list or past the bounds of the counters. <c>null</c> if
/// <see cref="Total"/> is.
/// </param>
/// <param name="Items">The values, most events first.</param>
/// <param name="Accuracy">How accurate the values are.</param>
public sealed record TopAnswer(string By, long? Total, long? Other, IReadOnlyList<TopItem> Items, Accuracy Accuracy);

/// <summary>A value of a top list.</summary>
/// <param name="Value">The value.</param>
/// <param name="Events">Events; at least this many if <see cref="EventsMax"/> is present.</param>
/// <param name="Installs">Distinct installs; <c>null</c> if the counters don't keep them for this dimension.</param>
/// <param name="Failures">Failed runs: events with <c>success</c> false; <c>null</c> if they are not kept.</param>
/// <param name="SuccessRate">
/// 1 − failures ÷ runs (events with <c>success</c>), from 0 to 1 with four decimals; <c>null</c> if there are no runs.
/// </param>
/// <param name="P50Ms">
/// Median duration in milliseconds, within 1 %, with one decimal, or four significant digits if those are more; 0 if it is shorter than a
/// microsecond; <c>null</c> if no event has a duration. Durations above 365 days count as 365 days.
/// </param>
/// <param name="P95Ms">95th percentile (the nearest rank), likewise.</param>
/// <param name="FirstSeen">Earliest event in the range.</param>
/// <param name="LastSeen">Latest event in the range.</param>
public sealed record TopItem(
    string Value,
    long Events,
    long? Installs,
    long? Failures,
    double? SuccessRate,
    double? P50Ms,
    double? P95Ms,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen)
{
    /// <summary>
    /// Events of type <c>error</c> with this value. They aren't runs, unless they have <c>success</c>. <c>null</c> if the counters don't
    /// know them exactly.
    /// </summary>
    public required long? Errors { get; init; }

    /// <summary>
    /// The most events that there can be; absent if <see cref="Events"/> is exact. The other figures cover the events that were counted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsMax { get; init; }

    /// <summary>Events in the range to compare with; absent without such a range.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ComparedEvents { get; init; }

    /// <summary>Distinct installs in the range to compare with; absent likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ComparedInstalls { get; init; }

    /// <summary>Failed events in the range to compare with; absent likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ComparedFailures { get; init; }

    /// <summary>The success rate in the range to compare with; absent likewise, and if no event there has a <c>success</c> field.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ComparedSuccessRate { get; init; }

    /// <summary>Median duration in the range to compare with; absent likewise, and if no event there has a duration.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ComparedP50Ms { get; init; }

    /// <summary>95th percentile in the range to compare with; absent likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ComparedP95Ms { get; init; }
}
