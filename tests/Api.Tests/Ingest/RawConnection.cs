using System.Net.Sockets;
using System.Text;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Ingest;

/// <summary>A socket, for requests that an HTTP client can't send.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private RawConnection(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<RawConnection> OpenAsync(TestServer server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        return new(client);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Reads until the text is received, and returns everything read.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var read = new List<byte>();
        var buffer = new byte[1];
        while (!Encoding.UTF8.GetString([.. read]).Contains(text, StringComparison.Ordinal))
        {
            Assert.NotEqual(0, await _stream.ReadAsync(buffer));
            read.AddRange(buffer);
        }

        return Encoding.UTF8.GetString([.. read]);
    }

    /// <summary>Closes the sending side of the connection.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the server closes or resets the connection, and returns everything read.</summary>
    public async Task<string> ReadToEndAsync(double seconds = 180)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var text = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            int read;
            while ((read = await _stream.ReadAsync(buffer, timeout.Token)) > 0)
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // The server reset the connection.
        }

        return text.ToString();
    }

    public void Dispose() => _client.Dispose();
}
