using System.Diagnostics.CodeAnalysis;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A cache of a project's counters. It reads missing data from the store, so an answer is at most <see cref="Limits.ViewAge"/> old, and
/// never older than the <see cref="StatsQuery.Generation"/> of its question. It runs one call at a time, in order of arrival.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no wait handle, and a removed view may still be in use.")]
public sealed class ProjectView(Guid projectId, IRollupStore store, TimeProvider time)
{
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly RollupView[] _views =
    [
        new(projectId, DataEnvironment.Live, store, time),
        new(projectId, DataEnvironment.Test, store, time),
    ];

    private long _lastUsed = time.GetTimestamp();
    private long? _measuredAt;
    private long _bytes;
    private int _calls;

    /// <summary>The time of the last question, in ticks of the clock.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>Estimated bytes of the counters, at most about a second old.</summary>
    public long EstimatedBytes => Volatile.Read(ref _bytes);

    /// <summary>Loads the rollups for a question and computes its answer.</summary>
    /// <exception cref="ProjectOverloadedException"><see cref="Limits.WaitingCallsPerView"/> calls wait already.</exception>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    public Task<TAnswer> AskAsync<TAnswer>(StatsQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        return InTurnAsync(
            async () =>
            {
                Volatile.Write(ref _lastUsed, time.GetTimestamp());
                var view = _views[(int)question.Query.Environment];
                var rollups = await view
                    .LoadAsync(question.WholeRanges, question.DailyRange, question.Query.Generation, cancellationToken)
                    .ConfigureAwait(false);
                return question.Compute(rollups);
            },
            cancellationToken);
    }

    /// <summary>Merges committed deltas into the cached days.</summary>
    /// <exception cref="ProjectOverloadedException"><see cref="Limits.WaitingCallsPerView"/> calls wait already.</exception>
    public Task MergeAsync(IReadOnlyList<RollupDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        var committedAt = time.GetTimestamp();
        return InTurnAsync(
            () =>
            {
                foreach (var delta in deltas)
                    _views[(int)delta.Environment].Merge(delta, committedAt);
                return Task.FromResult(true);
            },
            CancellationToken.None);
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _calls) > Limits.WaitingCallsPerView)
                throw new ProjectOverloadedException("Too many calls wait for this project.");
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await call().ConfigureAwait(false);
            }
            finally
            {
                Measure();
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    // A rollup that has changed is weighed by visiting its names, so a view is not weighed after each call.
    private void Measure()
    {
        if (_measuredAt is { } at && time.GetElapsedTime(at) < MeasureInterval)
            return;
        _measuredAt = time.GetTimestamp();
        Volatile.Write(ref _bytes, _views.Sum(view => view.EstimatedBytes));
    }
}
