using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Puts a batch's context together: <c>service</c> and <c>sdk</c> from the batch itself, and what <c>context</c> says, scrubbed.
/// Lenient:
/// a value that can't be kept is left out, for a batch of good events should not be lost over it. Only a name that is there twice
/// is a fault.
/// </summary>
internal readonly ref struct ContextReader(ParseBuffers buffers)
{
    // In these, four numbers are a version and not an IPv4 address.
    private static readonly string[] VersionKeys = ["service", "os", "os_version", "arch", "runtime", "sdk", "shell", "terminal"];

    /// <summary>The context; <c>null</c> where a name is there twice.</summary>
    /// <param name="json">Stands on the value of <c>context</c>; on nothing where there is none.</param>
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
        if (verdict == KeyVerdict.Twice)
            return false;
        json.Read();
        // The batch's own word on its sender goes before.
        if (verdict == KeyVerdict.New && !(key.Text == "service" && service is not null) && !(key.Text == "sdk" && sdk is not null))
            PutValue(in json, key);
        json.Skip();
        return true;
    }

    private void PutValue(ref readonly Utf8JsonReader json, SharedText key)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
            case JsonTokenType.Number when FieldNumber.IsShort(in json) && FieldNumber.IsInRange(in json):
                PutName(key);
                buffers.Json.Put(json.ValueSpan);
                break;
            case JsonTokenType.String when FieldText.Read(in json, buffers.Text, "context", Limits.NameLength, out var text).IsNone:
                var scope = Array.IndexOf(VersionKeys, key.Text) >= 0 ? ScrubScope.Version : ScrubScope.Text;
                PutName(key);
                buffers.Json.Put(SharedText.Of(text, scope).Json);
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
