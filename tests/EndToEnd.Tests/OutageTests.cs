using System.Diagnostics;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

public class OutageTests
{
    [Fact]
    public async Task A_store_that_goes_away_gives_503s_and_comes_back_by_itself()
    {
        await using var store = await TestStore.OwnPostgresAsync();
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        using var http = new HttpClient();
        var random = new Random(1);
        Assert.Equal(200, (await Batch.Make(random, 10).SendAsync(http, server.Address)).Status);

        await store.Server.StopAsync();
        var batch = Batch.Make(random, 10);
        var refused = await batch.SendAsync(http, server.Address);
        Assert.Equal(503, refused.Status);
        Assert.True(refused.RetryAfter > TimeSpan.Zero, "Retry-After is missing.");
        Assert.Equal("storage_unavailable", JsonDocument.Parse(refused.Text).RootElement.GetProperty("code").GetString());
        // Readiness is looked after in the background.
        for (var since = Stopwatch.StartNew(); await StatusAsync(server, "/health/ready") != 503; await Task.Delay(50))
            Assert.True(since.Elapsed < ServerExtensions.Patience, "The server still says that it is ready.");
        Assert.Equal(200, await StatusAsync(server, "/health/live"));

        await store.Server.StartAsync();
        for (var since = Stopwatch.StartNew(); ;)
        {
            var answer = await batch.SendAsync(http, server.Address);
            if (answer.Status == 200)
                break;
            Assert.Equal(503, answer.Status);
            Assert.True(since.Elapsed < ServerExtensions.Patience, "The server does not find its store again.");
            await Task.Delay(100);
        }

        await server.WaitUntilReadyAsync();
        await store.HoldExactlyAsync(20, server);
    }

    [Fact]
    public async Task A_server_whose_store_is_away_at_start_is_ready_once_it_is_there()
    {
        await using var store = await TestStore.OwnPostgresAsync();
        await store.Server.StopAsync();
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        server.Launch();
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.True(server.IsRunning, server.Output);
        await store.Server.StartAsync();
        await server.WaitUntilReadyAsync();
    }

    private static async Task<int> StatusAsync(ServerProcess server, string path)
    {
        using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (int)answer.StatusCode;
    }
}
