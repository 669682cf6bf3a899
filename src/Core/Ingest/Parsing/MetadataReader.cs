using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Reads an event's <c>metadata</c>: extracts the fields of the event and passes the rest to <see cref="MetadataWriter"/>. It only
/// appends data for the next event to the batch, which can be discarded if the event is refused.
/// </summary>
internal ref struct MetadataReader(EventBatch events, IReadOnlySet<string>? allowList, ParseBuffers buffers)
{
    private readonly MetadataWriter _writer = new(events, buffers);
    private int _depth;

    /// <summary>The subject; <c>null</c> if there is none.</summary>
    public string? Subject { get; private set; }

    /// <summary><c>success</c>; <c>null</c> if it isn't in the metadata.</summary>
    public bool? Success { get; private set; }

    /// <summary><c>duration_ms</c>; NaN if it isn't in the metadata.</summary>
    public float DurationMs { get; private set; } = float.NaN;

    /// <summary><c>version</c>, which is the event's version if nothing else sets it; <c>null</c> if it isn't in the metadata.</summary>
    public string? Version { get; private set; }

    /// <summary><c>os</c>, which is the event's operating system if the batch has none; <c>null</c> if it isn't in the metadata.</summary>
    public string? Os { get; private set; }

    /// <summary>Dropped keys: not in the allow-list, or equal to another key after scrubbing.</summary>
    public int Dropped { get; private set; }

    /// <summary>Reads the reader's current object and leaves the reader at its end.</summary>
    /// <param name="json">The reader, at the value of <c>metadata</c>.</param>
    /// <param name="type">The event's type, which determines the key of the subject.</param>
    /// <param name="end">The position at which the event exceeds its maximum size.</param>
    public Fault Read(ref Utf8JsonReader json, string type, long end)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return Fault.WrongType("metadata", "an object");
        }

        _depth = json.CurrentDepth;
        buffers.Keys.Clear();
        buffers.Json.Clear();
        buffers.Json.Put('{');
        var subjectKey = SubjectKeys.Of(type);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var fault = json.BytesConsumed > end ? EventReader.TooManyBytes : ReadMember(ref json, subjectKey);
            if (fault.IsNone)
                continue;
            while (json.CurrentDepth > _depth)
                json.Read();
            return fault;
        }

        if (buffers.Json.Length > 1)
        {
            buffers.Json.Put('}');
            events.AppendMetadata(buffers.Json.Written);
        }

        return default;
    }

    private Fault ReadMember(ref Utf8JsonReader json, ReadOnlySpan<byte> subjectKey)
    {
        var fault = _writer.ReadKey(in json, 0, out var key, out var utf8, out var isDropped);
        if (!fault.IsNone)
            return fault;
        var isSubject = utf8.SequenceEqual(subjectKey);
        var isName = !isSubject && utf8.SequenceEqual(SubjectKeys.Name);
        var isSuccess = utf8.SequenceEqual("success"u8);
        var isDuration = utf8.SequenceEqual("duration_ms"u8);
        var isVersion = utf8.SequenceEqual("version"u8);
        var isOs = utf8.SequenceEqual("os"u8);
        var isCounted = CountedValues.IsCounted(utf8);
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.String when isSubject && json.ValueSpan.Length > 0:
            case JsonTokenType.String when isName && json.ValueSpan.Length > 0 && Subject is null && !HasSubjectLater(json, subjectKey):
                return ReadSubject(in json);
            case JsonTokenType.True or JsonTokenType.False when isSuccess:
                Success = json.TokenType == JsonTokenType.True;
                return default;
            case JsonTokenType.Number when isDuration:
                fault = FieldNumber.ReadDuration(in json, out var duration);
                DurationMs = duration;
                return fault;
            case JsonTokenType.Null when isSuccess || isDuration:
                return default;
        }

        if (isDropped || allowList?.Contains(key.Text) == false)
        {
            Dropped++;
            json.Skip();
            return default;
        }

        // These remain ordinary metadata as well.
        if (isVersion)
            Version = OwnSystem.Read(in json, buffers.Text);
        else if (isOs)
            Os = OwnSystem.Read(in json, buffers.Text);
        fault = _writer.WriteMember(ref json, _depth, key, isCounted, out var droppedInside);
        Dropped += droppedInside;
        return fault;
    }

    private Fault ReadSubject(ref readonly Utf8JsonReader json)
    {
        var fault = FieldText.Read(in json, buffers.Text, "The subject in metadata", Limits.NameLength, out var utf8);
        if (fault.IsNone)
            Subject = SharedText.TextOf(utf8);
        return fault;
    }

    /// <summary>
    /// Whether the type's own subject key follows; then <c>name</c> is ordinary metadata. Looks ahead with a copy of the reader.
    /// </summary>
    private static bool HasSubjectLater(Utf8JsonReader json, ReadOnlySpan<byte> subjectKey)
    {
        Span<byte> scratch = stackalloc byte[Limits.MetadataKeyLength * JsonText.MaxExpansion];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isShort = json.ValueSpan.Length <= scratch.Length;
            var isSubject = isShort && JsonText.TryRead(in json, scratch, out var key) && key.SequenceEqual(subjectKey);
            json.Read();
            if (isSubject && json.TokenType == JsonTokenType.String && json.ValueSpan.Length > 0)
                return true;
            json.Skip();
        }

        return false;
    }
}
