using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A cache of a project's counters. It reads missing data from the store, so an answer is at most <see cref="Limits.ViewAge"/> old, and
/// never older than the
/// <see cref="StatsQuery.Generation"/> of its question. Not
/// thread-safe: the host makes one call at a time.
/// </summary>
public sealed class ProjectView(Guid projectId, IRollupStore store, TimeProvider time)
{
    private readonly RollupView[] _views =
    [
        new(projectId, DataEnvironment.Live, store, time),
        new(projectId, DataEnvironment.Test, store, time),
    ];

    /// <summary>Loads the rollups for a question and computes its answer.</summary>
    public async Task<TAnswer> AskAsync<TAnswer>(StatsQuestion<TAnswer> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var view = _views[(int)question.Query.Environment];
        var rollups = await view.LoadAsync(question.WholeRanges, question.DailyRange, question.Query.Generation, CancellationToken.None)
            .ConfigureAwait(false);
        return question.Compute(rollups);
    }

    /// <summary>Merges committed deltas into the cached days.</summary>
    public void Merge(IReadOnlyList<RollupDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        foreach (var delta in deltas)
            _views[(int)delta.Environment].Merge(delta);
    }
}
