namespace TelemetryKit.Grains.Stats;

/// <summary>A range of days, both inclusive.</summary>
/// <param name="From">The first UTC day.</param>
/// <param name="To">The last UTC day.</param>
public sealed record DayRange(DateOnly From, DateOnly To);

/// <summary>The figures of a range. Small numbers of installs and sessions are exact, large ones are estimates.</summary>
/// <param name="Range">The days.</param>
/// <param name="Events">The number of events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> if they are not known under the filter.</param>
/// <param name="NewInstalls">Installs seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Sessions">Distinct sessions; <c>null</c> if they are not known under the filter.</param>
/// <param name="Failures">The number of events with <c>success</c> false, or of type <c>error</c>.</param>
/// <param name="SuccessRate">
/// 1 minus failures divided by the events with <c>success</c>, 0 to 1 with four decimals; <c>null</c> if there are none.
/// </param>
public sealed record Figures(DayRange Range, long Events, long? Installs, long? NewInstalls, long? Sessions, long Failures, double? SuccessRate);

/// <summary>Answer of <c>/v1/stats/overview</c>.</summary>
/// <param name="Current">The range asked for.</param>
/// <param name="Previous">The range of the same length before it.</param>
public sealed record OverviewAnswer(Figures Current, Figures Previous);

/// <summary>The values of one dimension.</summary>
/// <param name="By">The dimension.</param>
/// <param name="Total">The number of events over all values, listed or not.</param>
/// <param name="Other">
/// The number of events of the values that are not listed: beyond the limit of the list, or beyond the limits of the counters.
/// </param>
/// <param name="Items">The values, most events first.</param>
public sealed record TopAnswer(string By, long Total, long Other, IReadOnlyList<TopItem> Items);

/// <summary>A value of a dimension.</summary>
/// <param name="Value">The value.</param>
/// <param name="Events">The number of events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> if they are not counted for this dimension.</param>
/// <param name="Failures">The number of failed events; <c>null</c> if they are not counted.</param>
/// <param name="SuccessRate">0 to 1 with four decimals; <c>null</c> if no event has <c>success</c>.</param>
/// <param name="P50Ms">
/// The median duration in milliseconds, within 1 %, with one decimal or three significant digits, whichever is more; <c>null</c> if no
/// event has a duration.
/// </param>
/// <param name="P95Ms">The 95th percentile of the durations (nearest rank), in the same form.</param>
/// <param name="FirstSeen">The earliest event in the range.</param>
/// <param name="LastSeen">The latest event in the range.</param>
public sealed record TopItem(
    string Value, long Events, long? Installs, long? Failures, double? SuccessRate, double? P50Ms, double? P95Ms, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>Events over time. Intervals without events are included, with zeros.</summary>
/// <param name="Interval">The width of a point.</param>
/// <param name="Points">The points, earliest first.</param>
public sealed record SeriesAnswer(SeriesInterval Interval, IReadOnlyList<SeriesPoint> Points);

/// <summary>A point of a series.</summary>
/// <param name="Time">The start of the interval, UTC.</param>
/// <param name="Events">The number of events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> by the hour, where they are not counted.</param>
/// <param name="Failures">The number of failed events; <c>null</c> if they are not counted.</param>
public sealed record SeriesPoint(DateTimeOffset Time, long Events, long? Installs, long? Failures);

/// <summary>Active installs, and new and returning ones.</summary>
/// <param name="Daily">Distinct installs on the last day of the range.</param>
/// <param name="Weekly">Distinct installs in the 7 days up to the last day of the range.</param>
/// <param name="Monthly">Distinct installs in the 30 days up to the last day of the range.</param>
/// <param name="Days">New and returning installs by day.</param>
public sealed record UsersAnswer(long Daily, long Weekly, long Monthly, IReadOnlyList<UsersDay> Days);

/// <summary>The installs of one day.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Active">Distinct installs.</param>
/// <param name="New">Installs seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Returning">Installs seen before; <c>null</c> under a filter.</param>
public sealed record UsersDay(DateOnly Day, long Active, long? New, long? Returning);
