using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>The rollups that a question is answered from. Days without events may be left out.</summary>
/// <param name="days">By UTC day.</param>
/// <param name="months">By first day of the month: each stands for all its days where a whole month is asked for, so it must be complete.</param>
/// <param name="scanned">
/// True where the rollups were built from events that a filter had chosen, to answer <see cref="StatsQuery.WithoutFilters"/>: then what only
/// the commit knows (new installs) is answered as unknown.
/// </param>
public sealed class RollupSet(IReadOnlyDictionary<DateOnly, Rollup> days, IReadOnlyDictionary<DateOnly, Rollup>? months = null, bool scanned = false)
{
    internal bool KnowsNewInstalls => !scanned;

    /// <summary>The rollup of a day; <c>null</c> where it has none.</summary>
    internal Rollup? Day(DateOnly day) => days.GetValueOrDefault(day);

    /// <summary>Rollups that together are the range (both ends inclusive), as few as there are.</summary>
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
