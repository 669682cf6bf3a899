using System.Globalization;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>A request whose body is sent in part and then stalls.</summary>
internal sealed class HeldBody : IDisposable
{
    private readonly RawConnection _connection;

    private HeldBody(RawConnection connection)
    {
        _connection = connection;
        Response = connection.ReadUntilAsync("\r\n\r\n");
    }

    /// <summary>The head of the response, which arrives only if the server ends the body.</summary>
    public Task<string> Response { get; }

    /// <summary>The number of sent bytes of the body.</summary>
    public long Sent { get; private set; }

    /// <summary>
    /// Sends <paramref name="sent"/> of <paramref name="announced"/> bytes of a body. Returns when they are written, or when the server has
    /// ended the body.
    /// </summary>
    public static async Task<HeldBody> StartAsync(TestServer server, string key, string source, int announced, int sent)
    {
        var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(
            $"POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nX-Forwarded-For: {source}\r\n"
            + string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {announced}\r\n\r\n"));
        var body = new HeldBody(connection);
        await body.SendAsync(sent);
        return body;
    }

    /// <summary>Sends more bytes of the body.</summary>
    public async Task SendAsync(int bytes)
    {
        Sent += bytes;
        var sending = TrySendAsync(new byte[bytes]);
        await Task.WhenAny(sending, Response);
    }

    public void Dispose() => _connection.Dispose();

    private async Task TrySendAsync(byte[] bytes)
    {
        try
        {
            await _connection.SendAsync(bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server has ended the body. Response has the reason.
        }
    }
}
