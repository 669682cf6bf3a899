using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Storage;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Tests;

public sealed class ProjectGrainTests
{
    private static readonly StatsQuery Query = new(DataEnvironment.Live, GrainWorld.Today, GrainWorld.Today);

    [Fact]
    public async Task Each_question_is_answered_by_the_view_of_the_process()
    {
        await using var world = await GrainWorld.StartAsync();
        var project = Guid.NewGuid();
        await world.CommitAsync(project, 7);
        var views = world.Get<IProjectViews>();
        Assert.True(Dimension.TryParse("feature", out var feature));

        Assert.Equal(7, (await views.AskAsync(project, new OverviewQuestion(Query), default)).Current.Events);
        Assert.Equal(7, (await views.AskAsync(project, new TopQuestion(Query, feature, 10), default)).Items.Single().Events);
        Assert.Equal(7, (await views.AskAsync(project, new SeriesQuestion(Query, SeriesInterval.Day), default)).Points.Single().Events);
        Assert.Equal(7, (await views.AskAsync(project, new UsersQuestion(Query), default)).Daily);
        Assert.Equal(1, world.Get<LocalProjectViews>().Count);
    }

    [Fact]
    public async Task A_commit_of_the_same_process_is_in_the_next_answer_without_a_read_of_the_store()
    {
        await using var world = await GrainWorld.StartAsync();
        var project = Guid.NewGuid();
        var views = world.Get<IProjectViews>();
        Assert.Equal(0, (await views.AskAsync(project, new OverviewQuestion(Query), default)).Current.Events);

        // The clock stands, so the view is not older than a second and reads nothing.
        views.MergeCommitted([await world.CommitAsync(project, 7)]);

        Assert.Equal(7, (await views.AskAsync(project, new OverviewQuestion(Query), default)).Current.Events);
    }

    [Fact]
    public async Task An_unavailable_store_is_reported_as_such()
    {
        await using var world = await GrainWorld.StartAsync();
        world.Rollups.Fault = new StorageUnavailableException("away");

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => world.Get<IProjectViews>().AskAsync(Guid.NewGuid(), new OverviewQuestion(Query), default));

        Assert.Equal("away", fault.Message);
        Assert.Equal(1, world.Rollups.Reads);
    }

    [Fact]
    public async Task A_question_that_the_process_of_the_grain_does_not_support_is_computed_by_the_caller()
    {
        await using var world = await GrainWorld.StartAsync();
        var project = Guid.NewGuid();
        await world.CommitAsync(project, 7);
        world.Rollups.NextRead = Task.FromException(new NotSupportedException("A process of an earlier version."));

        var answer = await world.Get<IProjectViews>().AskAsync(project, new OverviewQuestion(Query), default);

        Assert.Equal(7, answer.Current.Events);
        Assert.Equal(2, world.Rollups.Reads);
    }

    [Fact]
    public async Task A_cancelled_question_is_cancelled()
    {
        await using var world = await GrainWorld.StartAsync();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => world.Get<IProjectViews>().AskAsync(Guid.NewGuid(), new OverviewQuestion(Query), cancellation.Token));
    }

    [Fact]
    public async Task Without_a_silo_the_process_computes_the_answer_itself()
    {
        await using var world = await GrainWorld.StartAsync();
        var project = Guid.NewGuid();
        await world.CommitAsync(project, 7);
        await world.Get<GrainHost>().StopAsync(default);

        Assert.Null(world.Get<GrainHost>().Grains);
        var answer = await world.Get<IProjectViews>().AskAsync(project, new OverviewQuestion(Query), default);
        Assert.Equal(7, answer.Current.Events);
    }

    [Fact]
    public async Task A_grain_that_hangs_is_replaced_by_a_view_of_the_process()
    {
        await using var world = await GrainWorld.StartAsync();
        var project = Guid.NewGuid();
        await world.CommitAsync(project, 7);
        var hang = new TaskCompletionSource();
        world.Rollups.NextRead = hang.Task;

        // The view that hangs is the one of this process, too, so it is replaced as if it had been one of another.
        var answer = world.Get<IProjectViews>().AskAsync(project, new OverviewQuestion(Query), default);
        await world.Rollups.HasRead;
        world.Get<LocalProjectViews>().Remove(project);

        Assert.Equal(7, (await answer).Current.Events);
        Assert.Equal(2, world.Rollups.Reads);
        hang.SetResult();
    }
}
