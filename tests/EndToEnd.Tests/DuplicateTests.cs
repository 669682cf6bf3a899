using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

public class DuplicateTests
{
    [Theory]
    [InlineData("sqlite", true)]
    [InlineData("sqlite", false)]
    [InlineData("postgres", true)]
    [InlineData("postgres", false)]
    public async Task The_same_batch_from_50_connections_at_once_counts_once(string storage, bool withBatchId)
    {
        await using var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        await SendEverywhereAsync(store, withBatchId, server);
    }

    [Fact]
    public async Task The_same_batch_on_two_replicas_at_once_counts_once()
    {
        await using var store = await TestStore.PostgresAsync();
        await using var one = ServerProcess.Create(store.Folder, store.Environment);
        await using var two = ServerProcess.Create(store.Folder, store.Environment);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        await SendEverywhereAsync(store, withBatchId: true, one, two);
    }

    private static async Task SendEverywhereAsync(TestStore store, bool withBatchId, params ServerProcess[] servers)
    {
        var batch = Batch.Create(new Random(1), 30, withBatchId);
        using var http = new HttpClient();
        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => batch.SendAsync(http, servers[i % servers.Length].Address)));
        Assert.All(responses, r => Assert.Equal(200, r.Status));
        Assert.Equal(batch.Count, responses.Sum(r => r.Accepted));
        Assert.Equal(49 * batch.Count, responses.Sum(r => r.Duplicates));
        await store.HoldExactlyAsync(batch.Count, servers);
    }
}
