using System.Text;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>For any bytes on a socket the response is a 4xx or none, never a 5xx, and the server continues to work.</summary>
public sealed class BadInputTests(BadInputServer own) : IClassFixture<BadInputServer>, IAsyncLifetime
{
    private readonly TestServer _server = own.Server;
    private TestProject _project = null!;
    private int _linesBefore;

    public async ValueTask InitializeAsync() => (_project, _linesBefore) = (await _server.NewProjectAsync(), _server.Logs.Lines.Count);

    public async ValueTask DisposeAsync()
    {
        // After each test, a valid batch is still accepted.
        Assert.Equal(1, (int?)(await _project.SendAsync(TestProject.OneEvent))["accepted"]);
        Assert.DoesNotContain(_server.Logs.Lines.Skip(_linesBefore), IsError);
    }

    [Fact]
    public async Task A_content_length_that_is_too_long_is_no_success()
    {
        var response = await SendAsync(Head($"Content-Length: {TestProject.OneEvent.Length + 100}\r\n") + TestProject.OneEvent, end: true);
        Assert.DoesNotContain("HTTP/1.1 5", response, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 2", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_length_that_is_too_short_truncates_the_batch_and_the_rest_is_no_request()
    {
        var response = await SendAsync(Head("Content-Length: 10\r\n") + TestProject.OneEvent);
        Assert.StartsWith("HTTP/1.1 400", response, StringComparison.Ordinal);
        Assert.Contains("invalid_json", response, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 5", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: 99999999999999999999999999\r\n")]
    [InlineData("Content-Length: ten\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Transfer-Encoding: nonsense\r\n")]
    public async Task An_invalid_length_is_a_bad_request(string header) =>
        Assert.StartsWith("HTTP/1.1 400", await SendAsync(Head(header) + TestProject.OneEvent), StringComparison.Ordinal);

    [Fact]
    public async Task Lines_that_end_without_a_carriage_return_are_a_bad_request()
    {
        var request = Head($"Content-Length: {TestProject.OneEvent.Length}\r\nConnection: close\r\n");
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(request + TestProject.OneEvent), StringComparison.Ordinal);
        var bare = request.Replace("\r\n", "\n", StringComparison.Ordinal) + TestProject.OneEvent;
        Assert.StartsWith("HTTP/1.1 400", await SendAsync(bare), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zzz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("5\r\n{\"eve\r\nff")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("fffffffffffffffff\r\nhello")]
    public async Task Invalid_chunks_are_no_success(string chunks)
    {
        var response = await SendAsync(Head("Transfer-Encoding: chunked\r\n") + chunks, end: true);
        Assert.DoesNotContain("HTTP/1.1 5", response, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 2", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_batch_is_accepted()
    {
        var chunks = string.Concat(TestProject.OneEvent.Chunk(7).Select(c => $"{c.Length:x}\r\n{new string(c)}\r\n")) + "0\r\n\r\n";
        var response = await SendAsync(Head("Transfer-Encoding: chunked\r\nConnection: close\r\n") + chunks);
        Assert.Contains("\"accepted\":1", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_rejected_before_it_is_sent()
    {
        var response = await SendAsync(Head($"Content-Length: {Limits.BodyBytes + 1}\r\nExpect: 100-continue\r\n"));
        Assert.StartsWith("HTTP/1.1 413", response, StringComparison.Ordinal);
        Assert.Contains("body_too_large", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_over_the_limit_are_rejected()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(Head("Transfer-Encoding: chunked\r\n"));
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
        try
        {
            for (var i = 0; i < 100; i++)
                await connection.SendAsync(chunk);
        }
        catch (IOException)
        {
            // The server closed the connection.
        }

        var response = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_body_is_rejected()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        // A fast start doesn't compensate for the stall.
        await connection.SendAsync(Head("Content-Length: 3000000\r\n") + new string(' ', 2_000_000));
        await own.HoldsAsync(2_000_000);
        own.Time.Advance(Limits.BodyWindow);
        own.Time.Advance(Limits.BodyWindow);
        var response = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408", response, StringComparison.Ordinal);
        Assert.Contains("request_timeout", response, StringComparison.Ordinal);
        await own.HoldsAsync(0);
    }

    [Fact]
    public async Task A_body_that_never_begins_is_rejected()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(Head("Content-Length: 1000\r\nExpect: 100-continue\r\n"));
        await connection.ReadUntilAsync("100 Continue");
        var reading = connection.ReadToEndAsync();
        // The server sends 100 Continue before it starts the timer.
        await Eventually.TrueAsync(() => IsCompletedAfter(Limits.BodyWindow, reading), "it is rejected");
        Assert.Contains("HTTP/1.1 408", await reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_with_the_minimum_rate_is_rejected_at_the_deadline()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(Head("Content-Length: 5000000\r\n"));
        var reading = connection.ReadToEndAsync();
        var drop = new byte[Limits.BodyWindowBytes];
        for (var windows = 1; windows <= Limits.BodyTime / Limits.BodyWindow; windows++)
        {
            Assert.False(reading.IsCompleted);
            await connection.SendAsync(drop);
            await own.HoldsAsync(windows * drop.Length);
            own.Time.Advance(Limits.BodyWindow);
        }

        var response = await reading;
        Assert.StartsWith("HTTP/1.1 408", response, StringComparison.Ordinal);
        Assert.Contains("request_timeout", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("POST /k/\u00ff\u00fe/v1/events HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /k/%00%ff%2e%2e/v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST /k// HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST /k/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST http://[::1/v1/events HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(
        "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \u00e9\u00ff\r\n"
        + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Api-Key: \r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    public async Task An_invalid_request_is_a_4xx(string request) =>
        Assert.StartsWith("HTTP/1.1 4", await SendAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task An_unknown_version_of_HTTP_is_a_505() =>
        Assert.StartsWith("HTTP/1.1 505", await SendAsync("GET / HTTP/9.9\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task Headers_over_the_limit_are_rejected() =>
        Assert.StartsWith("HTTP/1.1 431", await SendAsync(Head($"X-Large: {new string('a', 40_000)}\r\n")), StringComparison.Ordinal);

    [Fact]
    public async Task A_disconnect_in_the_middle_of_a_body_logs_no_error()
    {
        for (var i = 0; i < 50; i++)
        {
            using var connection = await RawConnection.OpenAsync(_server);
            await connection.SendAsync(Head("Content-Length: 1000\r\n") + "{\"events\":[");
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Any_body_is_a_4xx_or_a_verdict(string name, byte[] body)
    {
        Assert.NotEmpty(name);
        var response = await _server.Client.SendAsync(Request.Ingest(_project.LiveKey, body));
        Assert.InRange((int)response.StatusCode, 200, 499);
        if ((int)response.StatusCode == 200)
        {
            var verdicts = await response.JsonAsync(200);
            var rejected = verdicts["rejected"]!.AsArray().Count;
            Assert.Equal((int)verdicts["received"]!, (int)verdicts["accepted"]! + (int)verdicts["duplicates"]! + rejected);
        }
    }

    public static TheoryData<string, byte[]> Bodies() => new()
    {
        { "nothing", [] },
        { "zeros", new byte[1_000] },
        { "invalid UTF-8 in a string", [.. "{\"events\":[{\"event_type\":\"a\xff"u8, 0xFF, 0xC0, .. "\"}]}"u8] },
        { "a lone surrogate", """{"events":[{"event_type":"x","metadata":{"a":"\ud800"}}]}"""u8.ToArray() },
        { "deep nesting", Encoding.UTF8.GetBytes("{\"events\":" + new string('[', 100_000) + new string(']', 100_000) + "}") },
        { "deep nesting in metadata", Event("metadata", string.Concat(Enumerable.Repeat("{\"a\":", 50)) + "1" + new string('}', 50)) },
        { "a huge number", """{"events":[{"event_type":"x","duration_ms":1e999999}]}"""u8.ToArray() },
        { "a number of many digits", Event("duration_ms", new string('9', 100_000)) },
        { "a duplicate property", """{"events":[],"events":[{"event_type":"x"}]}"""u8.ToArray() },
        { "a duplicate property of an event", """{"events":[{"event_type":"x","event_type":"y"}]}"""u8.ToArray() },
        { "a property of many characters", Encoding.UTF8.GetBytes("{\"" + new string('p', 1_000_000) + "\":1,\"events\":[]}") },
        { "trailing garbage", """{"events":[]} and more"""u8.ToArray() },
        { "comments", "{/* no */\"events\":[]}"u8.ToArray() },
        { "UTF-16", Encoding.Unicode.GetBytes(TestProject.OneEvent) },
    };

    private static byte[] Event(string property, string value) =>
        Encoding.UTF8.GetBytes("{\"events\":[{\"event_type\":\"x\",\"" + property + "\":" + value + "}]}");

    private static bool IsError(string line) =>
        line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal);

    private bool IsCompletedAfter(TimeSpan time, Task task)
    {
        if (!task.IsCompleted)
            own.Time.Advance(time);
        return task.IsCompleted;
    }

    private string Head(string headers) =>
        $"POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {_project.LiveKey}\r\n"
        + $"Content-Type: application/json\r\n{headers}\r\n";

    private async Task<string> SendAsync(string text, bool end = false)
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(text);
        if (end)
            connection.EndSending();
        return await connection.ReadToEndAsync();
    }
}
