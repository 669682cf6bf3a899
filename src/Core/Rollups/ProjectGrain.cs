using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A project's rolling counters in memory, as <see cref="IProjectGrain"/> says. Knows nothing of who hosts it; the host calls it once at a
/// time, so nothing in here locks.
/// </summary>
public sealed class ProjectGrain(Guid projectId, IRollupStore store, TimeProvider time) : IProjectGrain
{
    private readonly RollupView[] _views =
    [
        new(projectId, DataEnvironment.Live, store, time),
        new(projectId, DataEnvironment.Test, store, time),
    ];

    /// <inheritdoc />
    public async Task<OverviewAnswer> OverviewAsync(StatsQuery query) =>
        Statistics.Overview(await LoadAsync(query, Statistics.OverviewNeeds(query), wholeMonths: true).ConfigureAwait(false), query);

    /// <inheritdoc />
    public async Task<TopAnswer> TopAsync(StatsQuery query, Dimension by, int limit) =>
        Statistics.Top(await LoadAsync(query, Statistics.RangeNeeds(query), wholeMonths: true).ConfigureAwait(false), query, by, limit);

    /// <inheritdoc />
    public async Task<SeriesAnswer> SeriesAsync(StatsQuery query, SeriesInterval interval) =>
        Statistics.Series(await LoadAsync(query, Statistics.RangeNeeds(query), wholeMonths: interval == SeriesInterval.Month).ConfigureAwait(false), query, interval);

    /// <inheritdoc />
    public async Task<UsersAnswer> UsersAsync(StatsQuery query) =>
        Statistics.Users(await LoadAsync(query, Statistics.UsersNeeds(query), wholeMonths: false).ConfigureAwait(false), query);

    /// <inheritdoc />
    public Task HearAsync(IReadOnlyList<RollupDelta> deltas)
    {
        foreach (var delta in deltas)
            _views[(int)delta.Environment].Hear(delta);
        return Task.CompletedTask;
    }

    private Task<RollupSet> LoadAsync(StatsQuery query, DayRange needed, bool wholeMonths) =>
        _views[(int)query.Environment].LoadAsync(needed, wholeMonths, CancellationToken.None);
}
