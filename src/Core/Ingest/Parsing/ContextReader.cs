using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Builds a batch's context: <c>service</c> and <c>sdk</c> from the batch itself, and the scrubbed values of <c>context</c>. Invalid
/// values are dropped, so that they don't cause the loss of valid events. Only a duplicate name is an error.
/// </summary>
internal readonly ref struct ContextReader(ParseBuffers buffers)
{
    // In the values of these keys, four numbers are a version and not an IPv4 address.
    private static readonly string[] VersionKeys = ["service", "os", "os_version", "arch", "runtime", "sdk", "shell", "terminal"];

    /// <summary>Returns the context, or <c>null</c> if a name occurs twice.</summary>
    /// <param name="json">The reader, at the value of <c>context</c>; the default value if there is none.</param>
    /// <param name="service">The batch's <c>service_name</c>.</param>
    /// <param name="sdk">The batch's <c>sdk</c>.</param>
    public EventContext? Read(Utf8JsonReader json, SharedText? service, SharedText? sdk)
    {
        var output = buffers.Json;
        output.Clear();
        output.Put('{');
        PutText("\"service\":"u8, service);
        PutText("\"sdk\":"u8, sdk);
        buffers.Keys.Clear();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            for (var values = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName;)
            {
                var before = output.Length;
                if (!TryReadMember(ref json, service, sdk))
                    return null;
                if (output.Length > before && (++values > Limits.ContextValues || output.Length >= Limits.ContextBytes))
                    output.Truncate(before);
            }
        }

        output.Put('}');
        return StoredEvents.ParseContext(output.Written);
    }

    private bool TryReadMember(ref Utf8JsonReader json, SharedText? service, SharedText? sdk)
    {
        var keyFault = FieldText.Read(in json, buffers.Text, "context", Limits.MetadataKeyLength, out var name);
        if (!keyFault.IsNone || name.IsEmpty || buffers.Keys.IsFull)
        {
            json.Skip();
            return true;
        }

        var key = SharedText.Of(name);
        var verdict = buffers.Keys.Add(0, key);
        if (verdict == KeyVerdict.Duplicate)
            return false;
        json.Read();
        // The batch's own properties have precedence.
        if (verdict == KeyVerdict.New && !(key.Text == "service" && service is not null) && !(key.Text == "sdk" && sdk is not null))
            PutValue(in json, key);
        json.Skip();
        return true;
    }

    private void PutValue(ref readonly Utf8JsonReader json, SharedText key)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String when key.Secret != SecretKey.None && json.ValueSpan.Length > 0:
            case JsonTokenType.Number when key.Secret == SecretKey.TextsAndNumbers:
                PutName(key);
                buffers.Json.PutText("[key]"u8);
                break;
            case JsonTokenType.Number when FieldNumber.IsShort(in json) && FieldNumber.TryScrub(in json, out var scrubbed):
                PutName(key);
                buffers.Json.PutText(scrubbed);
                break;
            case JsonTokenType.True or JsonTokenType.False:
            case JsonTokenType.Number when FieldNumber.IsShort(in json) && FieldNumber.IsInRange(in json):
                PutName(key);
                buffers.Json.Put(json.ValueSpan);
                break;
            case JsonTokenType.String when FieldText.Read(in json, buffers.Text, "context", Limits.NameLength, out var text).IsNone:
                var scope = Array.IndexOf(VersionKeys, key.Text) >= 0 ? ScrubScope.Version : ScrubScope.Text;
                PutName(key);
                var shared = SharedText.Of(text, scope);
                buffers.Json.Put(ContextNames.IgnoreCase(key.Text) ? shared.LowerJson : shared.Json);
                break;
        }
    }

    private void PutName(SharedText key)
    {
        buffers.Json.Separate();
        buffers.Json.Put(key.Json);
        buffers.Json.Put(':');
    }

    private void PutText(ReadOnlySpan<byte> name, SharedText? text)
    {
        if (text is null)
            return;
        buffers.Json.Separate();
        buffers.Json.Put(name);
        buffers.Json.Put(text.Json);
    }
}
