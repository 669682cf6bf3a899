using System.Net;
using System.Net.Sockets;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Tests;

public sealed class ReservedPortTests
{
    [Fact]
    public void A_port_that_is_in_use_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var fault = Assert.Throws<SiloPortException>(() => ReservedPort.Take(IPAddress.Loopback, port));

        Assert.Contains($"127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
    }

    // Two silos that start at the same time.
    [Fact]
    public void A_port_that_another_silo_has_reserved_is_refused_and_can_be_reserved_after_it()
    {
        int port;
        using (var first = ReservedPort.Take(IPAddress.Loopback, 0))
        {
            port = first.Number;
            Assert.Throws<SiloPortException>(() => ReservedPort.Take(IPAddress.Loopback, port));
        }

        using var second = ReservedPort.Take(IPAddress.Loopback, port);
        Assert.Equal(port, second.Number);
    }

    [Fact]
    public void A_port_on_which_another_silo_listens_is_refused()
    {
        using var reserved = ReservedPort.Take(IPAddress.Loopback, 0);
        using var silo = Listen(reserved.Number);

        Assert.Throws<SiloPortException>(() => ReservedPort.Take(IPAddress.Loopback, reserved.Number));
    }

    [Fact]
    public void A_reserved_port_can_be_listened_on_and_is_no_free_one()
    {
        using var reserved = ReservedPort.Take(IPAddress.Loopback, 0);
        using var silo = Listen(reserved.Number);

        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, reserved.Number);

        Assert.True(silo.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
    }

    [Fact]
    public void An_address_of_another_machine_is_refused() =>
        Assert.Throws<SiloPortException>(() => ReservedPort.Take(IPAddress.Parse("192.0.2.1"), 0));

    // Like the listener of Orleans, which shares its port.
    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
        return socket;
    }
}
