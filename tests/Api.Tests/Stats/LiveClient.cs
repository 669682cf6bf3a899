using System.Text.Json.Nodes;
using System.Threading.Channels;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Stats;

/// <summary>One server-sent event.</summary>
internal sealed record LiveEvent(string Id, string Event, JsonNode Data);

/// <summary>Watches a live view as a browser does.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
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

    /// <summary>The next event, however long the machine takes over it. How soon a view has to show it is held by <see cref="LiveFeedTests"/>, with a clock of its own.</summary>
    public async Task<LiveEvent> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _events.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Whether another event comes within two polls.</summary>
    public async Task<bool> HasNextAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        return _events.Reader.TryRead(out _);
    }

    /// <summary>Returns when the server has ended the view; throws where it broke off instead.</summary>
    public Task EndAsync() => _reading.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        try
        {
            await _reading;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // That is how a reader learns that it was closed.
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
