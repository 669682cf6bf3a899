using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Tests.Export;

public sealed class ExportTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    [InlineData("json", "application/json")]
    public async Task Events_are_exported_completely_and_an_export_resumes_after_any_event(string format, string contentType)
    {
        var project = await _server.NewProjectAsync();
        var now = TimeProvider.System.GetUtcNow();
        // More than two pages. Many events share a timestamp and an id.
        for (var batch = 0; batch < 3; batch++)
        {
            var (at, id) = (now.AddSeconds(-batch), Guid.NewGuid());
            await project.SendAsync(
                TestProject.Batch(900, i => $$"""{"event_type":"x","timestamp":"{{at:O}}","metadata":{"name":"s{{i}}"} }"""));
            var sent = $$"""{"event_type":"x","event_id":"{{id}}","timestamp":"{{at:O}}"}""";
            await project.SendAsync($$"""{"batch_id":"{{Guid.NewGuid()}}","events":[{{sent}}]}""");
        }

        var (all, type) = await EventsAsync("");
        Assert.Equal(contentType, type);
        Assert.Equal(2_703, all.Count);
        Assert.Equal(2_703, all.Select(e => e.Cursor).Distinct().Count());
        foreach (var at in new[] { 0, 899, 999, 1_000, 2_702 })
            Assert.Equal(all.Skip(at + 1), (await EventsAsync("&cursor=" + all[at].Cursor)).Events);

        async Task<(List<(string Id, string Cursor)> Events, string? Type)> EventsAsync(string more)
        {
            using var response = await _server.Client.SendAsync(Request.Get($"/v1/export/events?format={format}{more}", project.ReadKey));
            Assert.Equal(200, (int)response.StatusCode);
            Assert.Equal($"attachment; filename=\"events.{format}\"", response.Content.Headers.ContentDisposition?.ToString());
            var text = await response.Content.ReadAsStringAsync();
            return (Parse(format, text), response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Cells_are_quoted_and_never_formulas()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"service_version":"-1","events":[{"event_type":"x","duration_ms":2.5,"metadata":{"name":"=1+1","a":"b,\"c\""} }]}
            """);
        using var response = await _server.Client.SendAsync(Request.Get("/v1/export/events?format=csv", project.ReadKey));
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal(
            "event_id,timestamp,event_type,subject,user,session,version,success,duration_ms,context,metadata,cursor", lines[0]);
        Assert.Contains(",x,'=1+1,,,'-1,,2.5,{},\"{\"\"a\"\":\"\"b,\\\"\"c\\\"\"\"\"}\",", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task An_export_without_events_is_empty_in_each_format()
    {
        var project = await _server.NewProjectAsync();
        Assert.Equal("", await TextAsync("ndjson"));
        Assert.Equal("""{"items":[],"next_cursor":null}""", await TextAsync("json"));
        Assert.StartsWith("event_id,", await TextAsync("csv"), StringComparison.Ordinal);

        async Task<string> TextAsync(string format)
        {
            using var response = await _server.Client.SendAsync(Request.Get("/v1/export/events?format=" + format, project.ReadKey));
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("/v1/stats/overview?days=1", "range,events,installs,", 1)]
    [InlineData("/v1/stats/top?by=command&days=1", "value,events,installs,", 2)]
    [InlineData("/v1/stats/series?days=2", "time,events,installs,", 2)]
    [InlineData("/v1/stats/users?days=2", "day,active,new,", 2)]
    [InlineData("/v1/stats/events?days=1", "event_id,timestamp,event_type,", 2)]
    public async Task Every_statistic_is_exported_by_format_or_by_accept(string path, string header, int rows)
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"events":[{"event_type":"command_executed","success":true,"metadata":{"command":"@build"} },
                       {"event_type":"command_executed","metadata":{"command":"test"} }]}
            """);
        var csv = await ReadAsync(path + "&format=csv", null, "text/csv");
        Assert.StartsWith(header, csv, StringComparison.Ordinal);
        Assert.Equal(rows + 1, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(",@", csv, StringComparison.Ordinal);
        Assert.Equal(csv, await ReadAsync(path, "text/csv", "text/csv"));
        var lines = await ReadAsync(path, "text/html;q=0.5, application/x-ndjson", "application/x-ndjson");
        Assert.Equal(rows, lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject()).Count());
        await ReadAsync(path, "*/*", "application/json");
        await ReadAsync(path + "&format=json", "text/csv", "application/json");
        using var faulty = await _server.Client.SendAsync(Request.Get(path + "&format=xml", project.ReadKey));
        await faulty.IsProblemAsync(400, "invalid_parameter");

        async Task<string> ReadAsync(string asked, string? accept, string type)
        {
            var request = Request.Get(asked, project.ReadKey);
            if (accept is not null)
                request.Headers.Accept.ParseAdd(accept);
            using var response = await _server.Client.SendAsync(request);
            Assert.Equal((200, type), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("text/*", "text/csv")]
    [InlineData("TEXT/*;q=0.1", "text/csv")]
    [InlineData("text/*, application/json", "application/json")]
    [InlineData("text/*, application/json;q=0.9", "text/csv")]
    [InlineData("text/csv, */*", "text/csv")]
    [InlineData("text/csv;q=0.5, */*;q=0.8", "application/json")]
    [InlineData("text/csv;q=0, text/*", "application/json")]
    [InlineData("application/json;q=0, application/*", "application/x-ndjson")]
    [InlineData("application/json;q=0.2, */*", "application/x-ndjson")]
    [InlineData("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/json")]
    [InlineData("text/html", "application/json")]
    [InlineData("application/jsonl", "application/x-ndjson")]
    public async Task The_media_range_that_matches_best_decides(string accept, string type)
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Get("/v1/stats/users", project.ReadKey);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal((200, type), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Exports_need_a_plan_that_has_them()
    {
        var project = await _server.NewProjectAsync(await _server.NewTenantAsync());
        foreach (var path in new[] { "/v1/export/events", "/v1/stats/overview?format=csv", "/v1/stats/series?format=ndjson" })
        {
            using var response = await _server.Client.SendAsync(Request.Get(path, project.ReadKey));
            await response.IsProblemAsync(403, "plan_required");
        }

        await project.ReadAsync("/v1/stats/overview?format=json");
    }

    [Fact]
    public async Task Exports_are_in_the_audit_log()
    {
        var project = await _server.NewProjectAsync();
        await project.ReadAsync("/v1/stats/top?by=version");
        Assert.DoesNotContain(await EntriesAsync(), entry => entry.Action == AuditActions.DataExported);
        foreach (var path in new[] { "/v1/export/events?format=csv", "/v1/stats/top?by=version&format=ndjson" })
        {
            using var response = await _server.Client.SendAsync(Request.Get(path, project.ReadKey));
            Assert.Equal(200, (int)response.StatusCode);
        }

        var entries = (await EntriesAsync()).Where(entry => entry.Action == AuditActions.DataExported).ToList();
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal(project.Project.Ref.ProjectId.ToString(), entry.Target));
        Assert.StartsWith("top as ndjson, with the read key ", entries[0].Detail, StringComparison.Ordinal);
        Assert.StartsWith("events as csv, with the read key ", entries[1].Detail, StringComparison.Ordinal);

        // The tenant of the tests' projects may be shared.
        async Task<List<AuditEntry>> EntriesAsync() =>
            (await _server.Store.Accounts.Audit.ReadAsync(project.Project.Ref.TenantId, null, 100, default))
            .Where(entry => entry.Target == project.Project.Ref.ProjectId.ToString()).ToList();
    }

    private static List<(string Id, string Cursor)> Parse(string format, string text) => format switch
    {
        // The ids and cursors of these events need no quotes, and their metadata has no commas.
        "csv" =>
        [
            .. text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')).Select(c => (c[0], c[^1])),
        ],
        "ndjson" => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => Of(JsonNode.Parse(l)!))],
        _ => [.. JsonNode.Parse(text)!["items"]!.AsArray().Select(e => Of(e!))],
    };

    private static (string Id, string Cursor) Of(JsonNode e) => ((string)e["event_id"]!, (string)e["cursor"]!);
}
