namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events over time. Intervals without events are included, with zeros.</summary>
/// <param name="Interval">Width of a point.</param>
/// <param name="Points">The points, earliest first.</param>
public sealed record SeriesAnswer(SeriesInterval Interval, IReadOnlyList<SeriesPoint> Points);

/// <summary>A point of a series.</summary>
/// <param name="Time">Start of the interval, UTC.</param>
/// <param name="Events">Events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> by the hour, for which they are not kept.</param>
/// <param name="Failures">Failed events; <c>null</c> if they are not kept.</param>
public sealed record SeriesPoint(DateTimeOffset Time, long Events, long? Installs, long? Failures);

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
