using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TelemetryKit.EndToEnd.Tests.Harness;

/// <summary>A batch that can be sent several times with the same ids.</summary>
internal sealed class Batch
{
    private static readonly string[] Commands = ["build", "test", "run", "publish"];
    private readonly byte[] _body;

    private Batch(int count, byte[] body)
    {
        Count = count;
        _body = body;
    }

    /// <summary>The number of events.</summary>
    public int Count { get; }

    /// <summary>Creates a batch. Without a batch id, duplicates are recognized by the ids of the events.</summary>
    public static Batch Create(Random random, int count, bool withBatchId = true, string? command = null)
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
                ["metadata"] = new JsonObject
                {
                    ["command"] = command ?? Commands[random.Next(Commands.Length)],
                    ["target"] = "production",
                },
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

    /// <summary>Sends the batch once. The verdicts are parsed if the status is 200.</summary>
    public async Task<BatchResponse> SendAsync(HttpClient http, Uri server, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/v1/events"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Write);
        request.Content = new ByteArrayContent(_body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if ((int)response.StatusCode != 200)
            return new BatchResponse((int)response.StatusCode, 0, 0, response.Headers.RetryAfter?.Delta, text);
        using var json = JsonDocument.Parse(text);
        var (accepted, duplicates) = (json.RootElement.GetProperty("accepted"), json.RootElement.GetProperty("duplicates"));
        return new BatchResponse(200, accepted.GetInt32(), duplicates.GetInt32(), null, text);
    }
}

/// <summary>The response to a batch.</summary>
internal sealed record BatchResponse(int Status, int Accepted, int Duplicates, TimeSpan? RetryAfter, string Text);
