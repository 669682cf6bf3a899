namespace TelemetryKit.Core.Stats;

/// <summary>A range of days, both inclusive.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC.</param>
public sealed record DayRange(DateOnly From, DateOnly To);

/// <summary>The figures of a range. Installs and sessions are exact while small, else estimates (see <c>DistinctCounter</c>).</summary>
/// <param name="Range">The days.</param>
/// <param name="Events">Events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> where the filter leaves none to tell apart.</param>
/// <param name="NewInstalls">Installs seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Sessions">Distinct sessions; <c>null</c> under a filter that rollups don't keep sessions for.</param>
/// <param name="Failures">Events with <c>success</c> false, or of type <c>error</c>.</param>
/// <param name="SuccessRate">1 − failures ÷ events that said whether they succeeded, 0…1 to four decimals; <c>null</c> where none did.</param>
public sealed record Figures(DayRange Range, long Events, long? Installs, long? NewInstalls, long? Sessions, long Failures, double? SuccessRate);

/// <summary>Answer of <c>/v1/stats/overview</c>.</summary>
/// <param name="Current">The range asked for.</param>
/// <param name="Previous">The range of the same length before it.</param>
public sealed record OverviewAnswer(Figures Current, Figures Previous);

/// <summary>Answer of <c>/v1/stats/top</c>.</summary>
/// <param name="By">The dimension.</param>
/// <param name="Total">Events over all values, listed or not.</param>
/// <param name="Other">Events of the values that are not listed: past the limit of the list, or past the bounds of the counters.</param>
/// <param name="Items">The values, most events first.</param>
public sealed record TopAnswer(string By, long Total, long Other, IReadOnlyList<TopItem> Items);

/// <summary>A value of a top list.</summary>
/// <param name="Value">The value.</param>
/// <param name="Events">Events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> where the counters don't keep them for this dimension.</param>
/// <param name="Failures">Failed events; <c>null</c> where not kept.</param>
/// <param name="SuccessRate">0…1 to four decimals; <c>null</c> where no event said.</param>
/// <param name="P50Ms">Median duration in milliseconds, within 1 %, then rounded to one decimal, or three significant digits where those are more; <c>null</c> where no event has one.</param>
/// <param name="P95Ms">95th percentile (the nearest rank), likewise.</param>
/// <param name="FirstSeen">Earliest event in the range.</param>
/// <param name="LastSeen">Latest event in the range.</param>
public sealed record TopItem(
    string Value, long Events, long? Installs, long? Failures, double? SuccessRate, double? P50Ms, double? P95Ms, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>Answer of <c>/v1/stats/series</c>; intervals without events are there, with zeros.</summary>
/// <param name="Interval">Width of a point.</param>
/// <param name="Points">The points, earliest first.</param>
public sealed record SeriesAnswer(SeriesInterval Interval, IReadOnlyList<SeriesPoint> Points);

/// <summary>A point of a series.</summary>
/// <param name="Time">Start of the interval, UTC.</param>
/// <param name="Events">Events.</param>
/// <param name="Installs">Distinct installs; <c>null</c> by the hour, where they are not kept.</param>
/// <param name="Failures">Failed events; <c>null</c> where not kept.</param>
public sealed record SeriesPoint(DateTimeOffset Time, long Events, long? Installs, long? Failures);

/// <summary>Answer of <c>/v1/stats/users</c>.</summary>
/// <param name="Daily">Distinct installs on the last day of the range.</param>
/// <param name="Weekly">Distinct installs in the 7 days that end with it.</param>
/// <param name="Monthly">Distinct installs in the 30 days that end with it.</param>
/// <param name="Days">New against returning, day by day.</param>
public sealed record UsersAnswer(long Daily, long Weekly, long Monthly, IReadOnlyList<UsersDay> Days);

/// <summary>One day's installs.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Active">Distinct installs.</param>
/// <param name="New">Those seen for the first time; <c>null</c> under a filter.</param>
/// <param name="Returning">The others; <c>null</c> under a filter.</param>
public sealed record UsersDay(DateOnly Day, long Active, long? New, long? Returning);
