using System.Globalization;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class StatsTests(SharedServer shared)
{
    private static readonly string[] FigureNames =
        ["range", "events", "installs", "new_installs", "sessions", "failures", "success_rate", "errors", "p50_ms"];
    private readonly TestServer _server = shared.Server;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string Today => Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_overview_has_the_requested_and_the_previous_range()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync($$"""
            {"events":[{"event_type":"command_executed","user_id":"a","session_id":"1","success":true,"metadata":{"command":"build"} },
                       {"event_type":"command_executed","user_id":"b","session_id":"2","success":false,"metadata":{"command":"build"} },
                       {"event_type":"feature_used","user_id":"b","session_id":"2","timestamp":"{{Now.AddDays(-2):O}}",
                        "metadata":{"feature":"cache"} }]}
            """);
        var overview = await project.ReadAsync("/v1/stats/overview?days=1");
        Assert.Equal([.. FigureNames, "previous", "accuracy"], overview.Select(p => p.Key));
        Assert.Equal(FigureNames, overview["previous"]!.AsObject().Select(p => p.Key));
        Assert.Equal((Today, Today), ((string)overview["range"]!["from"]!, (string)overview["range"]!["to"]!));
        Assert.Equal((2, 2, 2), ((int)overview["events"]!, (int)overview["installs"]!, (int)overview["sessions"]!));
        Assert.Equal((1, 0.5), ((int)overview["failures"]!, (double)overview["success_rate"]!));
        Assert.Equal(0, (int?)overview["previous"]!["events"]);

        var three = await project.ReadAsync("/v1/stats/overview?days=3");
        Assert.Equal(3, (int?)three["events"]);
        Assert.Equal(2, (int?)three["new_installs"]);
        Assert.Equal(30, Days((await project.ReadAsync("/v1/stats/overview"))["range"]!));
    }

    [Fact]
    public async Task A_success_rate_is_of_runs_and_errors_are_counted_beside_it()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"events":[{"event_type":"command_executed","success":true,"metadata":{"command":"build"} },
                       {"event_type":"command_executed","success":false,"metadata":{"command":"build"} },
                       {"event_type":"error","metadata":{"name":"InvalidOperationException"} }]}
            """);
        var overview = await project.ReadAsync("/v1/stats/overview?days=1");
        Assert.Equal((1, 0.5, 1), ((int)overview["failures"]!, (double)overview["success_rate"]!, (int)overview["errors"]!));
        var events = (await project.ReadAsync("/v1/stats/top?by=event&days=1"))["items"]!.AsArray();
        Assert.Equal([("command_executed", 0), ("error", 1)], events.Select(i => ((string)i!["value"]!, (int)i["errors"]!)));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("actor")]
    public async Task Events_without_a_value_are_a_row_that_can_be_filtered_for(string by)
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"service_version":"1.0","context":{"actor":"ci"},"events":[{"event_type":"x","user_id":"a"}]}
            """);
        await project.SendAsync("""{"events":[{"event_type":"x","user_id":"b"},{"event_type":"y","user_id":"c"}]}""");
        var top = await project.ReadAsync($"/v1/stats/top?by={by}&days=1");
        var items = top["items"]!.AsArray().Select(i => ((string)i!["value"]!, (int)i["events"]!, (int)i["installs"]!));
        Assert.Equal([("(none)", 2, 2), (by == "version" ? "1.0" : "ci", 1, 1)], items);
        Assert.Equal((3, 0), ((int)top["total"]!, (int)top["other"]!));
        Assert.Equal(2, (int?)(await project.ReadAsync($"/v1/stats/overview?days=1&{by}=(none)"))["events"]);
        Assert.Equal(2, (int?)(await project.ReadAsync("/v1/stats/overview?days=1&version=(none)&actor=(none)"))["events"]);
        Assert.Equal(2, (await project.ReadAsync($"/v1/stats/events?{by}=(none)"))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Names_of_systems_are_compared_without_case()
    {
        var project = await _server.NewProjectAsync();
        foreach (var os in new[] { "Linux", "linux", "LINUX" })
            await project.SendAsync($$"""{"context":{"os":"{{os}}","arch":"{{os}}","runtime":"{{os}}"},"events":[{"event_type":"x"}]}""");
        foreach (var by in new[] { "os", "arch", "runtime" })
        {
            var item = Assert.Single((await project.ReadAsync($"/v1/stats/top?by={by}&days=1"))["items"]!.AsArray())!;
            Assert.Equal(("linux", 3), ((string)item["value"]!, (int)item["events"]!));
        }
    }

    [Fact]
    public async Task An_event_is_visible_in_every_statistic_within_two_seconds()
    {
        var project = await _server.NewProjectAsync();
        await project.ReadAsync("/v1/stats/overview");
        await project.SendAsync(TestProject.OneEvent);
        await VisibleAsync("overview", answer => (int?)answer["events"] == 1);
        await VisibleAsync("top?by=command", answer => (int?)answer["total"] == 1);
        await VisibleAsync("users", answer => (int?)answer["daily"] == 1);
        await VisibleAsync("series?interval=hour&days=1", answer => Points(answer).Sum() == 1);
        await VisibleAsync("events", answer => answer["items"]!.AsArray().Count == 1);

        Task VisibleAsync(string path, Func<JsonObject, bool> isVisible) =>
            Eventually.TrueAsync(async () => isVisible(await project.ReadAsync("/v1/stats/" + path)), $"{path} contains the event", 2);
    }

    [Fact]
    public async Task A_top_list_is_ordered_by_events_descending()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync(TestProject.Batch(6, i => $$"""
            {"event_type":"command_executed","user_id":"u{{i}}","success":{{(i == 0 ? "false" : "true")}},"duration_ms":100,
             "metadata":{"command":"{{(i < 4 ? "build" : i == 4 ? "test" : "run")}}","target":"prod"} }
            """));
        var top = await project.ReadAsync("/v1/stats/top?by=command&limit=1");
        Assert.Equal(["by", "total", "other", "items", "accuracy"], top.Select(p => p.Key));
        Assert.Equal(("command", 6, 2), ((string)top["by"]!, (int)top["total"]!, (int)top["other"]!));
        var item = Assert.Single(top["items"]!.AsArray())!.AsObject();
        Assert.Equal(
            ["value", "events", "installs", "failures", "success_rate", "p50_ms", "p95_ms", "first_seen", "last_seen", "errors"],
            item.Select(p => p.Key));
        Assert.Equal(("build", 4, 4), ((string)item["value"]!, (int)item["events"]!, (int)item["installs"]!));
        Assert.Equal((1, 0.75), ((int)item["failures"]!, (double)item["success_rate"]!));
        Assert.InRange((double)item["p95_ms"]!, 99, 101);
        Assert.EndsWith("Z", (string)item["last_seen"]!, StringComparison.Ordinal);
        Assert.Equal("prod", (string?)(await project.ReadAsync("/v1/stats/top?by=meta.target"))["items"]![0]!["value"]);
    }

    [Theory]
    [InlineData("hour", 48)]
    [InlineData("day", 2)]
    public async Task A_series_has_a_point_for_each_interval(string interval, int points)
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync(TestProject.OneEvent);
        var series = await project.ReadAsync($"/v1/stats/series?interval={interval}&days=2");
        Assert.Equal(interval, (string?)series["interval"]);
        Assert.Equal(points, series["points"]!.AsArray().Count);
        Assert.Equal(["time", "events", "installs", "failures"], series["points"]![0]!.AsObject().Select(p => p.Key));
        Assert.Equal($"{Now.AddDays(-1):yyyy-MM-dd}T00:00:00Z", (string?)series["points"]![0]!["time"]);
        Assert.Equal(1, Points(series).Sum());
    }

    [Fact]
    public async Task A_user_is_new_on_the_first_day_and_returning_afterwards()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync($$"""
            {"events":[{"event_type":"x","user_id":"a","timestamp":"{{Now.AddDays(-1):O}}"},
                       {"event_type":"x","user_id":"a"},{"event_type":"x","user_id":"b"}]}
            """);
        var users = await project.ReadAsync("/v1/stats/users?days=2");
        Assert.Equal(["daily", "weekly", "monthly", "days", "accuracy"], users.Select(p => p.Key));
        Assert.Equal((2, 2, 2), ((int)users["daily"]!, (int)users["weekly"]!, (int)users["monthly"]!));
        var days = users["days"]!.AsArray().Select(d => ((int)d!["active"]!, (int)d["new"]!, (int)d["returning"]!));
        Assert.Equal([(1, 1, 0), (2, 1, 1)], days);
        Assert.Equal(Today, (string?)users["days"]![1]!["day"]);
    }

    [Fact]
    public async Task W2_an_answer_past_a_bound_says_so_and_keeps_the_frequent_names()
    {
        var project = await _server.NewProjectAsync();
        var exact = await project.ReadAsync("/v1/stats/overview");
        Assert.Equal("""{"kind":"exact"}""", exact["accuracy"]!.ToJsonString());
        for (var batch = 0; batch < 7; batch++)
        {
            await project.SendAsync(TestProject.Batch(1_000, i => $$"""
                {"event_type":"command_executed","user_id":"u","metadata":{"command":"{{(i < 100 ? "build" : $"c{batch}-{i}")}}"} }
                """));
        }

        var top = await project.ReadAsync("/v1/stats/top?by=command&limit=1000");
        Assert.Equal("truncated", (string?)top["accuracy"]!["kind"]);
        Assert.InRange((int)top["accuracy"]!["unlisted_max"]!, 1, 7_000 / 2_001);
        Assert.Equal(("build", 7_000), ((string)top["items"]![0]!["value"]!, (int)top["total"]!));
        Assert.Equal(7_000, (int)top["other"]! + top["items"]!.AsArray().Sum(i => (int)i!["events"]!));
        Assert.InRange((int)top["items"]![0]!["events"]!, 697, 700);
    }

    [Fact]
    public async Task Test_events_are_counted_separately()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync(TestProject.OneEvent, project.TestKey);
        Assert.Equal(0, (int?)(await project.ReadAsync("/v1/stats/overview"))["events"]);
        Assert.Equal(1, (int?)(await project.ReadAsync("/v1/stats/overview?env=test"))["events"]);
        Assert.Single((await project.ReadAsync("/v1/stats/events?env=test"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_project_has_no_data_of_another_project()
    {
        var (one, other) = (await _server.NewProjectAsync(), await _server.NewProjectAsync());
        await one.SendAsync(TestProject.OneEvent);
        Assert.Equal(0, (int?)(await other.ReadAsync("/v1/stats/overview"))["events"]);
        Assert.Empty((await other.ReadAsync("/v1/stats/events"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData("/v1/stats/overview")]
    [InlineData("/v1/stats/top?by=command")]
    [InlineData("/v1/stats/series")]
    [InlineData("/v1/stats/users")]
    [InlineData("/v1/stats/events")]
    [InlineData("/v1/stats/live")]
    public async Task Only_a_read_key_reads(string path)
    {
        var project = await _server.NewProjectAsync();
        await (await _server.Client.SendAsync(Request.Get(path, project.LiveKey))).IsProblemAsync(403, "wrong_key");
        await (await _server.Client.SendAsync(Request.Get(path, project.TestKey))).IsProblemAsync(403, "wrong_key");
        await (await _server.Client.SendAsync(Request.Get(path, null))).IsProblemAsync(401, "invalid_key");
        var unknown = Request.Get(path, "tk_read_00000000000000000000000000000000");
        await (await _server.Client.SendAsync(unknown)).IsProblemAsync(401, "invalid_key");
        // A read key in the path is not accepted, because it is a secret.
        Assert.Equal(404, (int)(await _server.Client.GetAsync($"/k/{project.ReadKey}{path}")).StatusCode);
    }

    [Theory]
    [InlineData("/v1/stats/overview?from=yesterday&to=2026-13-01&env=prod", "from,to,env")]
    [InlineData("/v1/stats/overview?days=0&subject=&typo=1", "typo,days,subject")]
    [InlineData("/v1/stats/overview?days=732", "days")]
    [InlineData("/v1/stats/overview?days=7&from=2026-01-01", "days")]
    [InlineData("/v1/stats/overview?from=2026-02-01&to=2026-01-01", "from")]
    [InlineData("/v1/stats/overview?from=2020-01-01&to=2026-01-01", "from")]
    [InlineData("/v1/stats/overview?from=0001-01-01&to=0001-01-01", "from,to")]
    [InlineData("/v1/stats/overview?from=9999-12-31&to=9999-12-31", "from,to")]
    [InlineData("/v1/stats/overview?from=2999-12-31", "from")]
    [InlineData("/v1/stats/overview?env=live&env=test", "env")]
    [InlineData("/v1/stats/top", "by")]
    [InlineData("/v1/stats/top?by=nonsense&limit=1001", "limit,by")]
    [InlineData("/v1/stats/top?by=meta.", "by")]
    [InlineData("/v1/stats/series?interval=minute", "interval")]
    [InlineData("/v1/stats/events?cursor=nonsense&user=zz", "user,cursor")]
    [InlineData("/v1/stats/live?days=3", "days")]
    public async Task Every_invalid_parameter_is_reported(string path, string expected)
    {
        var project = await _server.NewProjectAsync();
        var problem = await (await _server.Client.SendAsync(Request.Get(path, project.ReadKey))).IsProblemAsync(400, "invalid_parameter");
        var named = problem["errors"]!.AsArray().Select(e => (string)e!["parameter"]!).Distinct().Order();
        Assert.Equal(expected.Split(',').Order(), named);
    }

    [Fact]
    public async Task The_last_supported_day_is_accepted()
    {
        var project = await _server.NewProjectAsync();
        Assert.Equal(0, (int?)(await project.ReadAsync("/v1/stats/overview?from=2999-12-31&to=2999-12-31"))["events"]);
        Assert.Empty((await project.ReadAsync("/v1/stats/events?from=2999-12-31&to=2999-12-31"))["items"]!.AsArray());
        Assert.Single((await project.ReadAsync("/v1/stats/series?from=2999-12-31&to=2999-12-31&interval=month"))["points"]!.AsArray());
    }

    private static int Days(JsonNode range) => DayNumber(range["to"]!) - DayNumber(range["from"]!) + 1;

    private static int DayNumber(JsonNode day) => DateOnly.Parse((string)day!, CultureInfo.InvariantCulture).DayNumber;

    private static IEnumerable<int> Points(JsonObject series) => series["points"]!.AsArray().Select(p => (int)p!["events"]!);
}
