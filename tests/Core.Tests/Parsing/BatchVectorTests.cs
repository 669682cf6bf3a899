using System.Globalization;
using System.Text;
using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Ingest.Parsing;

namespace TelemetryKit.Core.Tests.Parsing;

/// <summary>Runs <c>spec/vectors/batches</c>. Only the expectations of a vector are checked.</summary>
public sealed class BatchVectorTests
{
    public static TheoryData<string, string> Vectors()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Spec.Files("vectors/batches"))
        {
            foreach (var vector in Spec.Read(file).EnumerateArray())
                data.Add(Path.GetFileName(file), vector.GetProperty("name").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_vector_gives_the_expected_result(string file, string name)
    {
        var vector = Spec.Read("vectors/batches/" + file).EnumerateArray().Single(v => v.GetProperty("name").GetString() == name);
        var expected = vector.GetProperty("expected");
        // Three times, because repeated words take another code path.
        for (var round = 0; round < 3; round++)
        {
            var parsed = new ParsedBatch();
            var outcome = BatchParser.Parse(Body(vector), Project(vector), vector.GetProperty("received_at").GetDateTimeOffset(), parsed);
            Assert.Equal(expected.TryGetProperty("code", out var code) ? code.GetString() : null, outcome.Code);
            Assert.Equal(outcome.IsBatch, outcome.Message is null);
            if (outcome.IsBatch)
                Check(expected, parsed);
            else
                Assert.Equal((0, 0, 0), (parsed.Received, parsed.Events.Count, parsed.Rejected.Count));
        }
    }

    private static void Check(JsonElement expected, ParsedBatch parsed)
    {
        Assert.Equal(expected.GetProperty("received").GetInt32(), parsed.Received);
        Assert.Equal(expected.GetProperty("duplicates").GetInt32(), parsed.Duplicates);
        Assert.Equal(parsed.Received, parsed.Events.Count + parsed.Duplicates + parsed.Rejected.Count);
        if (expected.TryGetProperty("batch_id", out var batchId))
            Assert.Equal(batchId.GetString(), parsed.BatchId?.ToString());
        if (expected.TryGetProperty("dropped_metadata", out var dropped))
            Assert.Equal(dropped.GetInt32(), parsed.DroppedMetadata);
        var rejected = expected.GetProperty("rejected").EnumerateArray().ToList();
        Assert.Equal(
            rejected.Select(r => $"{r.GetProperty("index")} {r.GetProperty("code")}"),
            parsed.Rejected.Select(r => $"{r.Index} {r.Reason.Code()}"));
        foreach (var (want, got) in rejected.Zip(parsed.Rejected))
        {
            Assert.NotEmpty(got.Message);
            if (want.TryGetProperty("event_id", out var eventId))
                Assert.Equal(eventId.GetString(), got.EventId?.ToString());
        }

        if (!expected.TryGetProperty("events", out var events))
            return;
        Assert.Equal(events.GetArrayLength(), parsed.Events.Count);
        for (var i = 0; i < parsed.Events.Count; i++)
        {
            foreach (var field in events[i].EnumerateObject())
            {
                var (want, got) = (Text(field.Value), Actual(parsed.Events, i, field.Name));
                Assert.True(want == got, $"event {i}, {field.Name}: expected {want}, got {got}");
            }
        }
    }

    private static string? Actual(EventBatch events, int i, string field)
    {
        var values = events.ValuesOf(i);
        return field switch
        {
            "event_id" => events.EventId[i].ToString(),
            "type" => events.Type[i],
            "subject" => events.Subject[i],
            "success" => events.Success[i] is { } success ? (success ? "true" : "false") : null,
            "duration_ms" => float.IsNaN(events.DurationMs[i])
                ? null
                : events.DurationMs[i].ToString(CultureInfo.InvariantCulture),
            "install" => events.Install[i].ToString(CultureInfo.InvariantCulture),
            "session" => events.Session[i].ToString(CultureInfo.InvariantCulture),
            "timestamp" => DateTime.UnixEpoch.AddTicks(events.Timestamp[i] * 10)
                .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            "version" => events.Version[i],
            "metadata" => Encoding.UTF8.GetString(events.Metadata(i).Span),
            "values" => string.Join('\n', events.ValueKey[values].Zip(events.Value[values], (k, v) => $"{k}={v}")),
            "context" => events.Context[i].Json,
            "os" => events.Context[i].Os,
            "arch" => events.Context[i].Arch,
            "runtime" => events.Context[i].Runtime,
            "actor" => events.Context[i].Actor,
            "sdk" => events.Context[i].Sdk,
            _ => throw new InvalidOperationException($"The vectors have an unknown field: {field}"),
        };
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(v => v.GetString())),
        _ => value.GetRawText(),
    };

    internal static byte[] Body(JsonElement vector)
    {
        if (vector.TryGetProperty("request_base64", out var base64))
            return base64.GetBytesFromBase64();
        return Encoding.UTF8.GetBytes(
            vector.TryGetProperty("request_text", out var text) ? text.GetString()! : vector.GetProperty("request").GetRawText());
    }

    private static Project Project(JsonElement vector) => new(
        default, "vectors", Convert.FromHexString(vector.GetProperty("secret").GetString()!), null,
        vector.TryGetProperty("allow_list", out var list) ? list.EnumerateArray().Select(k => k.GetString()!).ToHashSet() : null);
}
