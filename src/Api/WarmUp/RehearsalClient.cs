using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TelemetryKit.Api.WarmUp;

/// <summary>A connection of a rehearsal that sends batches, one at a time. It needs less code to be compiled than an HTTP client.</summary>
internal static class RehearsalClient
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Sends batches until cancelled.</summary>
    /// <exception cref="InvalidOperationException">A batch was not accepted.</exception>
    public static async Task RunAsync(int port, string key, int connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var answer = new byte[4_096];
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
            {
                await socket.SendAsync(Request(key, RehearsalBatch.Write(connection, number, now)), cancellationToken);
                var length = await socket.ReceiveAsync(answer, cancellationToken);
                if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
                    throw new InvalidOperationException("The response is: " + Encoding.UTF8.GetString(answer, 0, length));
                // The compiler needs the processor more than the requests do.
                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The rehearsal ends.
        }
    }

    private static byte[] Request(string key, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }
}
