using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>A batch that is sent, and sent again with the same ids until it is answered.</summary>
internal sealed class Batch
{
    private static readonly string[] Commands = ["build", "test", "run", "publish"];
    private readonly byte[] _body;

    private Batch(int count, byte[] body)
    {
        Count = count;
        _body = body;
    }

    /// <summary>Events in it.</summary>
    public int Count { get; }

    /// <summary>Makes a batch. Without a batch id, each event's own id makes it count once.</summary>
    public static Batch Make(Random random, int count, bool withBatchId = true, string? command = null)
    {
        var events = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            events.Add(new JsonObject
            {
                ["event_id"] = Guid.CreateVersion7().ToString(),
                ["event_type"] = "command_executed",
                ["timestamp"] = DateTime.UtcNow.ToString("O"),
                ["user_id"] = $"anon_{random.Next(500)}",
                ["session_id"] = $"s{random.Next(2_000)}",
                ["success"] = random.Next(10) > 0,
                ["duration_ms"] = random.Next(1, 5_000),
                ["metadata"] = new JsonObject { ["command"] = command ?? Commands[random.Next(Commands.Length)], ["target"] = "production" },
            });
        }

        var batch = new JsonObject
        {
            ["service_name"] = "my-cli",
            ["service_version"] = "1.2.0",
            ["context"] = new JsonObject { ["os"] = "linux", ["arch"] = "x64", ["runtime"] = "dotnet 10.0", ["actor"] = "human" },
            ["events"] = events,
        };
        if (withBatchId)
            batch["batch_id"] = Guid.CreateVersion7().ToString();
        return new Batch(count, Encoding.UTF8.GetBytes(batch.ToJsonString()));
    }

    /// <summary>Sends it once. The answer is parsed where it is a 200.</summary>
    public async Task<BatchAnswer> SendAsync(HttpClient http, Uri server, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/v1/events"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Write);
        request.Content = new ByteArrayContent(_body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if ((int)response.StatusCode != 200)
            return new BatchAnswer((int)response.StatusCode, 0, 0, response.Headers.RetryAfter?.Delta, text);
        using var json = JsonDocument.Parse(text);
        return new BatchAnswer(200, json.RootElement.GetProperty("accepted").GetInt32(), json.RootElement.GetProperty("duplicates").GetInt32(), null, text);
    }
}

/// <summary>What the server said.</summary>
internal sealed record BatchAnswer(int Status, int Accepted, int Duplicates, TimeSpan? RetryAfter, string Text);
