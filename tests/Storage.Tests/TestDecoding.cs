using System.Text.Json;
using TelemetryKit.Grains.Events;

namespace TelemetryKit.Storage.Tests;

/// <summary>Reads contexts and metadata the plain way: each top-level string of the metadata is a counted value.</summary>
internal static class TestDecoding
{
    public static readonly EventDecoding Instance = new(ParseContext, AppendValues);

    public static EventContext ParseContext(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new EventContext(Text("os"), Text("arch"), Text("runtime"), Text("actor"), Text("sdk"), json);

        string? Text(string name) => document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    public static void AppendValues(EventBatch batch, ReadOnlySpan<byte> metadata)
    {
        var reader = new Utf8JsonReader(metadata);
        string? key = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
                key = reader.GetString();
            else if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == 1)
                batch.AppendValue(key!, reader.GetString()!);
        }
    }
}
