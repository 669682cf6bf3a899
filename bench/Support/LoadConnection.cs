using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TelemetryKit.Bench.Support;

/// <summary>The parts of a response that the load generator uses.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Accepted">The number after <c>"accepted":</c> in the body; 0 if there is none.</param>
/// <param name="Text">The whole response if the status isn't 200; otherwise <c>null</c>.</param>
internal readonly record struct LoadAnswer(int Status, long Accepted, string? Text);

/// <summary>A keep-alive HTTP/1.1 connection that posts batches.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _head;
    private byte[] _request = [];
    private int _length;
    private byte[] _answer = new byte[16 * 1024];

    private LoadConnection(Socket socket, byte[] head)
    {
        _socket = socket;
        _head = head;
    }

    public static async Task<LoadConnection> OpenAsync(Uri url, string key)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port);
        var head = $"POST {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + "Content-Type: application/json\r\nContent-Length: ";
        return new LoadConnection(socket, Encoding.ASCII.GetBytes(head));
    }

    /// <summary>Prepares the next request. Separate from sending, so that it isn't part of the latency.</summary>
    public void Prepare(RequestBody body, Random random, double spreadDays, bool mixed)
    {
        if (_request.Length < _head.Length + body.Length + 32)
            _request = new byte[_head.Length + body.Length + 32];
        _head.CopyTo(_request, 0);
        var at = _head.Length;
        Utf8Formatter.TryFormat(body.Length, _request.AsSpan(at), out var digits);
        at += digits;
        "\r\n\r\n"u8.CopyTo(_request.AsSpan(at));
        at += 4;
        var now = DateTimeOffset.UtcNow;
        var happenedAt = now.AddDays(-spreadDays * random.NextDouble()).AddSeconds(-random.NextDouble() * 10);
        body.Write(_request.AsSpan(at), random, now, happenedAt, mixed);
        _length = at + body.Length;
    }

    public async ValueTask<LoadAnswer> SendAsync()
    {
        for (var sent = 0; sent < _length;)
            sent += await _socket.SendAsync(_request.AsMemory(sent, _length - sent));
        var received = 0;
        while (true)
        {
            if (received == _answer.Length)
                Array.Resize(ref _answer, _answer.Length * 2);
            var count = await _socket.ReceiveAsync(_answer.AsMemory(received));
            if (count == 0)
                throw new IOException("The collector closed the connection: " + Encoding.UTF8.GetString(_answer, 0, received));
            received += count;
            if (TryParse(_answer.AsSpan(0, received)) is { } answer)
                return answer;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static LoadAnswer? TryParse(ReadOnlySpan<byte> bytes)
    {
        var headEnd = bytes.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return null;
        var head = bytes[..headEnd];
        var body = bytes[(headEnd + 4)..];
        var lengthAt = head.IndexOf("Content-Length: "u8);
        var isWhole = lengthAt >= 0
            ? Utf8Parser.TryParse(head[(lengthAt + 16)..], out int length, out _) && body.Length >= length
            : body.EndsWith("0\r\n\r\n"u8); // Chunked, as ASP.NET sends JSON of unknown length.
        if (!isWhole)
            return null;
        var status = int.Parse(head.Slice(9, 3), CultureInfo.InvariantCulture);
        var acceptedAt = body.IndexOf("\"accepted\":"u8);
        var accepted = acceptedAt >= 0 && Utf8Parser.TryParse(body[(acceptedAt + 11)..], out long number, out _) ? number : 0;
        return new LoadAnswer(status, accepted, status == 200 ? null : Encoding.UTF8.GetString(bytes));
    }
}
