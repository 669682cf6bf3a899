using System.Net.Sockets;
using System.Text;
using TelemetryKit.Api.Tests.Accounts;

namespace TelemetryKit.Api.Tests.Http;

/// <summary>Connections take turns on the server's threads.</summary>
public sealed class TurnsTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string Request = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_request_gets_a_response_while_other_connections_send_pipelined_requests_without_end()
    {
        using var begun = new CountdownEvent(16);
        var others = Enumerable.Range(0, begun.InitialCount).Select(_ => new Pipeline(server.Server.Url, begun)).ToList();
        try
        {
            for (var i = 0; i < 10; i++)
                Assert.StartsWith("HTTP/1.1 200", Get(), StringComparison.Ordinal);
            Assert.True(begun.Wait(Patience), "each of the others gets responses");
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
    }

    // Blocks, because the server of the test shares the thread pool with it.
    private string Get()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        socket.Connect(server.Server.Url.Host, server.Server.Url.Port);
        socket.Send(Encoding.ASCII.GetBytes(Request));
        var buffer = new byte[4_096];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    /// <summary>A connection that sends requests without waiting for responses, on threads of its own, until it is disposed.</summary>
    private sealed class Pipeline : IDisposable
    {
        private readonly byte[] _requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Request, 1_000)));
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Thread> _threads;

        public Pipeline(Uri url, CountdownEvent begun)
        {
            _socket.Connect(url.Host, url.Port);
            _threads = [new(() => UntilClosed(() => _socket.Send(_requests))), new(() => Receive(begun))];
            _threads.ForEach(thread => thread.Start());
        }

        public void Dispose()
        {
            _socket.Close();
            _threads.ForEach(thread => thread.Join());
        }

        private void Receive(CountdownEvent begun)
        {
            var (buffer, hasBegun) = (new byte[64 * 1024], false);
            UntilClosed(() =>
            {
                var read = _socket.Receive(buffer);
                if (read > 0 && !hasBegun)
                    begun.Signal();
                hasBegun = true;
                return read;
            });
        }

        private static void UntilClosed(Func<int> step)
        {
            try
            {
                while (step() > 0)
                {
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}
