using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Ranges;

/// <summary>The rollups that are in memory. It distinguishes days that have no events from days that are not loaded.</summary>
public interface ILoadedRollups
{
    /// <summary>Returns the rollup of a month that may replace its days, or <c>null</c> if there is none or if it isn't loaded.</summary>
    /// <param name="month">The first day of the month.</param>
    Rollup? FindMonth(DateOnly month);

    /// <summary>Returns false if the day isn't loaded. <paramref name="rollup"/> is <c>null</c> if the day has no events.</summary>
    bool TryFindDay(DateOnly day, out Rollup? rollup);
}

/// <summary>Days that were all loaded: those that the dictionary omits have no events.</summary>
internal sealed class LoadedDays(DayRange range, IReadOnlyDictionary<DateOnly, Rollup> days) : ILoadedRollups
{
    public Rollup? FindMonth(DateOnly month) => null;

    public bool TryFindDay(DateOnly day, out Rollup? rollup)
    {
        rollup = days.GetValueOrDefault(day);
        return range.Contains(day);
    }
}
