using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// The active views of this process. A view is created by its first question and removed when it is idle, or when the views together
/// exceed their memory. A lost view loses no data, so each process may have its own view of the same project.
/// </summary>
public sealed partial class LocalProjectViews(IRollupStore store, TimeProvider time, ILogger<LocalProjectViews> logger) : IProjectViews
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<Guid, ProjectView> _active = new();

    // Of each active view the bytes that are part of the sum. _sizes is locked for both.
    private readonly Dictionary<ProjectView, long> _sizes = [];
    private long _bytes;

    /// <summary>Views in memory.</summary>
    public int Count => _active.Count;

    /// <summary>Estimated bytes of all views.</summary>
    public long EstimatedBytes => Volatile.Read(ref _bytes);

    /// <inheritdoc />
    public async Task<TAnswer> AskAsync<TAnswer>(
        Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        var view = _active.GetOrAdd(projectId, id => new(id, store, time));
        try
        {
            return await view.AskAsync(question, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Account(projectId, view);
        }
    }

    /// <inheritdoc />
    public void MergeCommitted(IReadOnlyList<RollupDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        foreach (var project in deltas.GroupBy(delta => delta.ProjectId))
        {
            // An inactive view has no data to update.
            if (_active.TryGetValue(project.Key, out var view))
                _ = MergeAsync(view, project.ToArray());
        }
    }

    /// <summary>Removes a view. Calls that use it continue with it, and the next question creates another one.</summary>
    public void Remove(Guid projectId)
    {
        if (_active.TryGetValue(projectId, out var view))
            TryRemove(projectId, view);
    }

    /// <summary>Removes idle views until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            Sweep();
    }

    internal void Sweep()
    {
        foreach (var (id, view) in _active)
        {
            if (time.GetElapsedTime(view.LastUsed) >= Limits.ViewIdle)
                TryRemove(id, view);
        }
    }

    /// <summary>
    /// Adds the size of a view to the sum, and removes the views that were used longest ago while there are too many or too large ones.
    /// </summary>
    private void Account(Guid projectId, ProjectView view)
    {
        lock (_sizes)
        {
            // A view that was removed meanwhile is no longer part of the sum.
            if (!_active.TryGetValue(projectId, out var active) || active != view)
                return;
            _bytes += view.EstimatedBytes - _sizes.GetValueOrDefault(view);
            _sizes[view] = view.EstimatedBytes;
            if (!IsFull)
                return;
            foreach (var (id, oldest) in _active.OrderBy(one => one.Value.LastUsed))
            {
                if (!IsFull)
                    return;
                TryRemove(id, oldest);
            }
        }
    }

    private bool IsFull => Count > Limits.ActiveViews || _bytes > Limits.ViewsBytes;

    private void TryRemove(Guid projectId, ProjectView view)
    {
        lock (_sizes)
        {
            if (_active.TryRemove(new(projectId, view)) && _sizes.Remove(view, out var bytes))
                _bytes -= bytes;
        }
    }

    private async Task MergeAsync(ProjectView view, RollupDelta[] deltas)
    {
        try
        {
            await view.MergeAsync(deltas).ConfigureAwait(false);
            Account(deltas[0].ProjectId, view);
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
