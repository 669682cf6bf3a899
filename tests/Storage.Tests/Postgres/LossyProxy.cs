using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Storage.Tests.Postgres;

/// <summary>
/// A TCP relay that can lose responses: data of the client is still relayed, but not the response of the server, and the connection is
/// closed.
/// </summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private volatile bool _losesResponses;

    public LossyProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the next response on each connection is lost and the connection closed.</summary>
    public bool LosesResponses
    {
        get => _losesResponses;
        set => _losesResponses = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_stopped.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _serverPort);
        await Task.WhenAny(CopyAsync(near, server, isResponse: false), CopyAsync(server, near, isResponse: true));
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isResponse)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stopped.Token) is > 0 and var read)
            {
                if (isResponse && LosesResponses)
                    return;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stopped.Token);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
