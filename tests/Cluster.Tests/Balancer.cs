using System.Net;
using System.Net.Sockets;
using TelemetryKit.Support;

namespace TelemetryKit.Cluster.Tests;

/// <summary>A load balancer: forwards each connection to a server that was ready half a second ago.</summary>
internal sealed class Balancer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly IReadOnlyList<ServerProcess> _servers;
    private volatile ServerProcess[] _ready = [];
    private int _next;

    private Balancer(IReadOnlyList<ServerProcess> servers) => _servers = servers;

    /// <summary>The address for clients.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public static Balancer Start(IReadOnlyList<ServerProcess> servers)
    {
        var balancer = new Balancer(servers) { _ready = [.. servers] };
        balancer._listener.Start();
        _ = Task.Run(balancer.CheckAsync);
        _ = Task.Run(balancer.AcceptAsync);
        return balancer;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _http.Dispose();
    }

    private async Task CheckAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            List<ServerProcess> ready = [];
            foreach (var server in _servers)
            {
                if (await IsReadyAsync(server))
                    ready.Add(server);
            }

            _ready = [.. ready];
            await Task.Delay(500);
        }
    }

    private async Task<bool> IsReadyAsync(ServerProcess server)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(server.Address, "/health/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(() => ForwardAsync(client));
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var from = client;
        try
        {
            var ready = _ready;
            using var to = new TcpClient();
            var server = ready[(int)((uint)Interlocked.Increment(ref _next) % (uint)ready.Length)];
            await to.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            // If one side closes, both do.
            await Task.WhenAny(
                from.GetStream().CopyToAsync(to.GetStream(), _stop.Token), to.GetStream().CopyToAsync(from.GetStream(), _stop.Token));
        }
        catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException)
        {
            // The client sends again.
        }
    }
}
