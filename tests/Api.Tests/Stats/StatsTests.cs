using System.Globalization;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Stats;

public sealed class StatsTests(SharedServer shared)
{
    private static readonly string[] FigureNames = ["range", "events", "installs", "new_installs", "sessions", "failures", "success_rate"];
    private readonly TestServer _server = shared.Server;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string Today => Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_overview_has_the_range_asked_for_and_the_one_before()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync($$"""
            {"events":[{"event_type":"command_executed","user_id":"a","session_id":"1","success":true,"metadata":{"command":"build"} },
                       {"event_type":"command_executed","user_id":"b","session_id":"2","success":false,"metadata":{"command":"build"} },
                       {"event_type":"feature_used","user_id":"b","session_id":"2","timestamp":"{{Now.AddDays(-2):O}}","metadata":{"feature":"cache"} }]}
            """);
        var overview = await project.ReadAsync("/v1/stats/overview?days=1");
        Assert.Equal([.. FigureNames, "previous"], overview.Select(p => p.Key));
        Assert.Equal(FigureNames, overview["previous"]!.AsObject().Select(p => p.Key));
        Assert.Equal((Today, Today), ((string)overview["range"]!["from"]!, (string)overview["range"]!["to"]!));
        Assert.Equal((2, 2, 2, 1, 0.5), ((int)overview["events"]!, (int)overview["installs"]!, (int)overview["sessions"]!, (int)overview["failures"]!, (double)overview["success_rate"]!));
        Assert.Equal(0, (int?)overview["previous"]!["events"]);

        var three = await project.ReadAsync("/v1/stats/overview?days=3");
        Assert.Equal(3, (int?)three["events"]);
        Assert.Equal(2, (int?)three["new_installs"]);
        Assert.Equal(30, Days((await project.ReadAsync("/v1/stats/overview"))["range"]!));
    }

    [Fact]
    public async Task What_was_sent_is_visible_within_two_seconds_in_every_statistic()
    {
        var project = await _server.NewProjectAsync();
        await project.ReadAsync("/v1/stats/overview");
        await project.SendAsync(TestProject.OneEvent);
        await Eventually.TrueAsync(async () => (int?)(await project.ReadAsync("/v1/stats/overview"))["events"] == 1, "the overview counts it", 2);
        await Eventually.TrueAsync(async () => (int?)(await project.ReadAsync("/v1/stats/top?by=command"))["total"] == 1, "the top list counts it", 2);
        await Eventually.TrueAsync(async () => (int?)(await project.ReadAsync("/v1/stats/users"))["daily"] == 1, "users count it", 2);
        await Eventually.TrueAsync(async () => Points(await project.ReadAsync("/v1/stats/series?interval=hour&days=1")).Sum() == 1, "the series counts it", 2);
        await Eventually.TrueAsync(async () => (await project.ReadAsync("/v1/stats/events"))["items"]!.AsArray().Count == 1, "the explorer shows it", 2);
    }

    [Fact]
    public async Task A_top_list_has_its_values_with_the_most_events_first()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync(TestProject.Batch(6, i => $$"""
            {"event_type":"command_executed","user_id":"u{{i}}","success":{{(i == 0 ? "false" : "true")}},"duration_ms":100,"metadata":{"command":"{{(i < 4 ? "build" : i == 4 ? "test" : "run")}}","target":"prod"} }
            """));
        var top = await project.ReadAsync("/v1/stats/top?by=command&limit=1");
        Assert.Equal(["by", "total", "other", "items"], top.Select(p => p.Key));
        Assert.Equal(("command", 6, 2), ((string)top["by"]!, (int)top["total"]!, (int)top["other"]!));
        var item = Assert.Single(top["items"]!.AsArray())!.AsObject();
        Assert.Equal(["value", "events", "installs", "failures", "success_rate", "p50_ms", "p95_ms", "first_seen", "last_seen"], item.Select(p => p.Key));
        Assert.Equal(("build", 4, 4, 1, 0.75), ((string)item["value"]!, (int)item["events"]!, (int)item["installs"]!, (int)item["failures"]!, (double)item["success_rate"]!));
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
    public async Task Users_are_new_once_and_return_after_that()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync($$"""{"events":[{"event_type":"x","user_id":"a","timestamp":"{{Now.AddDays(-1):O}}"},{"event_type":"x","user_id":"a"},{"event_type":"x","user_id":"b"}]}""");
        var users = await project.ReadAsync("/v1/stats/users?days=2");
        Assert.Equal(["daily", "weekly", "monthly", "days"], users.Select(p => p.Key));
        Assert.Equal((2, 2, 2), ((int)users["daily"]!, (int)users["weekly"]!, (int)users["monthly"]!));
        Assert.Equal([(1, 1, 0), (2, 1, 1)], users["days"]!.AsArray().Select(d => ((int)d!["active"]!, (int)d["new"]!, (int)d["returning"]!)));
        Assert.Equal(Today, (string?)users["days"]![1]!["day"]);
    }

    [Fact]
    public async Task Test_events_count_apart()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync(TestProject.OneEvent, project.TestKey);
        Assert.Equal(0, (int?)(await project.ReadAsync("/v1/stats/overview"))["events"]);
        Assert.Equal(1, (int?)(await project.ReadAsync("/v1/stats/overview?env=test"))["events"]);
        Assert.Single((await project.ReadAsync("/v1/stats/events?env=test"))["items"]!.AsArray());
    }

    [Fact]
    public async Task One_project_never_sees_another()
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
        await (await _server.Client.SendAsync(Request.Get(path, "tk_read_00000000000000000000000000000000"))).IsProblemAsync(401, "invalid_key");
        // A secret doesn't belong into a path.
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
    public async Task Every_parameter_at_fault_is_named(string path, string expected)
    {
        var project = await _server.NewProjectAsync();
        var problem = await (await _server.Client.SendAsync(Request.Get(path, project.ReadKey))).IsProblemAsync(400, "invalid_parameter");
        var named = problem["errors"]!.AsArray().Select(e => (string)e!["parameter"]!).Distinct().Order();
        Assert.Equal(expected.Split(',').Order(), named);
    }

    [Fact]
    public async Task The_last_day_of_all_is_no_fault_of_the_server()
    {
        var project = await _server.NewProjectAsync();
        Assert.Equal(0, (int?)(await project.ReadAsync("/v1/stats/overview?from=2999-12-31&to=2999-12-31"))["events"]);
        Assert.Empty((await project.ReadAsync("/v1/stats/events?from=2999-12-31&to=2999-12-31"))["items"]!.AsArray());
        Assert.Single((await project.ReadAsync("/v1/stats/series?from=2999-12-31&to=2999-12-31&interval=month"))["points"]!.AsArray());
    }

    private static int Days(JsonNode range) =>
        DateOnly.Parse((string)range["to"]!, CultureInfo.InvariantCulture).DayNumber - DateOnly.Parse((string)range["from"]!, CultureInfo.InvariantCulture).DayNumber + 1;

    private static IEnumerable<int> Points(JsonObject series) => series["points"]!.AsArray().Select(p => (int)p!["events"]!);
}
