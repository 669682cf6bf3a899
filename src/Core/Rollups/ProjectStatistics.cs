using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Hosting;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Every statistic of a project: from its grain where rollups can answer, and otherwise from its events, which are counted into rollups on the fly and
/// asked the same question. The scan runs outside the grain's turn, so it never keeps the others waiting, and few run at once.
/// </summary>
public sealed class ProjectStatistics(IProjectGrains grains, IEventStore events) : IDisposable
{
    private readonly SemaphoreSlim _scans = new(Limits.ConcurrentScans);
    private readonly ProjectShare _share = new(Limits.ScansPerProject);

    /// <summary>Figures of a range and of the one before it.</summary>
    public async Task<OverviewAnswer> OverviewAsync(Guid projectId, StatsQuery query, CancellationToken cancellationToken) =>
        Statistics.CanAnswerOverview(query)
            ? await grains.Get(projectId).OverviewAsync(query).ConfigureAwait(false)
            : Statistics.Overview(await ScanAsync(projectId, query, Statistics.OverviewNeeds(query), cancellationToken).ConfigureAwait(false), query.WithoutFilters());

    /// <summary>A top list.</summary>
    public async Task<TopAnswer> TopAsync(Guid projectId, StatsQuery query, Dimension by, int limit, CancellationToken cancellationToken) =>
        Statistics.CanAnswerTop(query, by)
            ? await grains.Get(projectId).TopAsync(query, by, limit).ConfigureAwait(false)
            : Statistics.Top(await ScanAsync(projectId, query, Statistics.RangeNeeds(query), cancellationToken).ConfigureAwait(false), query.WithoutFilters(), by, limit);

    /// <summary>A series.</summary>
    public async Task<SeriesAnswer> SeriesAsync(Guid projectId, StatsQuery query, SeriesInterval interval, CancellationToken cancellationToken) =>
        Statistics.CanAnswerSeries(query, interval)
            ? await grains.Get(projectId).SeriesAsync(query, interval).ConfigureAwait(false)
            : Statistics.Series(await ScanAsync(projectId, query, Statistics.RangeNeeds(query), cancellationToken).ConfigureAwait(false), query.WithoutFilters(), interval);

    /// <summary>Active, new and returning installs.</summary>
    public async Task<UsersAnswer> UsersAsync(Guid projectId, StatsQuery query, CancellationToken cancellationToken) =>
        Statistics.CanAnswerUsers(query)
            ? await grains.Get(projectId).UsersAsync(query).ConfigureAwait(false)
            : Statistics.Users(await ScanAsync(projectId, query, Statistics.UsersNeeds(query), cancellationToken).ConfigureAwait(false), query.WithoutFilters());

    /// <summary>
    /// Deletes all of an install's events in both environments and rebuilds the counters of the days it touched. Answers how many events went.
    /// </summary>
    /// <param name="projectId">The project.</param>
    /// <param name="install">The keyed hash of the <c>user_id</c>.</param>
    /// <param name="cancellationToken">Stops it; then nothing is deleted.</param>
    public Task<long> DeleteInstallAsync(Guid projectId, long install, CancellationToken cancellationToken) =>
        events.DeleteInstallAsync(projectId, install, RebuildDayAsync, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _scans.Dispose();

    private static async ValueTask<byte[]> RebuildDayAsync(IAsyncEnumerable<Events.EventBatch> events, long newInstalls)
    {
        var rollup = new Rollup();
        await foreach (var batch in events.ConfigureAwait(false))
            rollup.Add(batch, 0, batch.Count);
        rollup.AddNewInstalls(newInstalls);
        return rollup.Serialize();
    }

    private async Task<RollupSet> ScanAsync(Guid projectId, StatsQuery query, DayRange range, CancellationToken cancellationToken)
    {
        if (!_share.TryTake(projectId))
            throw new GrainOverloadedException("Too many filtered statistics of this project are waited for.");
        try
        {
            await _scans.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await ScanInTurnAsync(projectId, query, range, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _scans.Release();
            }
        }
        finally
        {
            _share.GiveBack(projectId);
        }
    }

    private async Task<RollupSet> ScanInTurnAsync(Guid projectId, StatsQuery query, DayRange range, CancellationToken cancellationToken)
    {
        var days = new RollupsByDay();
        var chosen = new EventQuery(projectId, query.Environment, StartOf(range.From), StartOf(range.To.AddDays(1)))
        {
            Subjects = query.SubjectNames(), Type = query.Type, Version = query.Version, Actor = query.Actor,
        };
        await foreach (var batch in events.ScanAsync(chosen, cancellationToken).ConfigureAwait(false))
            days.Add(batch);
        return new(days.Days, scanned: true);
    }

    private static long StartOf(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;
}
