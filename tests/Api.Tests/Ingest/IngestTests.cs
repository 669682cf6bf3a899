using System.Net;
using System.Text;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Tests.Ingest;

public sealed class IngestTests(SharedServer shared)
{
    private readonly TestServer _server = shared.Server;

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/events")]
    public async Task A_batch_is_accepted_with_a_bearer_key(string path)
    {
        var project = await _server.NewProjectAsync();
        var response = await _server.Client.SendAsync(Request.Ingest(project.LiveKey, TestProject.OneEvent, path));
        var verdicts = await response.JsonAsync(200);
        Assert.Equal("""{"received":1,"accepted":1,"duplicates":0,"rejected":[]}""", verdicts.ToJsonString());
    }

    [Fact]
    public async Task A_batch_is_accepted_with_X_Api_Key()
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Ingest(null, TestProject.OneEvent);
        request.Headers.Add("X-Api-Key", project.TestKey);
        Assert.Equal(1, (int?)(await (await _server.Client.SendAsync(request)).JsonAsync(200))["accepted"]);
    }

    [Theory]
    [InlineData("/k/{0}/v1/events")]
    [InlineData("/k/{0}/events")]
    [InlineData("/K/{0}/V1/Events?from=beacon")]
    public async Task A_batch_is_accepted_with_the_key_in_the_path(string path)
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Ingest(null, TestProject.OneEvent, string.Format(null, path, project.LiveKey));
        Assert.Equal(1, (int?)(await (await _server.Client.SendAsync(request)).JsonAsync(200))["accepted"]);
    }

    [Fact]
    public async Task The_events_of_a_repeated_batch_are_duplicates()
    {
        var project = await _server.NewProjectAsync();
        var batch = TestProject.Batch(3);
        Assert.Equal(3, (int?)(await project.SendAsync(batch))["accepted"]);
        var again = await project.SendAsync(batch);
        Assert.Equal((0, 3), ((int)again["accepted"]!, (int)again["duplicates"]!));
    }

    [Fact]
    public async Task Invalid_events_are_rejected_with_a_reason_and_the_others_are_accepted()
    {
        var project = await _server.NewProjectAsync();
        var id = Guid.NewGuid();
        var verdicts = await project.SendAsync($$$"""
            {"events":[{"event_type":"x"},{"event_id":"{{{id}}}","event_type":"x","timestamp":"2001-01-01T00:00:00Z"},
                       17,{"event_type":"9 lives"}]}
            """);
        Assert.Equal((4, 1), ((int)verdicts["received"]!, (int)verdicts["accepted"]!));
        var rejected = verdicts["rejected"]!.AsArray();
        Assert.Equal([1, 2, 3], rejected.Select(r => (int)r!["index"]!));
        Assert.Equal(["too_old", "invalid_event", "invalid_type"], rejected.Select(r => (string)r!["code"]!));
        Assert.Equal(id, (Guid?)rejected[0]!["event_id"]);
        Assert.False(rejected[1]!.AsObject().ContainsKey("event_id"));
        Assert.All(rejected, r => Assert.NotEmpty((string)r!["message"]!));
    }

    [Theory]
    [InlineData(null, 401, "invalid_key")]
    [InlineData("", 401, "invalid_key")]
    [InlineData("hello", 401, "invalid_key")]
    [InlineData("tk_live_00000000000000000000000000000000", 401, "invalid_key")]
    public async Task A_missing_or_unknown_key_is_a_401(string? key, int status, string code)
    {
        var response = await _server.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent));
        await response.IsProblemAsync(status, code);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_read_key_can_not_send_events()
    {
        var project = await _server.NewProjectAsync();
        await (await _server.Client.SendAsync(Request.Ingest(project.ReadKey, TestProject.OneEvent))).IsProblemAsync(403, "wrong_key");
    }

    [Theory]
    [InlineData("{", 400, "invalid_json")]
    [InlineData("", 400, "invalid_json")]
    [InlineData("[]", 400, "invalid_batch")]
    [InlineData("{}", 400, "invalid_batch")]
    [InlineData("""{"events":7}""", 400, "invalid_batch")]
    public async Task A_malformed_batch_is_rejected(string body, int status, string code)
    {
        var project = await _server.NewProjectAsync();
        await (await _server.Client.SendAsync(Request.Ingest(project.LiveKey, body))).IsProblemAsync(status, code);
    }

    [Fact]
    public async Task A_thousand_and_one_events_are_too_many()
    {
        var project = await _server.NewProjectAsync();
        Assert.Equal(1_000, (int?)(await project.SendAsync(TestProject.Batch(1_000)))["accepted"]);
        var response = await _server.Client.SendAsync(Request.Ingest(project.LiveKey, TestProject.Batch(1_001)));
        await response.IsProblemAsync(413, "too_many_events");
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/json;charset=\"UTF-8\"", true)]
    [InlineData("text/plain;charset=UTF-8", true)]
    [InlineData("application/json; charset=utf8", true)]
    [InlineData(null, true)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("application/xml", false)]
    public async Task Only_JSON_in_UTF8_is_accepted(string? contentType, bool accepted)
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Ingest(project.LiveKey, TestProject.OneEvent);
        request.Content!.Headers.Remove("Content-Type");
        if (contentType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var response = await _server.Client.SendAsync(request);
        if (accepted)
            await response.JsonAsync(200);
        else
            await response.IsProblemAsync(415, "unsupported_media_type");
    }

    [Fact]
    public async Task Success_and_duration_are_read_from_the_event_and_from_its_metadata()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync("""
            {"events":[{"event_type":"command_executed","success":false,"duration_ms":100,"metadata":{"command":"build"}},
                       {"event_type":"command_executed","metadata":{"command":"build","success":false,"duration_ms":100}}]}
            """);
        var item = (await project.ReadAsync("/v1/stats/top?by=command"))["items"]!.AsArray().Single()!;
        Assert.Equal(("build", 2, 2), ((string)item["value"]!, (int)item["events"]!, (int)item["failures"]!));
        Assert.InRange((double)item["p50_ms"]!, 99, 101);
    }

    [Theory]
    [InlineData("DNT")]
    [InlineData("Sec-GPC")]
    public async Task Events_of_a_request_with_a_do_not_track_header_are_rejected(string header)
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Ingest(project.LiveKey, TestProject.Batch(3));
        request.Headers.Add(header, "1");
        var verdicts = await (await _server.Client.SendAsync(request)).JsonAsync(200);
        Assert.Equal((3, 0, 0), ((int)verdicts["received"]!, (int)verdicts["accepted"]!, (int)verdicts["duplicates"]!));
        Assert.Equal(
            [(0, "do_not_track"), (1, "do_not_track"), (2, "do_not_track")],
            verdicts["rejected"]!.AsArray().Select(r => ((int)r!["index"]!, (string)r["code"]!)));
        Assert.Equal(0, (int?)(await project.ReadAsync("/v1/stats/overview"))["events"]);
    }

    [Theory]
    [InlineData("DNT: 1\r\nDNT: 1", "do_not_track")]
    [InlineData("DNT: 0\r\nDNT: 1", "do_not_track")]
    [InlineData("DNT: 1, 1", "do_not_track")]
    [InlineData("Sec-GPC: 1,1", "do_not_track")]
    [InlineData("Sec-GPC: 1\r\nSec-GPC: 1", "do_not_track")]
    [InlineData("Sec-GPC: 11", "\"accepted\":1")]
    [InlineData("DNT: 0, null", "\"accepted\":1")]
    public async Task One_value_of_a_do_not_track_header_is_enough(string header, string expected)
    {
        var project = await _server.NewProjectAsync();
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(
            $"POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {project.LiveKey}\r\n{header}\r\nConnection: close\r\n"
            + $"Content-Length: {TestProject.OneEvent.Length}\r\n\r\n{TestProject.OneEvent}");
        Assert.Contains(expected, await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_with_a_byte_order_mark_and_a_do_not_track_header_is_rejected_by_event()
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Ingest(project.LiveKey, [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(TestProject.OneEvent)]);
        request.Headers.Add("DNT", "1");
        var verdicts = await (await _server.Client.SendAsync(request)).JsonAsync(200);
        Assert.Equal("do_not_track", (string?)verdicts["rejected"]![0]!["code"]);
    }

    [Theory]
    [InlineData("{\"event\\ud800\":[]}", 400, "invalid_json")]
    [InlineData("nonsense", 400, "invalid_json")]
    [InlineData("[1]", 400, "invalid_batch")]
    [InlineData("{\"events\":[", 400, "invalid_json")]
    public async Task A_malformed_batch_with_a_do_not_track_header_is_rejected(string body, int status, string code)
    {
        var project = await _server.NewProjectAsync();
        var request = Request.Ingest(project.LiveKey, body);
        request.Headers.Add("DNT", "1");
        await (await _server.Client.SendAsync(request)).IsProblemAsync(status, code);
    }

    [Fact]
    public async Task Pages_of_any_origin_can_send_events_and_not_read_statistics()
    {
        var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/events");
        preflight.Headers.Add("Origin", "https://docs.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,content-encoding");
        var allowed = await _server.Client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal("*", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("authorization", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        Assert.False(allowed.Headers.Contains("Access-Control-Allow-Credentials"));

        // The page can also read the problem of a failed request.
        var post = Request.Ingest("nonsense", TestProject.OneEvent);
        post.Headers.Add("Origin", "https://docs.example");
        var refused = await _server.Client.SendAsync(post);
        await refused.IsProblemAsync(401, "invalid_key");
        Assert.Equal("*", refused.Headers.GetValues("Access-Control-Allow-Origin").Single());

        var read = Request.Get("/v1/stats/overview", "nonsense");
        read.Headers.Add("Origin", "https://docs.example");
        Assert.False((await _server.Client.SendAsync(read)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_revoked_key_is_rejected_within_five_seconds()
    {
        var project = await _server.NewProjectAsync();
        await project.SendAsync(TestProject.OneEvent);
        var (id, now) = (project.Project.Ref.ProjectId, TimeProvider.System.GetUtcNow());
        var keys = await _server.Store.Keys.ListAsync(id, now, default);
        var key = keys.Single(k => project.LiveKey.StartsWith(k.Shown, StringComparison.Ordinal));
        var line = new AuditLine(Actor.Operator, AuditActions.KeyRevoked, now);
        Assert.True(await _server.Store.Keys.RevokeAsync(id, key.Id, line, default));
        await Eventually.TrueAsync(IsRejectedAsync, "the key is rejected", 5);

        async Task<bool> IsRejectedAsync()
        {
            using var response = await _server.Client.SendAsync(Request.Ingest(project.LiveKey, TestProject.OneEvent));
            return response.StatusCode == HttpStatusCode.Unauthorized;
        }
    }
}
