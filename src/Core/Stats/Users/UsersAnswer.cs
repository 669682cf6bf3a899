namespace TelemetryKit.Core.Stats.Users;

/// <summary>
/// Active installs by day, week and month: of the events that were counted, and <c>null</c> if a filter selects a name that the counters
/// may have evicted and don't have.
/// </summary>
/// <param name="Daily">Distinct installs on the last day of the range.</param>
/// <param name="Weekly">Distinct installs in the 7 days that end with it.</param>
/// <param name="Monthly">Distinct installs in the 30 days that end with it.</param>
/// <param name="Days">New and returning installs, day by day.</param>
/// <param name="Accuracy">How accurate the numbers are.</param>
public sealed record UsersAnswer(long? Daily, long? Weekly, long? Monthly, IReadOnlyList<UsersDay> Days, Accuracy Accuracy);

/// <summary>One day's installs.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Active">Distinct installs.</param>
/// <param name="New">
/// Those seen for the first time; <c>null</c> under a filter. The number is exact, but never more than an estimate of the active ones.
/// </param>
/// <param name="Returning">The others; <c>null</c> under a filter.</param>
public sealed record UsersDay(DateOnly Day, long? Active, long? New, long? Returning);
