using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// Reads the values of one key of stored metadata: text of up to <see cref="Limits.CountedValueBytes"/>, booleans and numbers as they were
/// sent, and such values in an array directly under the key, each once.
/// </summary>
internal static class MetadataValues
{
    /// <summary>Adds the values of a key.</summary>
    /// <exception cref="JsonException">The metadata is not what this server stores.</exception>
    public static void Read(ReadOnlySpan<byte> metadata, string key, List<string> values)
    {
        if (metadata.IsEmpty)
            return;
        var json = new Utf8JsonReader(metadata);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = json.ValueTextEquals(key);
            json.Read();
            if (!isKey)
            {
                json.Skip();
                continue;
            }

            ReadValues(ref json, values);
            return;
        }
    }

    private static void ReadValues(ref Utf8JsonReader json, List<string> values)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Add(in json, values);
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Add(in json, values);
            json.Skip();
        }
    }

    private static void Add(ref readonly Utf8JsonReader json, List<string> values)
    {
        if (values.Count < Limits.CountedValues && ValueOf(in json) is { } value && !values.Contains(value))
            values.Add(value);
    }

    private static string? ValueOf(ref readonly Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            case JsonTokenType.Number:
                return SharedText.OfStored(json.ValueSpan);
            case JsonTokenType.String when json.ValueSpan.Length <= Limits.CountedValueBytes * JsonText.MaxExpansion:
                Span<byte> scratch = stackalloc byte[Limits.CountedValueBytes * JsonText.MaxExpansion];
                if (!JsonText.TryRead(in json, scratch, out var utf8))
                    throw new JsonException("A stored text has an unpaired surrogate.");
                return CountedValues.IsCountedText(utf8.Length) ? SharedText.OfStored(utf8) : null;
            default:
                return null;
        }
    }
}
