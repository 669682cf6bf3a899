using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Drills;

/// <summary>Connections that send nothing are open while clients send.</summary>
public class IdleConnectionTests(ITestOutputHelper output)
{
    private const int PerAddress = 500;

    /// <summary>1,000, times <c>TELEMETRYKIT_TEST_DRILLS</c>. Each connection needs a file descriptor here and in the server.</summary>
    private static readonly int Connections = 1_000 * int.Parse(
        Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_DRILLS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Batches_are_accepted_and_counted_once_while_many_idle_connections_are_open()
    {
        await using var store = TestStore.Sqlite();
        await using var server = ServerProcess.Create(store.Folder, store.Environment);
        await server.StartAsync();
        var before = WorkingSet(server);
        List<Socket> idle = [];
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                var source = new IPAddress([127, 0, 1, (byte)(1 + (i / PerAddress))]);
                socket.Bind(new IPEndPoint(source, 0));
                await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            }

            using var senders = Senders.Start(new Random(1), server.Address);
            await senders.UntilAsync(1_000);
            await senders.FinishAsync();
            var open = idle.Count(socket => !socket.Poll(0, SelectMode.SelectRead));
            output.WriteLine($"{open} of {Connections} idle connections open; {senders.Acknowledged} events, {senders.Resent} batches sent"
                + $" again; working set {before} MB before, {WorkingSet(server)} MB after");
            Assert.Equal(Connections, open);
            Assert.Equal(0, senders.Resent);
            await store.HoldExactlyAsync(senders.Acknowledged, server);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    private static long WorkingSet(ServerProcess server)
    {
        using var process = Process.GetProcessById(server.Id);
        return process.WorkingSet64 / (1024 * 1024);
    }
}
