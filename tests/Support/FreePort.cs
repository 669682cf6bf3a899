using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Support;

/// <summary>Ports for servers of tests.</summary>
public static class FreePort
{
    /// <summary>Returns a TCP port of the loopback address on which nothing listens.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
