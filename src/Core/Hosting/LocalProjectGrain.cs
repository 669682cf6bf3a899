using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Hosting;

/// <summary>A reference to a project's grain in this process: each call waits for the grain's turn.</summary>
internal sealed class LocalProjectGrain(LocalProjectGrains host, Guid projectId) : IProjectGrain
{
    public Task<OverviewAnswer> OverviewAsync(StatsQuery query) => host.CallAsync(projectId, g => g.OverviewAsync(query));

    public Task<TopAnswer> TopAsync(StatsQuery query, Dimension by, int limit) => host.CallAsync(projectId, g => g.TopAsync(query, by, limit));

    public Task<SeriesAnswer> SeriesAsync(StatsQuery query, SeriesInterval interval) => host.CallAsync(projectId, g => g.SeriesAsync(query, interval));

    public Task<UsersAnswer> UsersAsync(StatsQuery query) => host.CallAsync(projectId, g => g.UsersAsync(query));

    public Task HearAsync(IReadOnlyList<RollupDelta> deltas) => host.CallAsync(projectId, async g =>
    {
        await g.HearAsync(deltas).ConfigureAwait(false);
        return true;
    });
}
