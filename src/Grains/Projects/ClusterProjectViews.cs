using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Storage;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Projects;

/// <summary>
/// The views of the cluster: a question goes to the grain of its project. If the grain doesn't return in time, or its silo is lost, a view
/// of this process computes the answer from the store, also of the questions of the next second.
/// </summary>
internal sealed partial class ClusterProjectViews(LocalProjectViews local, GrainHost host, ILogger<ClusterProjectViews> logger)
    : IProjectViews
{
    private const int MostAvoided = 100_000;
    private static readonly TimeSpan Avoidance = TimeSpan.FromSeconds(1);

    // When the grains that were not available were last called.
    private readonly ConcurrentDictionary<Guid, long> _unavailable = new();

    /// <inheritdoc />
    public async Task<TAnswer> AskAsync<TAnswer>(
        Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (host.Grains is { } grains && !IsAvoided(projectId))
        {
            try
            {
                var answer = AskGrainAsync(grains.GetGrain<IProjectGrain>(projectId), question, cancellationToken);
                return await answer.WaitAsync(GrainHost.ResponseTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (IsOfCluster(fault, cancellationToken))
            {
                // Those that are not asked about again would remain.
                if (_unavailable.Count >= MostAvoided)
                    _unavailable.Clear();
                _unavailable[projectId] = Stopwatch.GetTimestamp();
                LogAskedLocally(fault.GetType().Name, fault.Message);
            }
        }

        return await local.AskAsync(projectId, question, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void MergeCommitted(IReadOnlyList<RollupDelta> deltas) => local.MergeCommitted(deltas);

    private bool IsAvoided(Guid projectId)
    {
        if (!_unavailable.TryGetValue(projectId, out var since))
            return false;
        if (Stopwatch.GetElapsedTime(since) < Avoidance)
            return true;
        _unavailable.TryRemove(new(projectId, since));
        return false;
    }

    private static async Task<TAnswer> AskGrainAsync<TAnswer>(
        IProjectGrain grain, StatsQuestion<TAnswer> question, CancellationToken cancellationToken)
    {
        object answer = question switch
        {
            OverviewQuestion overview => (await grain.OverviewAsync(new(overview), cancellationToken).ConfigureAwait(false)).Value,
            TopQuestion top => (await grain.TopAsync(new(top), cancellationToken).ConfigureAwait(false)).Value,
            SeriesQuestion series => (await grain.SeriesAsync(new(series), cancellationToken).ConfigureAwait(false)).Value,
            UsersQuestion users => (await grain.UsersAsync(new(users), cancellationToken).ConfigureAwait(false)).Value,
            _ => throw new NotSupportedException($"Rollups don't answer a question of type {question.GetType().Name}."),
        };
        return (TAnswer)answer;
    }

    // These two would be the outcome in this process, too. All else may be due to the other process, which may be of another version.
    private static bool IsOfCluster(Exception fault, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && fault is not (StorageUnavailableException or ProjectOverloadedException);

    [LoggerMessage(1, LogLevel.Debug, "A project's grain was not available ({Fault}: {Message}); a view of this process was used.")]
    private partial void LogAskedLocally(string fault, string message);
}
