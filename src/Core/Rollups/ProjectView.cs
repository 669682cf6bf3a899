using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A cache of a project's counters. It reads missing data from the store, so an answer is at most <see cref="Limits.ViewAge"/> old. Not
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
        return question.Compute(
            await view.LoadAsync(question.WholeRanges, question.DailyRange, CancellationToken.None).ConfigureAwait(false));
    }

    /// <summary>Makes the next question read what has changed in the store, however young the view is.</summary>
    public void Invalidate()
    {
        foreach (var view in _views)
            view.Invalidate();
    }

    /// <summary>Merges committed deltas into the cached days.</summary>
    public void Merge(IReadOnlyList<RollupDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        foreach (var delta in deltas)
            _views[(int)delta.Environment].Merge(delta);
    }
}
