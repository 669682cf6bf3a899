using Orleans.Concurrency;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Grains.Projects;

/// <summary>
/// Places the view of a project on one silo of the cluster. The view itself is one of the process (<see cref="LocalProjectViews"/>), where
/// commits find it without a grain call, and runs one call at a time. So calls of the grain may interleave.
/// </summary>
[Reentrant]
[GrainType("project")]
internal sealed class ProjectGrain(LocalProjectViews views) : Grain, IProjectGrain
{
    public Task<Immutable<OverviewAnswer>> OverviewAsync(Immutable<OverviewQuestion> question, CancellationToken cancellationToken) =>
        AskAsync(question.Value, cancellationToken);

    public Task<Immutable<TopAnswer>> TopAsync(Immutable<TopQuestion> question, CancellationToken cancellationToken) =>
        AskAsync(question.Value, cancellationToken);

    public Task<Immutable<SeriesAnswer>> SeriesAsync(Immutable<SeriesQuestion> question, CancellationToken cancellationToken) =>
        AskAsync(question.Value, cancellationToken);

    public Task<Immutable<UsersAnswer>> UsersAsync(Immutable<UsersQuestion> question, CancellationToken cancellationToken) =>
        AskAsync(question.Value, cancellationToken);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        views.Remove(this.GetPrimaryKey());
        return Task.CompletedTask;
    }

    private async Task<Immutable<TAnswer>> AskAsync<TAnswer>(StatsQuestion<TAnswer> question, CancellationToken cancellationToken) =>
        new(await views.AskAsync(this.GetPrimaryKey(), question, cancellationToken));
}
