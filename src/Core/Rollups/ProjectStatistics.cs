using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Computes the answers of statistics questions: from the project's view if stored rollups contain the data, and otherwise from the
/// project's events.
/// </summary>
public sealed class ProjectStatistics(IProjectViews views, IEventStore events, IRollupStore rollups)
{
    private readonly EventCounting _counting = new(events, rollups);

    /// <summary>Computes the answer of a question.</summary>
    /// <exception cref="ProjectOverloadedException">Too many calls of the project wait.</exception>
    /// <exception cref="ResourceFullException">Too many scans of the project or the tenant wait.</exception>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(ProjectRef project, StatsQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (question.IsKeptInRollups)
        {
            var answer = await views.AskAsync(project.ProjectId, question, cancellationToken).ConfigureAwait(false);
            if (!question.NeedsEvents(answer))
                return answer;
        }

        return await AskAsync(project, question.FromEvents(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Computes the answer of a question from the events.</summary>
    /// <exception cref="ResourceFullException">Too many scans of the project or the tenant wait.</exception>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(ProjectRef project, EventQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        var counted = await _counting.CountAsync(project, question.Query, question.Ranges, question.Counts, cancellationToken)
            .ConfigureAwait(false);
        return question.Compute(counted);
    }

    /// <summary>
    /// Deletes all of an install's events in both environments and rebuilds the counters of the days it touched. Returns the number of
    /// deleted events.
    /// </summary>
    /// <param name="projectId">The project.</param>
    /// <param name="install">The keyed hash of the <c>user_id</c>.</param>
    /// <param name="record">What is recorded of the deletion in the same transaction, or <c>null</c>.</param>
    /// <param name="cancellationToken">Cancels the deletion; then nothing is deleted.</param>
    public Task<long> DeleteInstallAsync(Guid projectId, long install, DeletionRecord? record, CancellationToken cancellationToken) =>
        events.DeleteInstallAsync(projectId, install, RebuildDayAsync, record, cancellationToken);

    private static async ValueTask<byte[]> RebuildDayAsync(IAsyncEnumerable<EventBatch> events, long newInstalls)
    {
        var rollup = new Rollup(RollupScale.Day);
        await foreach (var batch in events.ConfigureAwait(false))
            rollup.Add(batch, 0, batch.Count);
        rollup.AddNewInstalls(newInstalls);
        return rollup.Serialize();
    }
}
