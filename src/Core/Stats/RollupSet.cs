using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>The rollups that an answer is computed from. Days without events may be omitted.</summary>
/// <param name="days">By UTC day.</param>
/// <param name="months">
/// By first day of the month. Each replaces all its days if the range contains the whole month, so it must be complete.
/// </param>
/// <param name="scanned">
/// True if the rollups were built from events that a filter selected, for <see cref="StatsQuery.WithoutFilters"/>. Then new installs,
/// which only the commit knows, are unknown.
/// </param>
public sealed class RollupSet(
    IReadOnlyDictionary<DateOnly, Rollup> days,
    IReadOnlyDictionary<DateOnly, Rollup>? months = null,
    bool scanned = false)
{
    /// <summary>Returns the installs of rollups that were first seen in their days, or <c>null</c> if that isn't known.</summary>
    internal long? NewInstalls(List<Rollup> cover, StatsQuery query) =>
        scanned || query.HasFilters ? null : cover.Sum(rollup => rollup.NewInstalls);

    /// <summary>Returns the rollup of a day, or <c>null</c> if it has none.</summary>
    internal Rollup? Day(DateOnly day) => days.GetValueOrDefault(day);

    /// <summary>Returns the smallest number of rollups that together cover the range (both ends inclusive).</summary>
    internal List<Rollup> Cover(DateOnly from, DateOnly to)
    {
        var cover = new List<Rollup>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (day.Day == 1 && months is not null && day.AddMonths(1).AddDays(-1) <= to && months.TryGetValue(day, out var month))
            {
                cover.Add(month);
                day = day.AddMonths(1).AddDays(-1);
            }
            else if (Day(day) is { } rollup)
            {
                cover.Add(rollup);
            }
        }

        return cover;
    }
}
