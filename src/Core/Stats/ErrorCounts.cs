using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// Counts the events of type <c>error</c> that a query selects. Tallies don't count them: the tables of types and subjects do.
/// </summary>
internal static class ErrorCounts
{
    /// <summary>Returns the query for only the errors of a query, or <c>null</c> if it selects no errors.</summary>
    public static StatsQuery? OnlyErrors(StatsQuery query) =>
        query.Type is null or EventTypes.Error ? query with { Type = EventTypes.Error } : null;

    /// <summary>Returns the number of errors, or <c>null</c> if it isn't known exactly.</summary>
    public static long? Of(IReadOnlyList<Rollup> rollups, StatsQuery query)
    {
        if (OnlyErrors(query) is not { } errors)
            return 0;
        var totals = Totals.Of(rollups, errors);
        return totals.Missed > 0 ? null : totals.Events;
    }
}
