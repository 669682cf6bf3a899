using System.Diagnostics;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

public class OutageTests
{
    [Fact]
    public async Task Requests_fail_with_503_while_the_store_is_unavailable_and_succeed_afterwards()
    {
        await using var store = await TestStore.OwnPostgresAsync();
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        using var http = new HttpClient();
        var random = new Random(1);
        Assert.Equal(200, (await Batch.Create(random, 10).SendAsync(http, server.Address)).Status);

        await store.Server.StopAsync();
        var batch = Batch.Create(random, 10);
        var refused = await batch.SendAsync(http, server.Address);
        Assert.Equal(503, refused.Status);
        Assert.True(refused.RetryAfter > TimeSpan.Zero, "Retry-After is missing.");
        Assert.Equal("storage_unavailable", JsonDocument.Parse(refused.Text).RootElement.GetProperty("code").GetString());
        // The result of the readiness check is cached.
        for (var since = Stopwatch.StartNew(); await StatusAsync(server, "/health/ready") != 503; await Task.Delay(50))
            Assert.True(since.Elapsed < ServerExtensions.Timeout, "The server is still ready.");
        Assert.Equal(200, await StatusAsync(server, "/health/live"));

        await store.Server.StartAsync();
        for (var since = Stopwatch.StartNew(); ;)
        {
            var response = await batch.SendAsync(http, server.Address);
            if (response.Status == 200)
                break;
            Assert.Equal(503, response.Status);
            Assert.True(since.Elapsed < ServerExtensions.Timeout, "The server doesn't connect to the store again.");
            await Task.Delay(100);
        }

        await server.WaitUntilReadyAsync();
        await store.HoldExactlyAsync(20, server);
    }

    [Fact]
    public async Task A_server_whose_store_is_unavailable_at_start_becomes_ready_when_it_is_available()
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
        using var response = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (int)response.StatusCode;
    }
}
