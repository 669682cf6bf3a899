using TelemetryKit.Api.Stats;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class ExplorerTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Fact]
    public async Task An_event_has_the_sent_values_but_not_the_user_id()
    {
        var project = await _server.NewProjectAsync();
        var id = Guid.CreateVersion7();
        var time = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        await project.SendAsync($$"""
            {"service_version":"1.2.0","context":{"os":"linux","actor":"human"},
             "events":[{"event_id":"{{id}}","event_type":"command_executed","timestamp":"{{time:yyyy-MM-ddTHH:mm:ss.ffffffZ}}",
             "user_id":"anon_abc123","session_id":"s-1","success":true,"duration_ms":5123,
             "metadata":{"command":"build","target":"größe"} }]}
            """);
        var item = Assert.Single((await project.ReadAsync("/v1/stats/events"))["items"]!.AsArray())!.AsObject();
        Assert.Equal(
            [
                "event_id", "timestamp", "event_type", "subject", "user", "session", "version", "success", "duration_ms", "context",
                "metadata",
            ],
            item.Select(p => p.Key));
        Assert.Equal(id, (Guid?)item["event_id"]);
        Assert.Equal(time.Ticks / 10, DateTimeOffset.Parse((string)item["timestamp"]!, null).Ticks / 10);
        Assert.Equal(
            ("command_executed", "build", "1.2.0"), ((string)item["event_type"]!, (string)item["subject"]!, (string)item["version"]!));
        Assert.Equal((true, 5123), ((bool)item["success"]!, (int)item["duration_ms"]!));
        Assert.Matches("^[0-9a-f]{16}$", (string)item["user"]!);
        Assert.Matches("^[0-9a-f]{16}$", (string)item["session"]!);
        Assert.Equal("linux", (string?)item["context"]!["os"]);
        Assert.Equal("größe", (string?)item["metadata"]!["target"]);
        Assert.DoesNotContain("anon_abc123", item.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_list_all_events_newest_first_without_gaps_or_duplicates()
    {
        var project = await _server.NewProjectAsync();
        var now = TimeProvider.System.GetUtcNow();
        // Many events share a timestamp, so pages end between events of the same microsecond.
        await project.SendAsync(TestProject.Batch(250, i => $$"""{"event_type":"x","timestamp":"{{now.AddSeconds(-(i / 40)):O}}"}"""));
        var (seen, times, cursor) = (new List<Guid>(), new List<string>(), (string?)"");
        while (cursor is not null)
        {
            var page = await project.ReadAsync($"/v1/stats/events?limit=37{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            seen.AddRange(page["items"]!.AsArray().Select(i => (Guid)i!["event_id"]!));
            times.AddRange(page["items"]!.AsArray().Select(i => (string)i!["timestamp"]!));
            cursor = (string?)page["next_cursor"];
        }

        Assert.Equal(250, seen.Distinct().Count());
        Assert.Equal(250, seen.Count);
        Assert.Equal(times.Select(t => DateTimeOffset.Parse(t, null)).OrderDescending(), times.Select(t => DateTimeOffset.Parse(t, null)));
    }

    [Fact]
    public async Task Filters_return_only_matching_events()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"service_version":"1.0","context":{"actor":"ci"},"events":[
             {"event_type":"command_executed","user_id":"a","metadata":{"command":"build"} },
             {"event_type":"command_executed","user_id":"b","metadata":{"command":"test"} },
             {"event_type":"feature_used","metadata":{"feature":"build"} }]}
            """);
        Assert.Equal(2, await CountAsync("subject=build"));
        Assert.Equal(1, await CountAsync("subject=build&type=feature_used"));
        Assert.Equal(3, await CountAsync("version=1.0&actor=ci"));
        Assert.Equal(0, await CountAsync("actor=human"));
        var user = (string)(await project.ReadAsync("/v1/stats/events?subject=test"))["items"]![0]!["user"]!;
        Assert.Equal(1, await CountAsync("user=" + user));

        async Task<int> CountAsync(string filter) => (await project.ReadAsync("/v1/stats/events?" + filter))["items"]!.AsArray().Count;
    }

    [Theory]
    [InlineData("os=linux", 2)]
    [InlineData("os=LINUX", 2)]
    [InlineData("arch=arm64", 1)]
    [InlineData("success=false", 1)]
    [InlineData("exit_code=2", 1)]
    [InlineData("meta.flags=--fast", 2)]
    [InlineData("meta.flags=(none)", 2)]
    [InlineData("version=1.4.x", 2)]
    [InlineData("version=1.4.x-prerelease", 1)]
    [InlineData("version=1.x&os=linux", 2)]
    [InlineData("not.version=1.4.x", 2)]
    [InlineData("not.actor=ci", 3)]
    [InlineData("not.meta.flags=--fast", 2)]
    [InlineData("error_type=io", 1)]
    [InlineData("not.success=true&not.os=linux", 1)]
    [InlineData("shell=zsh", 0)]
    public async Task The_filters_of_statistics_select_the_events_that_statistics_count(string filter, int expected)
    {
        var project = await _server.NewProjectAsync();
        const string Command = "\"event_type\":\"command_executed\"";
        await project.SendAsync($$"""
            {"service_version":"1.4.0","context":{"os":"linux","arch":"x64","actor":"ci"},"events":[
             { {{Command}},"success":true,"metadata":{"command":"build","flags":["--fast","--all"]} }]}
            """);
        await project.SendAsync($$"""
            {"service_version":"1.4.1","context":{"os":"Linux","arch":"x64","actor":"human"},"events":[
             { {{Command}},"success":false,"metadata":{"command":"build","exit_code":2,"flags":"--fast"} }]}
            """);
        await project.SendAsync($$"""
            {"service_version":"1.4.0-rc.1","context":{"os":"macos","arch":"arm64"},"events":[
             { {{Command}},"success":true,"metadata":{"command":"test"} }]}
            """);
        await project.SendAsync("""
            {"service_version":"2.0.0","context":{"os":"windows"},"events":[{"event_type":"error","metadata":{"name":"io"} }]}
            """);
        var events = (await project.ReadAsync("/v1/stats/events?" + filter))["items"]!.AsArray();
        var overview = await project.ReadAsync("/v1/stats/overview?" + filter);
        var exported = (await project.ReadAsync("/v1/export/events?format=json&" + filter))["items"]!.AsArray();

        Assert.Equal(expected, events.Count);
        Assert.Equal(expected, (int)overview["events"]!);
        Assert.Equal(events.Select(e => (string)e!["event_id"]!), exported.Select(e => (string)e!["event_id"]!));
        await using var live = await LiveClient.OpenAsync(project, "?" + filter);
        for (var i = 0; i < expected; i++)
            Assert.Contains((string)(await live.NextAsync()).Data["event_id"]!, events.Select(e => (string)e!["event_id"]!));
    }

    [Fact]
    public void A_cursor_survives_a_round_trip()
    {
        foreach (var timestamp in new[] { 0, 1, -1, long.MaxValue, long.MinValue, 1_790_000_000_000_000 })
        {
            var cursor = new EventCursor(timestamp, Guid.NewGuid());
            Assert.Equal(cursor, Cursor.Read(Cursor.Write(cursor)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("ääääääääääääääääääääääääääääääää")]
    public void Invalid_text_is_not_a_cursor(string? text) => Assert.Null(Cursor.Read(text));
}
