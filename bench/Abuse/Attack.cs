using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Bench.Abuse;

/// <summary>An attack: what each of its connections does, again and again.</summary>
/// <param name="Number">The number of the finding that it reproduces.</param>
/// <param name="Name">Its name.</param>
/// <param name="Connections">Concurrent connections.</param>
/// <param name="Step">Sends one request as connection and step, and returns its status.</param>
/// <param name="OnFree">Whether the honest client is that of the Free tenant.</param>
internal sealed record Attack(int Number, string Name, int Connections, Func<Attacker, int, int, Task<int>> Step, bool OnFree = false)
{
    /// <summary>All attacks.</summary>
    public static IReadOnlyList<Attack> All { get; } =
    [
        new(3, "names", 4, (a, connection, step) => a.SendNamesAsync(connection, step)),
        new(5, "bodies", 26, (a, connection, _) => a.HoldBodyAsync(connection)),
        new(9, "guesses", 12, (a, connection, step) => a.SignInAsync(connection, step, a.Target.Email)),
        new(12, "networks", 5, (a, connection, step) => a.SpendQuotaAsync(connection, step), OnFree: true),
        new(13, "sign-ins", 16, (a, connection, step) => a.SignInAsync(connection, step, $"{Guid.NewGuid():N}@example.org")),
        new(13, "openapi", 8, (a, connection, _) => a.ReadDocumentAsync(connection)),
        new(13, "gzip", 4, (a, _, _) => a.SendGzipAsync()),
        new(20, "keys", 12, (a, _, _) => a.SendUnknownKeyAsync()),
    ];
}

/// <summary>The requests of attacks.</summary>
internal sealed class Attacker(Target target) : IDisposable
{
    private const int BodyBytes = 5 * 1024 * 1024;
    private readonly Client _client = new(target.Url);
    private readonly byte[] _costlyGzip = Gzip("{\"events\":[{\"event_type\":\"x\",\"metadata\":{\"a\":\""
        + string.Concat(Enumerable.Repeat("a:a:a:", 3_000_000)) + "\"}}]}");

    /// <summary>The server.</summary>
    public Target Target => target;

    /// <summary>Sends 500 events with names that occur once, from a network of its own, with the public key of the honest tenant.</summary>
    public async Task<int> SendNamesAsync(int connection, int step)
    {
        var events = Enumerable.Range(0, 500).Select(_ =>
            $$$"""{"event_type":"command_executed","metadata":{"command":"c{{{Guid.NewGuid():N}}}"}}""");
        var status = await IngestAsync($"2001:db8:{step % 65536:x}:{connection}::1", target.Honest.Write, Batch(events));
        // About what finding 3 sends in all, each second.
        await Task.Delay(1_000);
        return status;
    }

    /// <summary>Sends a body of 5 MiB except for its end, and holds it until the server gives up.</summary>
    public async Task<int> HoldBodyAsync(int connection)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target.Url.Host, target.Url.Port);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.{connection}\r\n"
            + $"Authorization: Bearer {target.Attacker.Write}\r\nContent-Type: application/json\r\nContent-Length: {BodyBytes}\r\n\r\n");
        var answer = new byte[1_024];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(head));
            await socket.SendAsync(new byte[BodyBytes - 2_000]);
            var read = await socket.ReceiveAsync(answer);
            return read > 12 ? int.Parse(Encoding.ASCII.GetString(answer, 9, 3), CultureInfo.InvariantCulture) : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
        finally
        {
            // The attacker doesn't spend the machine's processors.
            await Task.Delay(200);
        }
    }

    /// <summary>Tries a wrong password, from another source each time.</summary>
    public async Task<int> SignInAsync(int connection, int step, string email)
    {
        using var response = await _client.SignInAsync(Anywhere(connection, step), email, "wrong guess");
        if ((int)response.StatusCode is 429 or 503)
            await Task.Delay(100);
        return (int)response.StatusCode;
    }

    /// <summary>Sends events from one of five /64 networks of a /48, with the public key of the Free tenant.</summary>
    public Task<int> SpendQuotaAsync(int connection, int step) => PausedAsync(IngestAsync(
        $"2001:db8:5:{connection}::{step % 65536:x}", target.Free.Write, Batch(Enumerable.Repeat("""{"event_type":"spent"}""", 100))));

    /// <summary>Reads the OpenAPI document.</summary>
    public async Task<int> ReadDocumentAsync(int connection)
    {
        using var response = await _client.GetAsync($"203.0.113.{connection + 100}", "/openapi/v1.json");
        return (int)response.StatusCode;
    }

    /// <summary>Sends a small body that is costly to parse, from a source whose rate is spent.</summary>
    public async Task<int> SendGzipAsync()
    {
        using var response = await _client.IngestAsync("203.0.113.200", target.Attacker.Write, _costlyGzip, "gzip");
        return (int)response.StatusCode;
    }

    /// <summary>Presents a key that doesn't exist.</summary>
    public Task<int> SendUnknownKeyAsync() => IngestAsync("203.0.113.201", ApiKey.Generate(KeyKind.Live), "{}"u8.ToArray());

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static async Task<int> PausedAsync(Task<int> sending)
    {
        var status = await sending;
        await Task.Delay(20);
        return status;
    }

    private static string Anywhere(int connection, int step) =>
        string.Create(CultureInfo.InvariantCulture, $"2001:{0x1000 + connection:x}:{step % 65536:x}::1");

    private static byte[] Batch(IEnumerable<string> events) => Encoding.UTF8.GetBytes(
        "{\"batch_id\":" + JsonSerializer.Serialize(Guid.NewGuid()) + ",\"events\":[" + string.Join(',', events) + "]}");

    private static byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Optimal))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }

    private async Task<int> IngestAsync(string source, string key, byte[] body)
    {
        using var response = await _client.IngestAsync(source, key, body);
        return (int)response.StatusCode;
    }
}
