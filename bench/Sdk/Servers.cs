using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Bench.Recording;

/// <summary>Servers as users have them: one that works, and four ways in which none can be reached.</summary>
internal sealed class Servers : IDisposable
{
    private readonly Sink _live = new();
    private readonly TcpListener _blackHole = new(IPAddress.Loopback, 0);

    public Servers()
    {
        // The system accepts connections, and nobody reads from them.
        _blackHole.Start(backlog: 512);
        var refused = $"http://127.0.0.1:{Sink.FreePort()}";
        All =
        [
            new("live server", _live.Address.ToString(), null),
            new("refused port", refused, null),
            new("black hole", $"http://127.0.0.1:{((IPEndPoint)_blackHole.LocalEndpoint).Port}", null),
            new("dead proxy", "http://telemetry.example", refused),
            new("unknown name", "http://telemetry.invalid", null),
        ];
    }

    public IReadOnlyList<Server> All { get; }

    public void Dispose()
    {
        _live.Dispose();
        _blackHole.Dispose();
    }

    internal sealed record Server(string Name, string Endpoint, string? Proxy);
}
