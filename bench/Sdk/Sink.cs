using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Bench.Recording;

/// <summary>A server on this machine that takes whatever is posted, at once, so that no client is measured waiting or failing.</summary>
internal sealed class Sink : IDisposable
{
    private static readonly byte[] Answer = """{"received":1,"accepted":1,"duplicates":0,"rejected":[]}"""u8.ToArray();

    private readonly HttpListener _listener = new();

    public Sink()
    {
        Address = new($"http://127.0.0.1:{FreePort()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = Accept();
    }

    public Uri Address { get; }

    public void Dispose() => ((IDisposable)_listener).Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Take(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The bench is over.
        }
    }

    private static async Task Take(HttpListenerContext context)
    {
        try
        {
            await context.Request.InputStream.CopyToAsync(Stream.Null);
            await context.Response.OutputStream.WriteAsync(Answer);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client left, which is its right.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
