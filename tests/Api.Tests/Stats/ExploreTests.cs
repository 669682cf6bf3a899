using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Stats;

/// <summary>The questions that an author has about a tool, with expectations computed by hand.</summary>
public sealed class ExploreTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Who_still_needs_a_flag_is_answered_with_installs()
    {
        var project = await FilledAsync();
        var flags = await project.ReadAsync("/v1/stats/top?by=meta.flags");
        Assert.Equal(["--legacy:2:3", "(none):2:2", "--fast:1:1"], Lines(flags));
        var legacy = await project.ReadAsync("/v1/stats/overview?meta.flags=--legacy");
        Assert.Equal((3, 2), ((int)legacy["events"]!, (int)legacy["installs"]!));
        Assert.Equal(2, (int?)(await project.ReadAsync("/v1/stats/users?days=1&meta.flags=--legacy"))["daily"]);
        Assert.Equal(["1.0:2:3"], Lines(await project.ReadAsync("/v1/stats/top?by=version&meta.flags=--legacy")));
    }

    [Fact]
    public async Task Durations_of_a_command_are_known_by_version_and_within_a_version()
    {
        var project = await FilledAsync();
        foreach (var path in (string[])
            [
                "top?by=version&subject=build", "top?by=command&version=1.0", "top?by=version&subject=build&actor=human",
                "top?by=os&subject=build", "top?by=actor&type=command_executed",
            ])
        {
            var item = (await project.ReadAsync("/v1/stats/" + path))["items"]![0]!;
            Assert.True(item["p50_ms"] is not null && item["p95_ms"] is not null && item["installs"] is not null, $"{path}: {item}");
        }

        var builds = await project.ReadAsync("/v1/stats/top?by=version&subject=build");
        Assert.Equal(["1.0:2:3", "2.0:1:1"], Lines(builds));
        Assert.InRange((double)builds["items"]![0]!["p50_ms"]!, 198, 202);
        Assert.InRange((double)builds["items"]![1]!["p50_ms"]!, 396, 404);
    }

    [Theory]
    [InlineData("shell", "bash:2:4", "(none):1:1")]
    [InlineData("terminal", "true:2:4", "false:1:1")]
    [InlineData("os_version", "6.1:2:4", "(none):1:1")]
    [InlineData("ci_name", "(none):2:4", "gitlab:1:1")]
    [InlineData("exit_code", "(none):3:4", "3:1:1")]
    [InlineData("success", "true:2:3", "(none):1:1", "false:1:1")]
    [InlineData("meta.ratio", "(none):3:4", "0.25:1:1")]
    public async Task Everything_that_is_collected_can_be_counted_and_filtered(string field, params string[] expected)
    {
        var project = await FilledAsync();
        Assert.Equal(expected, Lines(await project.ReadAsync($"/v1/stats/top?by={field}")));
        foreach (var line in expected)
        {
            var parts = line.Split(':');
            var selected = await project.ReadAsync($"/v1/stats/overview?{field}={parts[0]}");
            Assert.Equal($"{parts[1]}:{parts[2]}", $"{selected["installs"]}:{selected["events"]}");
        }
    }

    [Fact]
    public async Task The_form_of_an_answer_does_not_depend_on_the_number_of_filters()
    {
        var project = await FilledAsync();
        string[] filters = ["version=1.0", "version=1.0&actor=human", "version=1.0&actor=human&shell=bash", "meta.flags=--legacy"];
        var forms = new HashSet<string>();
        foreach (var filter in filters)
        {
            var overview = await project.ReadAsync("/v1/stats/overview?" + filter);
            forms.Add(string.Join(' ', overview.Select(p => $"{p.Key}={p.Value is null}")));
        }

        Assert.Single(forms);
    }

    [Fact]
    public async Task A_filter_for_no_value_selects_what_is_listed_as_none()
    {
        var project = await FilledAsync();
        Assert.Equal(1, (int?)(await project.ReadAsync("/v1/stats/overview?version=(none)"))["events"]);
        Assert.Equal(["(none):1:1"], Lines(await project.ReadAsync("/v1/stats/top?by=command&version=(none)")));
    }

    [Fact]
    public async Task Values_of_a_list_can_count_together()
    {
        var project = await FilledAsync();
        var top = await project.ReadAsync("/v1/stats/top?by=meta.flags&combinations=true");
        Assert.Equal(["(none):2:2", "--legacy:2:2", "--fast, --legacy:1:1"], Lines(top));
    }

    [Fact]
    public async Task Flags_that_were_seen_only_before_the_range_are_unused()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync($$"""
            {"events":[{"event_type":"x","user_id":"a","timestamp":"{{Now.AddDays(-9):O}}","metadata":{"flags":["--old","--kept"]} },
                       {"event_type":"x","user_id":"a","metadata":{"flags":["--kept"]} },{"event_type":"x","user_id":"b"}]}
            """);
        Assert.Equal(["--old:1:1"], Lines(await project.ReadAsync("/v1/stats/top?by=meta.flags&unused=true&days=7")));
        Assert.Empty(Lines(await project.ReadAsync("/v1/stats/top?by=meta.flags&unused=true&days=10")));
    }

    [Fact]
    public async Task A_series_lists_the_values_of_a_dimension_in_each_interval()
    {
        var project = await FilledAsync();
        foreach (var interval in (string[])["day", "week", "hour"])
        {
            var series = await project.ReadAsync($"/v1/stats/series?by=version&limit=1&interval={interval}&days=1");
            var point = series["points"]!.AsArray().Single(p => (int)p!["events"]! > 0)!;
            Assert.Equal(5, (int?)point["events"]);
            var value = Assert.Single(point["values"]!.AsArray())!;
            Assert.Equal(("1.0", 3, 2), ((string)value["value"]!, (int)value["events"]!, (int)point["other"]!));
            Assert.Equal(interval == "hour" ? null : 2, (int?)value["installs"]);
        }
    }

    [Fact]
    public async Task Versions_are_grouped_latest_first_and_prereleases_apart()
    {
        var project = await _server.NewProjectAsync();
        foreach (var version in (string[])["1.2.0", "1.2.1", "1.10.0", "2.0.0-rc.1", "nightly"])
            await project.SendAsync($$"""{"service_version":"{{version}}","events":[{"event_type":"x","user_id":"{{version}}"}]}""");
        var minor = await project.ReadAsync("/v1/stats/top?by=version&group=minor");
        Assert.Equal(["2.0-prerelease:1:1", "1.10:1:1", "1.2:2:2", "nightly:1:1"], Lines(minor));
        var major = await project.ReadAsync("/v1/stats/top?by=version&group=major");
        Assert.Equal(["2-prerelease:1:1", "1:3:3", "nightly:1:1"], Lines(major));
    }

    [Fact]
    public async Task Figures_are_compared_with_any_range()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync($$"""
            {"service_version":"1","events":[
              {"event_type":"command_executed","user_id":"a","duration_ms":100,"timestamp":"{{Now.AddDays(-20):O}}",
               "metadata":{"command":"build"} },
              {"event_type":"command_executed","user_id":"a","duration_ms":200,"metadata":{"command":"build"} },
              {"event_type":"command_executed","user_id":"b","duration_ms":200,"metadata":{"command":"build"} }]}
            """);
        var range = $"days=1&compare_from={Now.AddDays(-25):yyyy-MM-dd}&compare_to={Now.AddDays(-15):yyyy-MM-dd}";
        foreach (var filter in (string[])["", "&version=1&subject=build&os=(none)"])
        {
            var overview = await project.ReadAsync($"/v1/stats/overview?{range}{filter}");
            Assert.Equal((2, 1), ((int)overview["events"]!, (int)overview["previous"]!["events"]!));
        }

        var item = (await project.ReadAsync($"/v1/stats/top?by=command&{range}"))["items"]![0]!;
        Assert.Equal((2, 1), ((int)item["events"]!, (int)item["compared_events"]!));
        Assert.InRange((double)item["p50_ms"]!, 198, 202);
        Assert.InRange((double)item["compared_p50_ms"]!, 99, 101);
    }

    [Theory]
    [InlineData("/v1/stats/overview?compare_from=2026-01-01", "compare_from")]
    [InlineData("/v1/stats/overview?compare_from=2026-02-01&compare_to=2026-01-01", "compare_from")]
    [InlineData("/v1/stats/overview?meta.=x&meta.flags=", "meta.,meta.flags")]
    [InlineData("/v1/stats/top?by=os&group=minor", "group")]
    [InlineData("/v1/stats/top?by=os&combinations=true", "combinations")]
    [InlineData("/v1/stats/top?by=meta.flags&unused=yes", "unused")]
    [InlineData("/v1/stats/series?limit=3", "limit")]
    [InlineData("/v1/stats/series?by=nothing", "by")]
    [InlineData("/v1/stats/deprecation?actor=human", "subject")]
    [InlineData("/v1/stats/deprecation?subject=a&days=3", "days")]
    public async Task Invalid_questions_are_reported(string path, string expected)
    {
        var project = await _server.NewProjectAsync();
        var problem = await (await _server.Client.SendAsync(Request.Get(path, project.ReadKey))).IsProblemAsync(400, "invalid_parameter");
        var named = problem["errors"]!.AsArray().Select(e => (string)e!["parameter"]!).Distinct().Order();
        Assert.Equal(expected.Split(',').Order(), named);
    }

    [Theory]
    [InlineData("/v1/stats/failures")]
    [InlineData("/v1/stats/releases")]
    [InlineData("/v1/stats/retention")]
    [InlineData("/v1/stats/deprecation?subject=build")]
    [InlineData("/v1/stats/top?by=meta.flags&combinations=true")]
    [InlineData("/v1/stats/top?by=meta.flags&unused=true")]
    public async Task Analytics_need_the_plan(string path)
    {
        var free = await _server.NewProjectAsync(await _server.NewTenantAsync());
        var problem = await (await _server.Client.SendAsync(Request.Get(path, free.ReadKey))).IsProblemAsync(403, "plan_required");
        Assert.Equal("pro", (string?)problem["plan"]);
        var own = await _server.NewProjectAsync();
        await own.ReadAsync(path);
    }

    private static IEnumerable<string> Lines(JsonObject top) =>
        top["items"]!.AsArray().Select(item => $"{item!["value"]}:{item["installs"]}:{item["events"]}");

    /// <summary>Five events of three installs; installs a and b use Bash, and c is a build server.</summary>
    private async Task<TestProject> FilledAsync()
    {
        var project = await _server.NewProjectAsync();
        await SendAsync("1.0", Human, Build("a", 100, "\"flags\":[\"--legacy\",\"--fast\"]"), Build("a", 200, "\"flags\":[\"--legacy\"]"));
        await SendAsync("1.0", Human, Build("b", 300, "\"flags\":\"--legacy\",\"ratio\":0.25"));
        await SendAsync(
            "2.0",
            Human,
            """
            {"event_type":"command_executed","user_id":"b","success":false,"duration_ms":400,"metadata":{"command":"build","exit_code":3}}
            """);
        await SendAsync(null, Ci, """{"event_type":"command_executed","user_id":"c"}""");
        return project;

        Task SendAsync(string? version, string context, params string[] events) => project.SendAsync(
            $$"""
            {"service_version":{{(version is null ? "null" : $"\"{version}\"")}},"context":{{context}},
             "events":[{{string.Join(',', events)}}]}
            """);

        static string Build(string user, int duration, string metadata) => $$"""
            {"event_type":"command_executed","user_id":"{{user}}","session_id":"s","success":true,"duration_ms":{{duration}},
             "metadata":{"command":"build",{{metadata}}} }
            """;
    }

    private const string Human = """{"os":"linux","os_version":"6.1","actor":"human","shell":"bash","terminal":true}""";
    private const string Ci = """{"os":"linux","actor":"ci","ci_name":"gitlab","terminal":false}""";
}
