using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Stats.Live;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class LiveTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task Each_event_is_shown_once_on_arrival()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        for (var i = 0; i < 3; i++)
        {
            await project.SendAsync($$"""{"events":[{"event_type":"x","metadata":{"name":"n{{i}}"} }]}""");
            var shown = await view.NextAsync();
            Assert.Equal("event", shown.Event);
            Assert.Equal($"n{i}", (string?)shown.Data["subject"]);
            await Task.Delay(300);
        }

        Assert.False(await view.HasNextAsync());
    }

    [Fact]
    public async Task A_late_event_is_shown_after_newer_events()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"new"} }]}""");
        Assert.Equal("new", (string?)(await view.NextAsync()).Data["subject"]);
        var earlier = TimeProvider.System.GetUtcNow().AddMinutes(-3);
        await project.SendAsync($$"""{"events":[{"event_type":"x","timestamp":"{{earlier:O}}","metadata":{"name":"late"} }]}""");
        Assert.Equal("late", (string?)(await view.NextAsync()).Data["subject"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24 * 29)]
    public async Task An_event_of_an_offline_queue_is_shown_on_arrival_with_its_own_time(int hours)
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        await OfflineQueue.IsShownAsync(project, view, hours);
    }

    [Fact]
    public async Task A_reconnect_resumes_after_the_last_received_event()
    {
        var project = await _server.NewProjectAsync();
        var now = TimeProvider.System.GetUtcNow();
        await project.SendAsync(TestProject.Batch(
            5, i => $$$"""{"event_type":"x","timestamp":"{{{now.AddSeconds(i - 10):O}}}","metadata":{"name":"n{{{i}}}"} }"""));
        string id;
        await using (var view = await LiveClient.OpenAsync(project, ""))
        {
            Assert.Equal("n0", (string?)(await view.NextAsync()).Data["subject"]);
            Assert.Equal("n1", (string?)(await view.NextAsync()).Data["subject"]);
            id = (await view.NextAsync()).Id;
        }

        await using var again = await LiveClient.OpenAsync(project, "", id);
        Assert.Equal("n3", (string?)(await again.NextAsync()).Data["subject"]);
        Assert.Equal("n4", (string?)(await again.NextAsync()).Data["subject"]);
    }

    [Fact]
    public async Task A_view_shows_only_events_that_match_its_filter()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "?subject=b&env=test");
        await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"b"} }]}""");
        await project.SendAsync(
            """{"events":[{"event_type":"x","metadata":{"name":"a"} },{"event_type":"y","metadata":{"name":"b"} }]}""", project.TestKey);
        Assert.Equal("y", (string?)(await view.NextAsync()).Data["event_type"]);
        Assert.False(await view.HasNextAsync());
    }

    [Fact]
    public async Task A_view_of_events_without_a_subject_shows_them()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "?subject=(none)");
        await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"b"} },{"event_type":"y"}]}""");
        Assert.Equal("y", (string?)(await view.NextAsync()).Data["event_type"]);
        Assert.False(await view.HasNextAsync());
    }

    [Fact]
    public async Task The_store_is_polled_only_while_a_view_is_open()
    {
        await using var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        var feeds = server.Services.GetRequiredService<LiveFeeds>();
        await using (await LiveClient.OpenAsync(project, ""))
        await using (await LiveClient.OpenAsync(project, ""))
            Assert.Equal(1, feeds.Count);
        await Eventually.TrueAsync(() => feeds.Count == 0, "the feed ends");
        await using (await LiveClient.OpenAsync(project, ""))
            Assert.Equal(1, feeds.Count);
    }

    [Fact]
    public async Task A_view_ends_when_its_key_is_revoked()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        var (projectId, now) = (project.Project.Ref.ProjectId, TimeProvider.System.GetUtcNow());
        var key = (await _server.Store.Keys.ListAsync(projectId, now, default)).Single(k => k.Kind == KeyKind.Read);
        await _server.Store.Keys.RevokeAsync(projectId, key.Id, new AuditLine(Actor.Operator, AuditActions.KeyRevoked, now), default);
        await view.EndAsync();
    }

    [Fact]
    public async Task A_view_ends_when_the_server_stops()
    {
        var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        await server.DisposeAsync();
        // Throws if the server aborted the connection instead of ending the view.
        await view.EndAsync();
    }

    [Fact]
    public async Task The_number_of_views_is_limited()
    {
        await using var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        var feeds = server.Services.GetRequiredService<LiveFeeds>();
        var open = Enumerable.Range(0, Limits.LiveViewsPerProject).Select(_ => TryOpen(feeds, project.Project.Ref)).ToList();
        Assert.All(open, Assert.NotNull);
        // A project has a limit of its own, which leaves views for other projects.
        Assert.Null(TryOpen(feeds, project.Project.Ref));
        await (await server.Client.SendAsync(Request.Get("/v1/stats/live", project.ReadKey))).IsProblemAsync(503, "overloaded");
        open[0]!.Dispose();
        await using (await LiveClient.OpenAsync(project, ""))
        {
        }

        // A tenant with many projects has a limit, too.
        var others = Enumerable.Range(0, 10).Select(_ => new ProjectRef(Guid.NewGuid(), Guid.NewGuid())).ToArray();
        Assert.Equal(Limits.LiveViewsPerTenant, Enumerable.Range(0, 200).Count(
            _ => TryOpen(feeds, others[0] with { ProjectId = Guid.NewGuid() }) is { }));
        // And a source with keys of many tenants.
        var source = new SourceNetworks(1, 2, 3);
        Assert.Equal(Limits.LiveViewsPerSource, Enumerable.Range(0, 200).Count(
            i => TryOpen(feeds, others[1 + (i % 9)] with { ProjectId = Guid.NewGuid() }, source) is { }));
        foreach (var view in open.Skip(1))
            view!.Dispose();
    }

    [Fact]
    public async Task If_all_views_are_open_a_new_one_takes_the_place_of_one_of_the_tenant_with_the_most()
    {
        await using var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        var feeds = server.Services.GetRequiredService<LiveFeeds>();
        var tenants = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).ToArray();
        var first = Enumerable.Range(0, 500).Select(i => Open(tenants[i % 10])).ToArray();
        Assert.All(first, view => Assert.False(IsClosed(view)));

        await using (var view = await LiveClient.OpenAsync(project, ""))
        {
            Assert.Equal(1, first.Count(IsClosed));
            // A tenant that has as many gets no more.
            Assert.Null(feeds.TryOpen(new(tenants[0], Guid.NewGuid()), DataEnvironment.Live, NewView()));
        }

        bool IsClosed(LiveView view)
        {
            while (view.Ticks.TryRead(out _))
            {
            }

            return view.Ticks.Completion.IsCompleted;
        }

        LiveView Open(Guid tenant)
        {
            var view = NewView();
            Assert.NotNull(feeds.TryOpen(new(tenant, Guid.NewGuid()), DataEnvironment.Live, view));
            return view;
        }
    }

    private static IDisposable? TryOpen(LiveFeeds feeds, ProjectRef project, SourceNetworks source = default) =>
        feeds.TryOpen(project, DataEnvironment.Live, NewView(), in source);

    private static LiveView NewView() => new(new Core.Stats.StatsQuery(DataEnvironment.Live, default, default), null);
}
