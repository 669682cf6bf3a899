using System.Net.Http.Headers;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>Sent events are visible in every statistic within 2 seconds.</summary>
public class VisibilityTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Events_are_in_every_statistic_within_2_seconds(string storage)
    {
        await using var store = await TestStore.CreateAsync(storage);
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        using var http = new HttpClient();
        for (var round = 1; round <= 3; round++)
        {
            // Fills the caches, which must not delay the new events.
            await server.StatsAsync("overview?days=3");
            Assert.Equal(200, (await Batch.Create(new Random(round), 25, command: "deploy").SendAsync(http, server.Address)).Status);
            var events = 25 * round;
            await Task.WhenAll(
                server.EventuallyAsync("overview?days=3", a => a.GetProperty("events").GetInt64() == events),
                server.EventuallyAsync("top?by=command&days=3", a => a.GetProperty("items").EnumerateArray()
                    .Any(i => i.GetProperty("value").GetString() == "deploy" && i.GetProperty("events").GetInt64() == events)),
                server.EventuallyAsync("series?interval=hour&days=3", a => Sum(a, "points", "events") == events),
                server.EventuallyAsync("series?interval=day&days=3", a => Sum(a, "points", "events") == events),
                server.EventuallyAsync(
                    "users?days=3", a => a.GetProperty("days").EnumerateArray().Any(d => d.GetProperty("new").GetInt64() > 0)),
                server.EventuallyAsync("events?days=3&limit=1000", a => a.GetProperty("items").GetArrayLength() == events));
        }
    }

    [Fact]
    public async Task A_live_view_shows_an_event_that_another_replica_received()
    {
        await using var store = await TestStore.PostgresAsync();
        await using var one = ServerProcess.Create(store.Folder, store.Environment);
        await using var two = ServerProcess.Create(store.Folder, store.Environment);
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(two.Address, "/v1/stats/live"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Read);
        using var live = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", live.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await live.Content.ReadAsStreamAsync());

        var seen = ReadUntilAsync(reader, "from-the-other-replica");
        await Task.Delay(200);
        Assert.False(seen.IsCompleted);
        var batch = Batch.Create(new Random(1), 1, command: "from-the-other-replica");
        Assert.Equal(200, (await batch.SendAsync(http, one.Address)).Status);
        // LiveFeedTests test that it takes at most 2 seconds, with a fake clock.
        Assert.StartsWith("data:", await seen.WaitAsync(ServerExtensions.Timeout), StringComparison.Ordinal);
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string text)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        throw new EndOfStreamException("The live view ended.");
    }

    private static long Sum(JsonElement result, string list, string field) =>
        result.GetProperty(list).EnumerateArray().Sum(p => p.GetProperty(field).GetInt64());
}
