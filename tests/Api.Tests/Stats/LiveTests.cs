using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Stats.Live;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class LiveTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task Events_are_shown_as_they_arrive_each_once()
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
    public async Task An_event_that_is_late_is_shown_although_newer_ones_were()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"new"} }]}""");
        Assert.Equal("new", (string?)(await view.NextAsync()).Data["subject"]);
        await project.SendAsync($$"""{"events":[{"event_type":"x","timestamp":"{{TimeProvider.System.GetUtcNow().AddMinutes(-3):O}}","metadata":{"name":"late"} }]}""");
        Assert.Equal("late", (string?)(await view.NextAsync()).Data["subject"]);
    }

    [Fact]
    public async Task A_connection_that_broke_off_resumes_after_the_last_event_it_saw()
    {
        var project = await _server.NewProjectAsync();
        var now = TimeProvider.System.GetUtcNow();
        await project.SendAsync(TestProject.Batch(5, i => $$$"""{"event_type":"x","timestamp":"{{{now.AddSeconds(i - 10):O}}}","metadata":{"name":"n{{{i}}}"} }"""));
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
    public async Task A_view_shows_what_its_filter_leaves()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "?subject=b&env=test");
        await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"b"} }]}""");
        await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"a"} },{"event_type":"y","metadata":{"name":"b"} }]}""", project.TestKey);
        Assert.Equal("y", (string?)(await view.NextAsync()).Data["event_type"]);
        Assert.False(await view.HasNextAsync());
    }

    [Fact]
    public async Task The_store_is_polled_only_while_somebody_watches()
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
    public async Task A_view_ends_with_its_key()
    {
        var project = await _server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        var key = (await _server.Store.Keys.ListAsync(project.Project.Ref.ProjectId, TimeProvider.System.GetUtcNow(), default)).Single(k => k.Kind == KeyKind.Read);
        await _server.Store.Keys.RevokeAsync(project.Project.Ref.ProjectId, key.Id, new AuditLine(Actor.Operator, AuditActions.KeyRevoked, TimeProvider.System.GetUtcNow()), default);
        await view.EndAsync();
    }

    [Fact]
    public async Task A_view_ends_when_the_server_stops()
    {
        var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        await using var view = await LiveClient.OpenAsync(project, "");
        await server.DisposeAsync();
        // In order: a view that the stopping server had to cut off would throw here.
        await view.EndAsync();
    }

    [Fact]
    public async Task Views_are_bounded()
    {
        await using var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        var feeds = server.Services.GetRequiredService<LiveFeeds>();
        var query = new Core.Stats.StatsQuery(DataEnvironment.Live, default, default);
        var open = Enumerable.Range(0, Limits.LiveViewsPerProject).Select(_ => feeds.TryOpen(project.Project.Ref.ProjectId, DataEnvironment.Live, new LiveView(query, null))).ToList();
        Assert.All(open, Assert.NotNull);
        // One project has its share, and the others have all the rest.
        Assert.Null(feeds.TryOpen(project.Project.Ref.ProjectId, DataEnvironment.Test, new LiveView(query, null)));
        for (var others = Guid.NewGuid(); open.Count < Limits.LiveViews; others = open.Count % Limits.LiveViewsPerProject == 0 ? Guid.NewGuid() : others)
            open.Add(feeds.TryOpen(others, DataEnvironment.Live, new LiveView(query, null)) ?? throw new InvalidOperationException("Another project has no view."));
        Assert.Null(feeds.TryOpen(Guid.NewGuid(), DataEnvironment.Live, new LiveView(query, null)));
        await (await server.Client.SendAsync(Request.Get("/v1/stats/live", project.ReadKey))).IsProblemAsync(503, "overloaded");
        open[0]!.Dispose();
        await using (await LiveClient.OpenAsync(project, ""))
        {
        }

        foreach (var view in open.Skip(1))
            view!.Dispose();
    }
}
