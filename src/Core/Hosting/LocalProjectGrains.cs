using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Hosting;

/// <summary>
/// Hosts project grains in this process: activated by their first call, let go when idle or when there are too many. Complete for a
/// single node; with several replicas on one store each has its own view, which the grains re-read.
/// </summary>
public sealed partial class LocalProjectGrains(IRollupStore store, TimeProvider time, ILogger<LocalProjectGrains> logger) : IProjectGrains
{
    private readonly ConcurrentDictionary<Guid, Activation<ProjectGrain>> _active = new();

    /// <summary>Grains in memory.</summary>
    public int ActiveCount => _active.Count;

    /// <inheritdoc />
    public IProjectGrain Get(Guid projectId) => new LocalProjectGrain(this, projectId);

    /// <inheritdoc />
    public void Hear(IReadOnlyList<RollupDelta> deltas)
    {
        foreach (var project in deltas.GroupBy(d => d.ProjectId))
        {
            // An inactive grain has nothing to keep up to date.
            if (_active.TryGetValue(project.Key, out var activation))
                _ = TellAsync(activation, project.ToArray());
        }
    }

    /// <summary>Lets idle grains go, and the longest idle ones where there are too many. Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            Sweep();
    }

    internal async Task<T> CallAsync<T>(Guid projectId, Func<ProjectGrain, Task<T>> call)
    {
        while (true)
        {
            var activation = _active.GetOrAdd(projectId, id => new(new ProjectGrain(id, store, time), time));
            var (ran, result) = await activation.CallAsync(call).ConfigureAwait(false);
            if (ran)
                return result!;
        }
    }

    internal void Sweep()
    {
        var tooMany = _active.Count - Limits.ActiveGrains;
        foreach (var (id, activation) in _active.OrderByDescending(a => a.Value.Idle))
        {
            if (activation.Idle < Limits.GrainIdle && tooMany-- <= 0)
                break;
            // Closed before it is removed: a call that found it waits its turn, sees that and activates the grain anew.
            if (activation.TryClose())
                _active.TryRemove(new(id, activation));
        }
    }

    private async Task TellAsync(Activation<ProjectGrain> activation, IReadOnlyList<RollupDelta> deltas)
    {
        try
        {
            await activation.CallAsync(async grain =>
            {
                await grain.HearAsync(deltas).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It will be re-read: hearing only makes the view younger.
            LogNotHeard(e);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "A grain did not hear of a commit; it will re-read the store.")]
    private partial void LogNotHeard(Exception fault);
}
