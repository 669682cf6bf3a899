using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// The one owner of a project's counters in memory. Runs one call at a time, wherever it is hosted. A cache and never the truth: what it
/// misses, it re-reads from the store, so every answer is at most <see cref="Limits.ViewAge"/> old. Answers only what rollups can answer
/// (<c>Statistics.CanAnswer…</c>); <see cref="ProjectStatistics"/> answers everything.
/// </summary>
public interface IProjectGrain
{
    /// <summary>Figures of a range and of the one before it.</summary>
    Task<OverviewAnswer> OverviewAsync(StatsQuery query);

    /// <summary>A top list.</summary>
    Task<TopAnswer> TopAsync(StatsQuery query, Dimension by, int limit);

    /// <summary>A series.</summary>
    Task<SeriesAnswer> SeriesAsync(StatsQuery query, SeriesInterval interval);

    /// <summary>Active, new and returning installs.</summary>
    Task<UsersAnswer> UsersAsync(StatsQuery query);

    /// <summary>Hears of deltas that were committed. One way: nobody waits, and one that gets lost is re-read.</summary>
    Task HearAsync(IReadOnlyList<RollupDelta> deltas);
}
