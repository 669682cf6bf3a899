using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Stats.Live;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Stats;

namespace TelemetryKit.Api.Tests.Stats;

/// <summary>Tests the latency of a live view with a manual clock, so the result doesn't depend on the machine's speed.</summary>
public sealed class LiveFeedTests(SharedServer shared)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task An_event_is_shown_within_two_seconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var project = await shared.Server.NewProjectAsync();
        var feed = new LiveFeed(project.Project.Ref.ProjectId, DataEnvironment.Live, shared.Server.Store.Events, time);
        var view = new LiveView(new StatsQuery(DataEnvironment.Live, default, default), null);
        Assert.True(feed.TryAdd(view));
        var running = feed.RunAsync();
        Assert.Empty(await NextAsync(view));

        await project.SendAsync(TestProject.OneEvent);
        Assert.False(view.Ticks.TryRead(out _));
        time.Advance(Promised);
        Assert.Equal("build", Assert.Single(await NextAsync(view)).Event.Subject);

        feed.Remove(view);
        time.Advance(Promised);
        await running.WaitAsync(Timeout);
    }

    private static async Task<IReadOnlyList<LiveItem>> NextAsync(LiveView view)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        return await view.Ticks.ReadAsync(timeout.Token);
    }
}
