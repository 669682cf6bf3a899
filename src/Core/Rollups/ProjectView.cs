using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// A project's rolling counters in memory. A cache and never the truth: what it lacks it reads from the store, so an answer is at most
/// <see cref="Limits.ViewAge"/> old. The host makes one call at a time, so nothing here locks.
/// </summary>
public sealed class ProjectView(Guid projectId, IRollupStore store, TimeProvider time)
{
    private readonly RollupView[] _views =
    [
        new(projectId, DataEnvironment.Live, store, time),
        new(projectId, DataEnvironment.Test, store, time),
    ];

    /// <summary>Loads the rollups that a question needs and computes its answer.</summary>
    public async Task<TAnswer> AskAsync<TAnswer>(StatsQuestion<TAnswer> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var view = _views[(int)question.Query.Environment];
        return question.Compute(await view.LoadAsync(question.Days, question.AcceptsMonths, CancellationToken.None).ConfigureAwait(false));
    }

    /// <summary>Merges committed deltas into the days that the view holds.</summary>
    public void Merge(IReadOnlyList<RollupDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        foreach (var delta in deltas)
            _views[(int)delta.Environment].Merge(delta);
    }
}
