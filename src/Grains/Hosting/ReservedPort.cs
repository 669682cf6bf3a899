using System.Net;
using System.Net.Sockets;

namespace TelemetryKit.Grains.Hosting;

/// <summary>
/// A TCP port that is reserved before a silo listens on it. A silo doesn't notice that its port is in use, because its listener may share
/// it with another process. So the port is bound without sharing first, and then held by a socket that shares it but never listens.
/// </summary>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket _holder;
    private readonly Socket? _name;

    private ReservedPort(Socket holder, Socket? name) => (_holder, _name) = (holder, name);

    /// <summary>The number of the port.</summary>
    public int Number => ((IPEndPoint)_holder.LocalEndPoint!).Port;

    /// <summary>Reserves a port.</summary>
    /// <param name="address">The address to bind to.</param>
    /// <param name="port">The port, or 0 for a free one.</param>
    /// <exception cref="SiloPortException">The port is in use, or the address isn't one of this machine.</exception>
    public static ReservedPort Take(IPAddress address, int port)
    {
        var endpoint = new IPEndPoint(address, port);
        var holder = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (port != 0)
            {
                using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(endpoint);
            }

            holder.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            holder.Bind(endpoint);
            return new(holder, TakeName((IPEndPoint)holder.LocalEndPoint!));
        }
        catch (SocketException fault)
        {
            holder.Dispose();
            throw new SiloPortException($"The silo can't listen on {endpoint}: {fault.Message}.", fault);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _holder.Dispose();
        _name?.Dispose();
    }

    // Two processes that start at the same time both hold the port before either listens. Of an abstract name, which exists in the same
    // network namespace as the port, there is only one.
    private static Socket? TakeName(IPEndPoint endpoint)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            name.Bind(new UnixDomainSocketEndPoint($"\0telemetrykit-silo-{endpoint}"));
            return name;
        }
        catch (SocketException)
        {
            name.Dispose();
            throw;
        }
    }
}
