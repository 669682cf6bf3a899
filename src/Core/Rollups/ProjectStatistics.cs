using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Computes the answers of statistics questions: from the project's view if stored rollups contain the data, and otherwise from the
/// project's events, which are counted into rollups for the question. The number of concurrent scans is bounded.
/// </summary>
public sealed class ProjectStatistics(IProjectViews views, IEventStore events) : IDisposable
{
    private readonly SemaphoreSlim _scans = new(Limits.ConcurrentScans);
    private readonly ProjectShare _share = new(Limits.ScansPerProject);

    /// <summary>Computes the answer of a question.</summary>
    /// <exception cref="ProjectOverloadedException">Too many calls or scans of the project wait.</exception>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (question.IsKeptInRollups)
            return await views.AskAsync(projectId, question).ConfigureAwait(false);
        var days = await ScanAsync(projectId, question.Query, question.Days, cancellationToken).ConfigureAwait(false);
        return question.WithoutFilters().Compute(RollupSet.OfDays(question, days, scanned: true));
    }

    /// <summary>
    /// Deletes all of an install's events in both environments and rebuilds the counters of the days it touched. Returns the number of
    /// deleted events.
    /// </summary>
    /// <param name="projectId">The project.</param>
    /// <param name="install">The keyed hash of the <c>user_id</c>.</param>
    /// <param name="cancellationToken">Cancels the deletion; then nothing is deleted.</param>
    public Task<long> DeleteInstallAsync(Guid projectId, long install, CancellationToken cancellationToken) =>
        events.DeleteInstallAsync(projectId, install, RebuildDayAsync, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _scans.Dispose();

    private static async ValueTask<byte[]> RebuildDayAsync(IAsyncEnumerable<EventBatch> events, long newInstalls)
    {
        var rollup = new Rollup(RollupScale.Day);
        await foreach (var batch in events.ConfigureAwait(false))
            rollup.Add(batch, 0, batch.Count);
        rollup.AddNewInstalls(newInstalls);
        return rollup.Serialize();
    }

    private async Task<IReadOnlyDictionary<DateOnly, Rollup>> ScanAsync(
        Guid projectId, StatsQuery query, DayRange range, CancellationToken cancellationToken)
    {
        if (!_share.TryTake(projectId))
            throw new ProjectOverloadedException("Too many filtered statistics of this project wait.");
        try
        {
            await _scans.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await ScanEventsAsync(projectId, query, range, cancellationToken).ConfigureAwait(false);
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

    private async Task<IReadOnlyDictionary<DateOnly, Rollup>> ScanEventsAsync(
        Guid projectId, StatsQuery query, DayRange range, CancellationToken cancellationToken)
    {
        var days = new RollupsByDay();
        var chosen = new EventQuery(projectId, query.Environment, StartOf(range.From), StartOf(range.To.AddDays(1)))
        {
            Subjects = query.SubjectNames(), Type = query.Type, Version = query.Version, Actor = query.Actor,
        };
        await foreach (var batch in events.ScanAsync(chosen, cancellationToken).ConfigureAwait(false))
            days.Add(batch);
        return days.Days;
    }

    private static long StartOf(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;
}
