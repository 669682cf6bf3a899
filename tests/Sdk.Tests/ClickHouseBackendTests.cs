using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Tests the requests to a ClickHouse server and the handling of its responses.</summary>
public sealed class ClickHouseBackendTests : IDisposable
{
    private readonly FakeServer _server = new() { Respond = _ => FakeServer.Response(200, "") };

    [Fact]
    public async Task A_batch_is_an_insert_of_one_row_for_each_event()
    {
        var sent = await Send(new(_server.Endpoint), Batches.Everything);
        Assert.Equal(SendOutcome.Delivered, sent.Outcome);
        var request = Assert.Single(_server.Requests);
        Assert.StartsWith(
            "POST /?query=INSERT%20INTO%20events%20FORMAT%20JSONEachRow&date_time_input_format=best_effort"
            + "&input_format_skip_unknown_fields=1&insert_deduplication_token=0193e5a0-0000-7000-8000-000000000001 HTTP/1.1\r\n",
            request.Head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", request.Head, StringComparison.Ordinal);
        Assert.Equal(Batches.Golden("clickhouse.jsonl"), request.Body.TrimEnd('\n'));
    }

    [Fact]
    public async Task Table_user_and_the_query_of_the_address_are_sent()
    {
        var backend = new ClickHouseBackend(new(_server.Endpoint, "?database=usage"), "tools.events", "writer", "secret");
        await Send(backend, Batches.Command);
        var head = Assert.Single(_server.Requests).Head;
        Assert.StartsWith("POST /?database=usage&query=INSERT%20INTO%20tools.events%20", head, StringComparison.Ordinal);
        Assert.Contains("X-ClickHouse-User: writer\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-ClickHouse-Key: secret\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_has_the_same_deduplication_token()
    {
        _server.Respond = _ => FakeServer.Response(503, "", "Retry-After: 3\r\n");
        var backend = new ClickHouseBackend(_server.Endpoint);
        var failed = await Send(backend, Batches.Everything);
        Assert.Equal((SendOutcome.Retry, TimeSpan.FromSeconds(3)), (failed.Outcome, failed.RetryAfter));
        _server.Respond = _ => FakeServer.Response(200, "");
        Assert.Equal(SendOutcome.Delivered, (await Send(backend, Batches.Everything)).Outcome);
        Assert.Single(_server.Requests.Select(request => (request.Path, request.Body)).Distinct());
    }

    [Theory]
    [InlineData(400, SendOutcome.Retry)]
    [InlineData(404, SendOutcome.Retry)]
    [InlineData(500, SendOutcome.Retry)]
    [InlineData(401, SendOutcome.Stop)]
    [InlineData(403, SendOutcome.Stop)]
    public async Task A_missing_table_is_retried_and_a_wrong_password_is_not(int status, SendOutcome outcome)
    {
        _server.Respond = _ => FakeServer.Response(status, "Code: 60. DB::Exception: Table default.events does not exist.");
        var sent = await Send(new(_server.Endpoint), Batches.Command);
        Assert.Equal(outcome, sent.Outcome);
        Assert.DoesNotContain("Table", sent.Detail, StringComparison.Ordinal);
    }

    public void Dispose() => _server.Dispose();

    private static Task<SendResult> Send(ClickHouseBackend backend, params string[] events) =>
        backend.SendAsync(Batches.Of(events), TestContext.Current.CancellationToken);
}
