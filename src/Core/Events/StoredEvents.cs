using System.Text;
using System.Text.Json;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Events;

/// <summary>Parses the JSON that the store keeps: the counterpart of parsing a request.</summary>
public static class StoredEvents
{
    // A context has at most 4 KiB, and a tool on one kind of machine always sends the same one: 4,096 contexts cover many tools.
    private const int Contexts = 4_096;
    private static readonly Utf8Cache<EventContext> Cache = new(Contexts, Limits.ContextBytes, Read);

    /// <summary>Parses a stored context. Frequent equal texts share one instance.</summary>
    /// <exception cref="JsonException">The text is not what this server stores.</exception>
    public static EventContext ParseContext(string json)
    {
        Span<byte> utf8 = stackalloc byte[1024];
        return ParseContext(Encoding.UTF8.TryGetBytes(json, utf8, out var written) ? utf8[..written] : Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Parses a stored context in UTF-8. Frequent equal texts share one instance.</summary>
    public static EventContext ParseContext(ReadOnlySpan<byte> json) =>
        json.SequenceEqual("{}"u8) ? EventContext.None : Cache.Find(json) ?? Read(json);

    /// <summary>Returns a stored text. Frequent texts share one object.</summary>
    public static string TextOf(ReadOnlySpan<byte> utf8) => SharedText.OfStored(utf8);

    /// <summary>
    /// Appends the counted values of stored metadata for the event that is added next: exactly those that were counted at ingest.
    /// </summary>
    /// <exception cref="JsonException">The text is not what this server stores.</exception>
    public static void AppendValues(EventBatch batch, ReadOnlySpan<byte> metadataJson)
    {
        if (metadataJson.IsEmpty)
            return;
        var json = new Utf8JsonReader(metadataJson);
        Span<byte> scratch = stackalloc byte[Limits.CountedValueBytes * JsonText.MaxExpansion];
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var counted = CountedValues.IsCounted(json.ValueSpan);
            var key = ReadText(in json, scratch) ?? throw new JsonException("A stored metadata key is too long.");
            json.Read();
            if (!counted || json.TokenType == JsonTokenType.StartObject)
            {
                json.Skip();
            }
            else if (json.TokenType == JsonTokenType.StartArray)
            {
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    CountedValues.Append(batch, key, ReadValue(in json, scratch));
                    json.Skip();
                }
            }
            else
            {
                CountedValues.Append(batch, key, ReadValue(in json, scratch));
            }
        }
    }

    private static string? ReadValue(ref readonly Utf8JsonReader json, Span<byte> scratch)
    {
        if (json.TokenType != JsonTokenType.String)
            return CountedValues.OfLiteral(in json);
        return ReadText(in json, scratch) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Returns a key, or a text that is short enough to be counted; <c>null</c> if it is longer.</summary>
    private static string? ReadText(ref readonly Utf8JsonReader json, Span<byte> scratch)
    {
        if (json.ValueSpan.Length > scratch.Length)
            return null;
        if (!JsonText.TryRead(in json, scratch, out var utf8))
            throw new JsonException("A stored text has an unpaired surrogate.");
        var isKey = json.TokenType == JsonTokenType.PropertyName;
        return isKey || utf8.Length <= Limits.CountedValueBytes ? SharedText.OfStored(utf8) : null;
    }

    private static EventContext Read(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8);
        string? os = null, arch = null, runtime = null, actor = null, sdk = null;
        var isCi = false;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            if (json.TokenType == JsonTokenType.True)
                isCi |= name == "ci";
            else if (json.TokenType == JsonTokenType.String)
                Take(name, json.GetString());
            else
                json.Skip();
        }

        return new(os, arch, runtime, actor ?? (isCi ? "ci" : null), sdk, Encoding.UTF8.GetString(utf8));

        void Take(string? name, string? value)
        {
            _ = name switch
            {
                "os" => os = Lower(value),
                "arch" => arch = Lower(value),
                "runtime" => runtime = Lower(value),
                "actor" => actor = value,
                "sdk" => sdk = value,
                _ => null,
            };
        }

        static string? Lower(string? value) => value is null ? null : ContextNames.Normalised(value);
    }
}
