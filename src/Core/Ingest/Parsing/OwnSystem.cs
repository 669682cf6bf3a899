using System.Text;
using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// The version and the operating system that an event has itself, as hand-written clients send them. They are used if the batch doesn't
/// set them. Section 1 of the protocol has the order of precedence.
/// </summary>
internal ref struct OwnSystem(EventContext batch, ParseBuffers buffers)
{
    // Each has a copy of the whole context, so a small request with many systems would otherwise need much memory and storage.
    private const int MaxSystems = 32;

    private bool? _isOpen;
    private Dictionary<string, EventContext>? _contexts;

    /// <summary>
    /// Returns the reader's current value, scrubbed, or <c>null</c> if it isn't a text of 1 to <see cref="Limits.NameLength"/>
    /// characters: such values are ignored, so that they don't cause the loss of valid events.
    /// </summary>
    public static string? Read(ref readonly Utf8JsonReader json, byte[] scratch) =>
        json.TokenType == JsonTokenType.String
        && FieldText.Read(in json, scratch, "service_version", Limits.NameLength, out var text).IsNone && !text.IsEmpty
            ? SharedText.Of(text, ScrubScope.Version).Text
            : null;

    /// <summary>Returns the context of the batch, with an event's own operating system if the batch has none.</summary>
    public EventContext Complete(string? os)
    {
        if (os is null || !IsOpen())
            return batch;
        _contexts ??= new(StringComparer.Ordinal);
        if (_contexts.TryGetValue(os, out var context))
            return context;
        return _contexts.Count == MaxSystems ? batch : _contexts[os] = With(os);
    }

    /// <summary>Whether the context of the batch has no <c>os</c>, not even one of another type than text.</summary>
    private bool IsOpen()
    {
        if (_isOpen is { } known)
            return known;
        using var json = JsonDocument.Parse(batch.Json);
        _isOpen = !json.RootElement.TryGetProperty("os"u8, out _);
        return _isOpen.Value;
    }

    private readonly EventContext With(string os)
    {
        var output = buffers.Json;
        output.Clear();
        output.Put("{\"os\":"u8);
        output.PutText(Encoding.UTF8.GetBytes(ContextNames.Normalised(os)));
        if (batch.Json.Length > "{}".Length)
            output.Put(',');
        output.Put(Encoding.UTF8.GetBytes(batch.Json).AsSpan(1));
        return output.Length <= Limits.ContextBytes ? StoredEvents.ParseContext(output.Written) : batch;
    }
}
