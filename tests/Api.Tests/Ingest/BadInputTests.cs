using System.Text;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>What arrives on a socket may be anything: the answer is a 4xx or none, never a 5xx, and the server goes on.</summary>
public sealed class BadInputTests(BadInputServer own) : IClassFixture<BadInputServer>, IAsyncLifetime
{
    private readonly TestServer _server = own.Server;
    private TestProject _project = null!;
    private int _linesBefore;

    public async ValueTask InitializeAsync() => (_project, _linesBefore) = (await _server.NewProjectAsync(), _server.Logs.Lines.Count);

    public async ValueTask DisposeAsync()
    {
        // After each of them, a good batch still counts.
        Assert.Equal(1, (int?)(await _project.SendAsync(TestProject.OneEvent))["accepted"]);
        Assert.Equal("", string.Join("\n", _server.Logs.Lines.Skip(_linesBefore).Where(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_content_length_that_is_too_long_waits_for_the_rest_and_then_gives_up()
    {
        var answer = await SendAsync(Head($"Content-Length: {TestProject.OneEvent.Length + 100}\r\n") + TestProject.OneEvent, end: true);
        Assert.DoesNotContain("HTTP/1.1 5", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 2", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_length_that_is_too_short_cuts_the_batch_and_the_rest_is_no_request()
    {
        var answer = await SendAsync(Head("Content-Length: 10\r\n") + TestProject.OneEvent);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("invalid_json", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 5", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: 99999999999999999999999999\r\n")]
    [InlineData("Content-Length: ten\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Transfer-Encoding: nonsense\r\n")]
    public async Task A_length_that_is_none_is_a_bad_request(string header) =>
        Assert.StartsWith("HTTP/1.1 400", await SendAsync(Head(header) + TestProject.OneEvent), StringComparison.Ordinal);

    [Theory]
    [InlineData("zzz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("5\r\n{\"eve\r\nff")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("fffffffffffffffff\r\nhello")]
    public async Task Chunks_that_are_none_are_a_bad_request(string chunks)
    {
        var answer = await SendAsync(Head("Transfer-Encoding: chunked\r\n") + chunks, end: true);
        Assert.DoesNotContain("HTTP/1.1 5", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 2", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Good_chunks_make_a_good_batch()
    {
        var body = TestProject.OneEvent;
        var chunks = string.Concat(body.Chunk(7).Select(c => $"{c.Length:x}\r\n{new string(c)}\r\n")) + "0\r\n\r\n";
        Assert.Contains("\"accepted\":1", await SendAsync(Head("Transfer-Encoding: chunked\r\nConnection: close\r\n") + chunks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_sent()
    {
        var answer = await SendAsync(Head($"Content-Length: {Limits.BodyBytes + 1}\r\nExpect: 100-continue\r\n"));
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("body_too_large", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_over_the_limit_are_refused_when_they_pass_it()
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
            // The server had enough.
        }

        var answer = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        // However fast it began.
        await connection.SendAsync(Head("Content-Length: 3000000\r\n") + new string(' ', 2_000_000));
        await own.HoldsAsync(2_000_000);
        own.Time.Advance(Limits.BodyWindow);
        own.Time.Advance(Limits.BodyWindow);
        var answer = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("request_timeout", answer, StringComparison.Ordinal);
        await own.HoldsAsync(0);
    }

    [Fact]
    public async Task A_body_that_never_begins_is_given_up()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(Head("Content-Length: 1000\r\nExpect: 100-continue\r\n"));
        await connection.ReadUntilAsync("100 Continue");
        var reading = connection.ReadToEndAsync();
        // The server says so a moment before it begins to wait.
        await Eventually.TrueAsync(() => Moved(Limits.BodyWindow, reading), "it is given up");
        Assert.Contains("HTTP/1.1 408", await reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_drips_fast_enough_for_the_rate_is_given_up_at_the_deadline()
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

        var answer = await reading;
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("request_timeout", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("POST /k/\u00ff\u00fe/v1/events HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /k/%00%ff%2e%2e/v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST /k// HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST /k/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST http://[::1/v1/events HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \u00e9\u00ff\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    [InlineData("POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Api-Key: \r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")]
    public async Task What_is_no_request_of_ours_is_a_4xx(string request) =>
        Assert.StartsWith("HTTP/1.1 4", await SendAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task A_version_of_HTTP_that_does_not_exist_is_said_to_be_one() =>
        Assert.StartsWith("HTTP/1.1 505", await SendAsync("GET / HTTP/9.9\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task Headers_over_the_limit_are_refused() =>
        Assert.StartsWith("HTTP/1.1 431", await SendAsync(Head($"X-Large: {new string('a', 40_000)}\r\n")), StringComparison.Ordinal);

    [Fact]
    public async Task A_sender_that_hangs_up_in_the_middle_leaves_nothing_behind()
    {
        for (var i = 0; i < 50; i++)
        {
            using var connection = await RawConnection.OpenAsync(_server);
            await connection.SendAsync(Head("Content-Length: 1000\r\n") + "{\"events\":[");
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_of_anything_is_a_4xx_or_a_verdict(string name, byte[] body)
    {
        Assert.NotEmpty(name);
        var response = await _server.Client.SendAsync(Request.Ingest(_project.LiveKey, body));
        Assert.InRange((int)response.StatusCode, 200, 499);
        if ((int)response.StatusCode == 200)
        {
            var answer = await response.JsonAsync(200);
            Assert.Equal((int)answer["received"]!, (int)answer["accepted"]! + (int)answer["duplicates"]! + answer["rejected"]!.AsArray().Count);
        }
    }

    public static TheoryData<string, byte[]> Bodies() => new()
    {
        { "nothing", [] },
        { "zeros", new byte[1_000] },
        { "invalid UTF-8 in a string", [.. "{\"events\":[{\"event_type\":\"a\xff"u8, 0xFF, 0xC0, .. "\"}]}"u8] },
        { "a lone surrogate", """{"events":[{"event_type":"x","metadata":{"a":"\ud800"}}]}"""u8.ToArray() },
        { "deep nesting", Encoding.UTF8.GetBytes("{\"events\":" + new string('[', 100_000) + new string(']', 100_000) + "}") },
        { "deep nesting in metadata", Encoding.UTF8.GetBytes("{\"events\":[{\"event_type\":\"x\",\"metadata\":" + string.Concat(Enumerable.Repeat("{\"a\":", 50)) + "1" + new string('}', 50) + "}]}") },
        { "a huge number", """{"events":[{"event_type":"x","duration_ms":1e999999}]}"""u8.ToArray() },
        { "a number of many digits", Encoding.UTF8.GetBytes("{\"events\":[{\"event_type\":\"x\",\"duration_ms\":" + new string('9', 100_000) + "}]}") },
        { "a duplicate property", """{"events":[],"events":[{"event_type":"x"}]}"""u8.ToArray() },
        { "a duplicate property of an event", """{"events":[{"event_type":"x","event_type":"y"}]}"""u8.ToArray() },
        { "a property of many characters", Encoding.UTF8.GetBytes("{\"" + new string('p', 1_000_000) + "\":1,\"events\":[]}") },
        { "trailing garbage", """{"events":[]} and more"""u8.ToArray() },
        { "comments", "{/* no */\"events\":[]}"u8.ToArray() },
        { "UTF-16", Encoding.Unicode.GetBytes(TestProject.OneEvent) },
    };

    private bool Moved(TimeSpan by, Task until)
    {
        if (!until.IsCompleted)
            own.Time.Advance(by);
        return until.IsCompleted;
    }

    private string Head(string headers) => $"POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {_project.LiveKey}\r\nContent-Type: application/json\r\n{headers}\r\n";

    private async Task<string> SendAsync(string text, bool end = false)
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync(text);
        if (end)
            connection.EndSending();
        return await connection.ReadToEndAsync();
    }
}
