using System.Text;
using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Writes metadata as compact JSON with scrubbed texts, and appends the counted values.</summary>
internal readonly struct MetadataWriter(EventBatch events, ParseBuffers buffers)
{
    private static ReadOnlySpan<byte> Key => "[key]"u8;

    /// <summary>
    /// Reads a property name. <paramref name="isDropped"/> is true if another property has the same name after scrubbing; then only the
    /// first is kept.
    /// </summary>
    public Fault ReadKey(
        ref readonly Utf8JsonReader json,
        int level,
        out SharedText key,
        out ReadOnlySpan<byte> utf8,
        out bool isDropped)
    {
        key = SharedText.Empty;
        isDropped = false;
        var fault = FieldText.Read(in json, buffers.Text, "A metadata key", Limits.MetadataKeyLength, out utf8);
        if (!fault.IsNone)
            return fault;
        if (utf8.IsEmpty)
            return new(DropReason.InvalidEvent, "A metadata key is empty.");
        if (buffers.Keys.IsFull)
            return new(DropReason.TooLarge, $"metadata has more than {Limits.MetadataKeys} keys.");
        key = SharedText.Of(utf8);
        var verdict = buffers.Keys.Add(level, key);
        isDropped = verdict == KeyVerdict.DuplicateAfterScrubbing;
        return verdict == KeyVerdict.Duplicate ? Fault.Duplicate("A metadata key") : default;
    }

    /// <summary>Writes a member of the metadata object: a key and the reader's current value.</summary>
    public Fault WriteMember(ref Utf8JsonReader json, int depth, SharedText key, bool isCounted, out int dropped)
    {
        var output = buffers.Json;
        output.Separate();
        output.Put(key.Json);
        output.Put(':');
        dropped = 0;
        return json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject
            ? WriteContainer(ref json, depth, key.Secret, isCounted && json.TokenType == JsonTokenType.StartArray ? key : null, out dropped)
            : WriteScalar(in json, key.Secret, isCounted ? key : null);
    }

    private Fault WriteContainer(ref Utf8JsonReader json, int depth, SecretKey secret, SharedText? countedKey, out int dropped)
    {
        var output = buffers.Json;
        var start = json.CurrentDepth;
        // What holds for the values at each level, and for the next value.
        Span<SecretKey> secrets = stackalloc SecretKey[Limits.MetadataDepth + 1];
        dropped = 0;
        do
        {
            var level = json.CurrentDepth - depth;
            var fault = default(Fault);
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when level > Limits.MetadataDepth:
                    return new(DropReason.TooLarge, $"metadata is nested more than {Limits.MetadataDepth} levels deep.");
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    output.Separate();
                    output.Put(json.TokenType == JsonTokenType.StartObject ? '{' : '[');
                    buffers.Keys.Enter(level);
                    secrets[level] = secret;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    output.Put(json.TokenType == JsonTokenType.EndObject ? '}' : ']');
                    secret = secrets[level - 1];
                    break;
                case JsonTokenType.PropertyName:
                    // The depth of a name is one level deeper than its object.
                    fault = ReadKey(in json, level - 1, out var key, out _, out var isDropped);
                    if (isDropped)
                    {
                        dropped++;
                        json.Skip();
                        break;
                    }

                    output.Separate();
                    output.Put(key.Json);
                    output.Put(':');
                    secret = key.Secret > secrets[level - 1] ? key.Secret : secrets[level - 1];
                    break;
                default:
                    output.Separate();
                    fault = WriteScalar(in json, secret, level == start - depth + 1 ? countedKey : null);
                    break;
            }

            if (!fault.IsNone)
                return fault;
        }
        while ((json.CurrentDepth > start || json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            && json.Read());
        return default;
    }

    private Fault WriteScalar(ref readonly Utf8JsonReader json, SecretKey secret, SharedText? countedKey)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String when secret != SecretKey.None && json.ValueSpan.Length > 0:
            case JsonTokenType.Number when secret == SecretKey.TextsAndNumbers:
                WriteText(Key, countedKey);
                return default;
            case JsonTokenType.String:
                return WriteText(in json, countedKey);
            case JsonTokenType.Number when !FieldNumber.IsShort(in json):
                return Fault.TooLong("A number in metadata", Limits.NumberLength);
            case JsonTokenType.Number when !FieldNumber.IsInRange(in json):
                return new(DropReason.InvalidEvent, "A number in metadata is out of range.");
            case JsonTokenType.Number when FieldNumber.TryScrub(in json, out var scrubbed):
                WriteText(scrubbed, countedKey);
                return default;
        }

        buffers.Json.Put(json.ValueSpan);
        if (countedKey is not null)
            CountedValues.Append(events, countedKey.Text, CountedValues.OfLiteral(in json));
        return default;
    }

    private Fault WriteText(ref readonly Utf8JsonReader json, SharedText? countedKey)
    {
        var fault = FieldText.Read(in json, buffers.Text, "A text in metadata", Limits.StringLength, out var utf8);
        if (!fault.IsNone)
            return fault;
        if (SharedText.Find(utf8) is { } shared)
        {
            buffers.Json.Put(shared.Json);
            if (countedKey is not null && CountedValues.IsCountedText(shared.Utf8Length))
                CountedValues.Append(events, countedKey.Text, shared.Text);
            return default;
        }

        WriteText(Scrubber.TryScrub(utf8, out var scrubbed) ? scrubbed : utf8, countedKey);
        return default;
    }

    private void WriteText(ReadOnlySpan<byte> scrubbed, SharedText? countedKey)
    {
        buffers.Json.PutText(scrubbed);
        if (countedKey is not null && CountedValues.IsCountedText(scrubbed.Length))
            CountedValues.Append(events, countedKey.Text, Encoding.UTF8.GetString(scrubbed));
    }
}
