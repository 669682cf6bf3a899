using System.Text.Json.Serialization;

namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events over time. Intervals without events are included, with zeros.</summary>
/// <param name="Interval">Width of a point.</param>
/// <param name="Points">The points, earliest first.</param>
/// <param name="Accuracy">How accurate the points are.</param>
public sealed record SeriesAnswer(SeriesInterval Interval, IReadOnlyList<SeriesPoint> Points, Accuracy Accuracy);

/// <summary>A point of a series. Its figures are <c>null</c> if a filter selects a name that the counters may have evicted.</summary>
/// <param name="Time">Start of the interval, UTC.</param>
/// <param name="Events">Events; at least this many if <see cref="EventsMax"/> is present.</param>
/// <param name="Installs">Distinct installs; <c>null</c> by the hour, for which they are not kept.</param>
/// <param name="Failures">Failed events; <c>null</c> if they are not kept.</param>
public sealed record SeriesPoint(DateTimeOffset Time, long? Events, long? Installs, long? Failures)
{
    /// <summary>
    /// The most events that there can be; absent if <see cref="Events"/> is exact. The other figures cover the events that were counted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsMax { get; init; }

    /// <summary>The values of the dimension in this interval, most events first; absent without a dimension.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SeriesValue>? Values { get; init; }

    /// <summary>
    /// Events of the values that aren't listed in this interval; absent without a dimension, and by the hour if the answer is truncated and
    /// the hours of these events aren't known.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Other { get; init; }
}

/// <summary>A value of a dimension in an interval.</summary>
/// <param name="Value">The value; <c>(none)</c> for events without one.</param>
/// <param name="Events">Events; of a list, an event counts for each of its values.</param>
/// <param name="Installs">Distinct installs; <c>null</c> by the hour.</param>
/// <param name="Failures">Failed events.</param>
public sealed record SeriesValue(string Value, long Events, long? Installs, long Failures);

/// <summary>Width of a series' points.</summary>
public enum SeriesInterval
{
    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A UTC day.</summary>
    Day,

    /// <summary>A week that starts on Monday, UTC.</summary>
    Week,

    /// <summary>A calendar month, UTC.</summary>
    Month,
}
