using System.Text.Json.Nodes;
using System.Threading.Channels;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Stats;

/// <summary>One server-sent event.</summary>
internal sealed record LiveEvent(string Id, string Event, JsonNode Data);

/// <summary>Reads a live view in the manner of a browser.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private readonly HttpResponseMessage _response;
    private readonly Channel<LiveEvent> _events = Channel.CreateUnbounded<LiveEvent>();
    private readonly Task _reading;

    private LiveClient(HttpResponseMessage response)
    {
        _response = response;
        _reading = ReadAsync();
    }

    public static async Task<LiveClient> OpenAsync(TestProject project, string query, string? lastEventId = null)
    {
        var request = Request.Get("/v1/stats/live" + query, project.ReadKey);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await project.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new(response);
    }

    /// <summary>
    /// Returns the next event without a tight time-out. <see cref="LiveFeedTests"/> tests the latency with a manual clock.
    /// </summary>
    public async Task<LiveEvent> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        return await _events.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Returns whether another event arrives within two polls.</summary>
    public async Task<bool> HasNextAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        return _events.Reader.TryRead(out _);
    }

    /// <summary>Completes when the server has ended the view. Throws if the connection was aborted.</summary>
    public Task EndAsync() => _reading.WaitAsync(Timeout);

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        try
        {
            await _reading;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // The response was closed while it was read.
        }
    }

    private async Task ReadAsync()
    {
        using var reader = new StreamReader(await _response.Content.ReadAsStreamAsync());
        var (id, name) = ("", "");
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                _events.Writer.TryWrite(new(id, name, JsonNode.Parse(line[6..])!));
        }
    }
}
