using System.Globalization;
using System.Net;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Api.Tests.Mail;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Http;

/// <summary>Refused requests cost the server little, however many there are and however large their bodies.</summary>
public sealed class RefusalTests(RefusalTests.SteppedServer server) : IClassFixture<RefusalTests.SteppedServer>
{
    private readonly SteppedTime _time = (SteppedTime)server.Time;

    [Fact]
    public async Task A_source_that_gets_many_refusals_waits_for_each_and_others_do_not()
    {
        for (var i = 0; i < Limits.Refusals; i++)
            Assert.Equal(404, (int)(await GetAsync("/nowhere", "203.0.113.90")).StatusCode);
        var waiting = GetAsync("/nowhere", "203.0.113.90");
        Assert.Equal(404, (int)(await GetAsync("/nowhere", "198.51.100.90")).StatusCode);
        Assert.Equal(200, (int)(await GetAsync("/openapi/v1.json", "203.0.113.90")).StatusCode);
        Assert.False(waiting.IsCompleted);

        await EndDelayAsync();
        Assert.Equal(404, (int)(await waiting).StatusCode);
        Assert.True((await waiting).Headers.ConnectionClose, "what was sent behind a delayed request doesn't stay in memory");
        Assert.Equal(404, (int)(await GetAsync("/nowhere", "203.0.113.90")).StatusCode);
    }

    [Theory]
    [InlineData("Content-Length: 5000000")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_source_that_sends_many_large_bodies_loses_its_connections(string length)
    {
        var source = $"203.0.113.{length.Length}";
        for (var i = 0; i < Limits.Refusals / Limits.UnreadRefusals; i++)
        {
            using var early = await RawConnection.OpenAsync(server.Server);
            Assert.DoesNotContain("Connection: close", await RefusedAsync(early), StringComparison.Ordinal);
        }

        using var connection = await RawConnection.OpenAsync(server.Server);
        var refused = RefusedAsync(connection);
        await EndDelayAsync();
        Assert.Contains("Connection: close", await refused, StringComparison.Ordinal);
        await connection.ReadToEndAsync();

        async Task<string> RefusedAsync(RawConnection sender)
        {
            await sender.SendAsync(
                $"POST /v1/events HTTP/1.1\r\nHost: a\r\n{AccountServer.SourceHeader}: {source}\r\n"
                + $"Authorization: Bearer {ApiKey.Generate(KeyKind.Live)}\r\nContent-Type: application/json\r\n{length}\r\n\r\n");
            var head = await sender.ReadUntilAsync("\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 401", head, StringComparison.Ordinal);
            return head;
        }
    }

    [Fact]
    public async Task A_connection_is_kept_after_a_refusal_whose_body_has_arrived()
    {
        using var connection = await RawConnection.OpenAsync(server.Server);
        for (var i = 0; i < 3; i++)
        {
            var body = new string(' ', 1_000);
            await connection.SendAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            var response = await connection.ReadUntilAsync("}");
            Assert.StartsWith("HTTP/1.1 404", response, StringComparison.Ordinal);
            Assert.DoesNotContain("Connection: close", response, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_source_gets_a_few_documents_at_once()
    {
        for (var i = 0; i < Limits.Documents; i++)
            Assert.Equal(HttpStatusCode.OK, (await GetAsync("/openapi/v1.json", "203.0.113.91")).StatusCode);
        await (await GetAsync("/openapi/v1.json", "203.0.113.91")).IsProblemAsync(429, "rate_limited");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/openapi/v1.json", "198.51.100.91")).StatusCode);
        _time.Advance(Limits.DocumentTime);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/openapi/v1.json", "203.0.113.91")).StatusCode);
    }

    /// <summary>
    /// Waits until the server delays a refusal, and ends the delay. Otherwise the clock could move before the server has counted the
    /// request, and it wouldn't be one too many any more.
    /// </summary>
    private async Task EndDelayAsync()
    {
        await Eventually.TrueAsync(() => _time.Waiting(Limits.RefusalDelay) > 0, "the server delays a refusal");
        _time.Advance(Limits.RefusalDelay);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string source)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(AccountServer.SourceHeader, source);
        return await server.Server.Client.SendAsync(request);
    }

    /// <summary>A server whose delays last until a test advances the clock.</summary>
    public sealed class SteppedServer : AccountServer
    {
        public override ManualTime Time { get; } = new SteppedTime();
    }
}
