using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>A server that implements the protocol, counts batches by id like the real one, and can be made to misbehave.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public FakeServer()
    {
        _listener.Start();
        Endpoint = new("http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port);
        _ = Task.Run(Accept);
    }

    public Uri Endpoint { get; }

    /// <summary>Creates the response; by default a 200 for the batch. Null closes the connection without a response.</summary>
    public Func<Request, string?> Respond { get; set; } = Accepted;

    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>The heads of the requests that only opened a connection.</summary>
    public ConcurrentQueue<string> Connected { get; } = new();

    /// <summary>The requests with a 200 as response.</summary>
    public ConcurrentQueue<Request> Delivered { get; } = new();

    /// <summary>The received events, counting each batch once.</summary>
    public List<JsonElement> Events =>
        Requests.GroupBy(request => request.BatchId).SelectMany(batch => batch.First().Events).ToList();

    public static string Accepted(Request request) =>
        Response(200, $$"""{"received":{{request.Events.Count}},"accepted":{{request.Events.Count}},"duplicates":0,"rejected":[]}""");

    /// <summary>Does not respond until the server is disposed.</summary>
    public string? NeverRespond(Request request)
    {
        _stop.Token.WaitHandle.WaitOne();
        return null;
    }

    public static string Problem(int status, string code, string headers = "") =>
        Response(status, $$"""{"status":{{status}},"code":"{{code}}"}""", headers);

    public static string Response(int status, string body, string headers = "") =>
        $"HTTP/1.1 {status} x\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}";

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Serve(client));
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await Request.Read(stream) is not { } request)
                    return;
                if (request.Head.StartsWith("HEAD ", StringComparison.Ordinal))
                {
                    Connected.Enqueue(request.Head);
                    await stream.WriteAsync("HTTP/1.1 405 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                    return;
                }

                Requests.Enqueue(request);
                // On a separate thread, because Respond may block, and the thread pool is also used by the clients.
                var response = await Task.Factory.StartNew(
                    () => Respond(request), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (response is null)
                    return;
                if (response.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                    Delivered.Enqueue(request);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(response));
            }
            catch (IOException)
            {
                // The client closed the connection.
            }
        }
    }

    internal sealed record Request(string Head, string Body)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        public string Path => Head.Split(' ')[1];

        public string BatchId => Json.GetProperty("batch_id").GetString()!;

        public IReadOnlyList<JsonElement> Events => Json.GetProperty("events").EnumerateArray().ToList();

        public static async Task<Request?> Read(NetworkStream stream)
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(one) == 0)
                    return null;
                head.Append((char)one[0]);
            }

            var text = head.ToString();
            var body = new byte[LengthIn(text)];
            await stream.ReadExactlyAsync(body);
            return new(text, Decode(text, body));
        }

        private static int LengthIn(string head) => int.Parse(
            head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?[15..].Trim()
            ?? "0");

        private static string Decode(string head, byte[] body)
        {
            if (!head.Contains("Content-Encoding: gzip", StringComparison.OrdinalIgnoreCase))
                return Encoding.UTF8.GetString(body);
            using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            using var reader = new StreamReader(gzip);
            return reader.ReadToEnd();
        }
    }
}
