using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Stats;

/// <summary>Live views of two servers that share one PostgreSQL database.</summary>
public sealed class LiveReplicaTests : IAsyncLifetime
{
    private TestServer _one = null!;
    private TestServer _other = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var postgres = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _one = await TestServer.StartAsync("--TELEMETRYKIT_POSTGRES", postgres);
        _other = await TestServer.StartAsync("--TELEMETRYKIT_POSTGRES", postgres);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in (TestServer?[])[_one, _other])
        {
            if (server is not null)
                await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Both_replicas_show_an_event_of_an_offline_queue_that_either_accepts()
    {
        var project = await _one.NewProjectAsync();
        var atOther = project with { Server = _other };
        await using var view = await LiveClient.OpenAsync(project, "");
        await using var viewAtOther = await LiveClient.OpenAsync(atOther, "");
        await OfflineQueue.IsShownAsync(project, view, hours: 30);
        foreach (var name in (string[])["first", "old", "last"])
            Assert.Equal(name, (string?)(await viewAtOther.NextAsync()).Data["subject"]);
        await OfflineQueue.IsShownAsync(atOther, view, hours: 30);
    }

    [Fact]
    public async Task A_view_that_reconnects_to_another_replica_resumes_after_the_last_received_event()
    {
        var project = await _one.NewProjectAsync();
        string id;
        await using (var view = await LiveClient.OpenAsync(project, ""))
        {
            await OfflineQueue.IsShownAsync(project, view, hours: 30);
            await project.SendAsync("""{"events":[{"event_type":"x","metadata":{"name":"seen"} }]}""");
            id = (await view.NextAsync()).Id;
        }

        var old = TimeProvider.System.GetUtcNow().AddHours(-50);
        await project.SendAsync($$"""{"events":[{"event_type":"x","timestamp":"{{old:O}}","metadata":{"name":"missed"} }]}""");
        await using var again = await LiveClient.OpenAsync(project with { Server = _other }, "", id);
        Assert.Equal("missed", (string?)(await again.NextAsync()).Data["subject"]);
        Assert.False(await again.HasNextAsync());
    }
}
