using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Grains;

/// <summary>
/// Hosts the views of projects in this process: activated by the first question, removed if idle or if there are too many. Replicas with
/// a shared store each have their own view of a project.
/// </summary>
public sealed partial class LocalProjectGrains(IRollupStore store, TimeProvider time, ILogger<LocalProjectGrains> logger) : IProjectViews
{
    private readonly ConcurrentDictionary<Guid, Activation<ProjectView>> _active = new();

    /// <summary>Views in memory.</summary>
    public int ActiveCount => _active.Count;

    /// <inheritdoc />
    public async Task<TAnswer> AskAsync<TAnswer>(Guid projectId, StatsQuestion<TAnswer> question)
    {
        while (true)
        {
            var activation = _active.GetOrAdd(projectId, id => new(new ProjectView(id, store, time), time));
            var (ran, answer) = await activation.CallAsync(view => view.AskAsync(question)).ConfigureAwait(false);
            if (ran)
                return answer!;
        }
    }

    /// <inheritdoc />
    public void MergeCommitted(IReadOnlyList<RollupDelta> deltas)
    {
        foreach (var project in deltas.GroupBy(delta => delta.ProjectId))
        {
            // An inactive view has no data to update.
            if (_active.TryGetValue(project.Key, out var activation))
                _ = MergeAsync(activation, project.ToArray());
        }
    }

    /// <summary>Removes idle views, and the longest idle ones if there are too many. Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            Sweep();
    }

    internal void Sweep()
    {
        var tooMany = _active.Count - Limits.ActiveGrains;
        foreach (var (id, activation) in _active.OrderByDescending(a => a.Value.Idle))
        {
            if (activation.Idle < Limits.GrainIdle && tooMany-- <= 0)
                break;
            // Closed before it is removed, so that a waiting call activates the view again and isn't lost.
            if (activation.TryClose())
                _active.TryRemove(new(id, activation));
        }
    }

    private async Task MergeAsync(Activation<ProjectView> activation, IReadOnlyList<RollupDelta> deltas)
    {
        try
        {
            await activation.CallAsync(view =>
            {
                view.Merge(deltas);
                return Task.FromResult(true);
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The view reads these deltas from the store later.
            LogNotMerged(e);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Committed deltas were not merged into a project's view. It will read them from the store.")]
    private partial void LogNotMerged(Exception fault);
}
