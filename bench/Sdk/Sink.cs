using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Bench.Recording;

/// <summary>A local server that accepts every request immediately, so that waiting and failures do not affect the measurements.</summary>
internal sealed class Sink : IDisposable
{
    private static readonly byte[] Response = """{"received":1,"accepted":1,"duplicates":0,"rejected":[]}"""u8.ToArray();

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
            // The benchmark has ended.
        }
    }

    private static async Task Take(HttpListenerContext context)
    {
        try
        {
            await context.Request.InputStream.CopyToAsync(Stream.Null);
            await context.Response.OutputStream.WriteAsync(Response);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client closed the connection.
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
