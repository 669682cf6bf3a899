using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Tests the OTLP 1.x requests to an OpenTelemetry collector and the handling of its responses.</summary>
public sealed class OtlpBackendTests : IDisposable
{
    private readonly FakeServer _collector = new() { Respond = _ => Ok() };

    [Fact]
    public async Task A_batch_is_converted_to_traces_logs_and_metrics()
    {
        var sent = await Backend().SendAsync(Batches.Of(Batches.Everything), TestContext.Current.CancellationToken);
        Assert.Equal((SendOutcome.Delivered, 0), (sent.Outcome, sent.Refused));
        Assert.Equal(["/v1/traces", "/v1/logs", "/v1/metrics"], Paths());
        foreach (var request in _collector.Requests)
            Assert.Equal(Batches.Golden("otlp-" + request.Path[4..] + ".json"), request.Body);
    }

    [Fact]
    public async Task A_request_is_json_with_the_configured_headers()
    {
        var backend = new OtlpBackend(new(_collector.Endpoint, "under/here"), [new("X-Scope-OrgID", "42")]);
        await backend.SendAsync(Batches.Of(Batches.Command), TestContext.Current.CancellationToken);
        var head = Assert.Single(_collector.Requests).Head;
        Assert.StartsWith("POST /under/here/v1/traces HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-Scope-OrgID: 42\r\n", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(404)]
    public async Task A_failed_signal_is_sent_again_without_the_others(int status)
    {
        _collector.Respond = request => request.Path == "/v1/logs" ? FakeServer.Response(status, "", "Retry-After: 7\r\n") : Ok();
        var backend = Backend();
        var batch = Batches.Of(Batches.Everything);
        var first = await backend.SendAsync(batch, TestContext.Current.CancellationToken);
        Assert.Equal((SendOutcome.Retry, TimeSpan.FromSeconds(7)), (first.Outcome, first.RetryAfter));
        _collector.Respond = _ => Ok();
        Assert.Equal(SendOutcome.Delivered, (await backend.SendAsync(batch, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(["/v1/traces", "/v1/logs", "/v1/logs", "/v1/metrics"], Paths());
    }

    [Fact]
    public async Task Sent_signals_of_a_batch_do_not_affect_another_batch()
    {
        _collector.Respond = request => request.Path == "/v1/traces" ? Ok() : FakeServer.Response(503, "");
        var backend = Backend();
        await backend.SendAsync(Batches.Of(Batches.Everything), TestContext.Current.CancellationToken);
        _collector.Respond = _ => Ok();
        await backend.SendAsync(Batches.Of(Guid.NewGuid(), Batches.Everything), TestContext.Current.CancellationToken);
        Assert.Equal(["/v1/traces", "/v1/logs", "/v1/traces", "/v1/logs", "/v1/metrics"], Paths());
    }

    [Theory]
    [InlineData("""{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}""", 1)]
    [InlineData("""{"partialSuccess":{"rejectedSpans":2}}""", 2)]
    [InlineData("""{"partialSuccess":{"rejectedSpans":"999"}}""", 2)]
    [InlineData("""{"partialSuccess":{"errorMessage":"a warning, nothing more"}}""", 0)]
    [InlineData("", 0)]
    public async Task Rejected_spans_are_counted_and_not_sent_again(string answer, int refused)
    {
        _collector.Respond = request => request.Path == "/v1/traces" ? Ok(answer) : Ok();
        var sent = await Backend().SendAsync(Batches.Of(Batches.Everything), TestContext.Current.CancellationToken);
        Assert.Equal((SendOutcome.Delivered, refused), (sent.Outcome, sent.Refused));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(415)]
    public async Task A_rejected_signal_does_not_affect_the_others(int status)
    {
        _collector.Respond = request => request.Path == "/v1/traces" ? FakeServer.Response(status, "{}") : Ok();
        var sent = await Backend().SendAsync(Batches.Of(Batches.Everything), TestContext.Current.CancellationToken);
        Assert.Equal((SendOutcome.Delivered, 2), (sent.Outcome, sent.Refused));
        Assert.Equal(["/v1/traces", "/v1/logs", "/v1/metrics"], Paths());
    }

    [Fact]
    public async Task A_batch_that_the_collector_rejects_is_not_delivered()
    {
        _collector.Respond = _ => FakeServer.Response(400, "{}");
        var sent = await Backend().SendAsync(Batches.Of(Batches.Everything), TestContext.Current.CancellationToken);
        Assert.Equal((SendOutcome.Rejected, "v1/traces 400 rejected"), (sent.Outcome, sent.Detail));
    }

    [Fact]
    public async Task A_counter_with_a_negative_step_is_not_monotonic_in_any_point()
    {
        static string Step(int number, int value) =>
            $$$"""{"event_id":"0193e5a0-0000-7000-8000-00000000001{{{number}}}","event_type":"metric","timestamp":"2026-11-20T10:30:00Z","""
            + $$$"""  "metadata":{"name":"open","value":{{{value}}},"kind":"counter"}}""";
        await Backend().SendAsync(Batches.Of(Step(1, 5), Step(2, -2)), TestContext.Current.CancellationToken);
        var body = Assert.Single(_collector.Requests).Body;
        Assert.DoesNotContain("\"isMonotonic\":true", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_collector_that_rejects_the_credentials_ends_the_sending(int status)
    {
        _collector.Respond = _ => FakeServer.Response(status, "");
        var sent = await Backend().SendAsync(Batches.Of(Batches.Everything), TestContext.Current.CancellationToken);
        Assert.Equal(SendOutcome.Stop, sent.Outcome);
        Assert.Single(_collector.Requests);
    }

    [Fact]
    public async Task A_signal_is_sent_again_if_the_connection_breaks()
    {
        _collector.Respond = request => request.Path == "/v1/metrics" ? null : Ok();
        var backend = Backend();
        var batch = Batches.Of(Batches.Everything);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => backend.SendAsync(batch, TestContext.Current.CancellationToken));
        _collector.Respond = _ => Ok();
        await backend.SendAsync(batch, TestContext.Current.CancellationToken);
        Assert.Equal("/v1/metrics", Paths()[^1]);
        Assert.Single(Paths(), "/v1/traces");
    }

    public void Dispose() => _collector.Dispose();

    private OtlpBackend Backend() => new(_collector.Endpoint);

    private List<string> Paths() => _collector.Requests.Select(request => request.Path).ToList();

    private static string Ok(string body = "{}") => FakeServer.Response(200, body, "Content-Type: application/json\r\n");
}
