using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace TelemetryKit.Conformance.Tests;

/// <summary>Plays the server of a case, and records what it receives.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly List<Rule> _rules;
    private readonly Dictionary<Rule, int> _used = [];
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly FakeReceipts _receipts = new();
    private CancellationTokenSource _stop = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private bool _isSilent;
    private int _connections;

    public FakeServer(List<Rule> rules)
    {
        _rules = rules;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync(_listener, _stop.Token);
    }

    public int Port { get; }

    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Sets how the server behaves: <c>up</c>, <c>refused</c> or <c>silent</c>.</summary>
    public void Become(string state)
    {
        _isSilent = state == "silent";
        if (state == "refused")
        {
            _stop.Cancel();
            _listener.Dispose();
        }
        else if (_stop.IsCancellationRequested)
        {
            _stop.Dispose();
            _stop = new();
            _listener = new(IPAddress.Loopback, Port) { ExclusiveAddressUse = false };
            _listener.Start();
            _ = AcceptAsync(_listener, _stop.Token);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
        _receipts.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client, stop);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReceivedRequest.ReadAsync(stream, stop) is { } request)
                {
                    if (_isSilent)
                        await Task.Delay(Timeout.Infinite, stop);
                    if (Respond(request) is not { } response)
                        return;
                    await stream.WriteAsync(response, stop);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client closed the connection, or the case ended.
            }
        }
    }

    private byte[]? Respond(ReceivedRequest request)
    {
        // An SDK may open its connection with a request that has no effect. It isn't part of a case.
        if (request.Method == "HEAD")
            return Response(405, null);
        Rule? rule;
        lock (_used)
        {
            rule = _rules.FirstOrDefault(r => (r.To is null || request.Path.StartsWith(r.To, StringComparison.Ordinal))
                && (r.Contains is null || request.Text.Contains(r.Contains, StringComparison.Ordinal))
                && _used.GetValueOrDefault(r) < r.Times);
            if (rule is not null)
                _used[rule] = _used.GetValueOrDefault(rule) + 1;
        }

        request.Status = rule?.Status ?? 200;
        _requests.Enqueue(request);
        if (rule is null)
            return Default(request);
        return rule.Closes ? null : Response(rule.Status, rule.Body, rule.Headers);
    }

    private byte[] Default(ReceivedRequest request)
    {
        var count = request.Events.Count;
        return request.Path switch
        {
            "/v1/events" => Response(200, new JsonObject
            {
                ["received"] = count, ["accepted"] = count, ["duplicates"] = 0, ["rejected"] = new JsonArray(),
            }),
            "/v1/erase" => Response(202, _receipts.Ask()),
            "/.well-known/telemetrykit" => Response(200, _receipts.Keys),
            var path when path.StartsWith("/v1/erasures/", StringComparison.Ordinal) => Response(200, _receipts.Complete()),
            _ => Response(404, new JsonObject { ["status"] = 404, ["code"] = "not_found" }),
        };
    }

    private static byte[] Response(int status, JsonNode? body, Dictionary<string, string>? headers = null)
    {
        var text = body is JsonValue plain && plain.TryGetValue<string>(out var raw) ? raw : body?.ToJsonString() ?? "";
        var head = new StringBuilder($"HTTP/1.1 {status} Status\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n");
        foreach (var (name, value) in headers ?? [])
            head.Append($"{name}: {value}\r\n");
        if (headers?.ContainsKey("Content-Type") != true)
            head.Append("Content-Type: application/json\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(text).ToString());
    }
}

/// <summary>A request that the server received.</summary>
internal sealed record ReceivedRequest(string Method, string Path, JsonObject Headers, string Text, DateTimeOffset At)
{
    public int Status { get; set; }

    public JsonNode? Body => Text.Length == 0 ? null : JsonNode.Parse(Text);

    public JsonArray Events => Path == "/v1/events" && Body?["events"] is JsonArray events ? events : [];

    /// <summary>The form in which cases describe it.</summary>
    public JsonObject AsJson => new()
    {
        ["method"] = Method, ["path"] = Path, ["headers"] = Headers.DeepClone(), ["body"] = Body, ["status"] = Status,
    };

    public static async Task<ReceivedRequest?> ReadAsync(NetworkStream stream, CancellationToken stop)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop) == 0)
                return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = new JsonObject();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        var first = lines[0].Split(' ');
        return new(first[0], first[1], headers, await ReadBodyAsync(stream, headers, stop), DateTimeOffset.UtcNow);
    }

    private static async Task<string> ReadBodyAsync(NetworkStream stream, JsonObject headers, CancellationToken stop)
    {
        var body = (string?)headers["transfer-encoding"] == "chunked"
            ? await ReadChunksAsync(stream, stop)
            : await ReadExactlyAsync(stream, int.Parse((string?)headers["content-length"] ?? "0"), stop);
        if ((string?)headers["content-encoding"] != "gzip")
            return Encoding.UTF8.GetString(body);
        await using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return await reader.ReadToEndAsync(stop);
    }

    private static async Task<byte[]> ReadExactlyAsync(NetworkStream stream, int length, CancellationToken stop)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    private static async Task<byte[]> ReadChunksAsync(NetworkStream stream, CancellationToken stop)
    {
        List<byte> all = [];
        while (true)
        {
            var size = new StringBuilder();
            while (!size.ToString().EndsWith("\r\n", StringComparison.Ordinal))
                size.Append((char)(await ReadExactlyAsync(stream, 1, stop))[0]);
            var length = Convert.ToInt32(size.ToString().Trim(), 16);
            all.AddRange(await ReadExactlyAsync(stream, length, stop));
            await ReadExactlyAsync(stream, 2, stop);
            if (length == 0)
                return [.. all];
        }
    }
}
