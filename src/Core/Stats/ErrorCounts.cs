using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>Counts the events of type <c>error</c> that a query selects. Tallies don't count them: the tables of types and subjects do.</summary>
internal static class ErrorCounts
{
    private const string ErrorType = "error";

    /// <summary>Returns the query for only the errors of a query, or <c>null</c> if it selects no errors.</summary>
    public static StatsQuery? OnlyErrors(StatsQuery query) => query.Type is null or ErrorType ? query with { Type = ErrorType } : null;

    /// <summary>
    /// Whether rollups count the errors of a query completely. Errors have subjects, so under a filter by version or actor they are
    /// incomplete if a subject of an error has no breakdown.
    /// </summary>
    public static bool AreComplete(IReadOnlyList<Rollup> rollups)
    {
        foreach (var rollup in rollups)
        {
            foreach (var subject in rollup.Subjects)
            {
                if (subject.Name.Type == ErrorType && subject.Context is null)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Returns the number of errors, or <c>null</c> if it isn't known.</summary>
    public static long? Of(IReadOnlyList<Rollup> rollups, StatsQuery query)
    {
        if (OnlyErrors(query) is not { } errors)
            return 0;
        var isNarrowed = query.Version is not null || query.Actor is not null;
        return isNarrowed && !AreComplete(rollups) ? null : Totals.Of(rollups, errors).Events;
    }
}
