using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Reads a batch. Its properties may be in any order, and often the events are first. So events are read immediately, and what depends on
/// the whole batch (context, version, the client's clock, and with it each event's age) is filled in at the end.
/// </summary>
internal ref struct BatchReader(ReadOnlySpan<byte> body, Project project, DateTimeOffset receivedAt, ParsedBatch into)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly ParseBuffers _buffers = ParseBuffers.Current;
    private BatchFields _seen;
    private SharedText? _service;
    private SharedText? _version;
    private SharedText? _sdk;
    private long? _sentAt;
    private Utf8JsonReader _context;

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public ParseOutcome Read()
    {
        var json = new Utf8JsonReader(_body, new JsonReaderOptions { MaxDepth = Limits.BodyDepth });
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return Invalid("The body is not an object", 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = json.TokenStartIndex;
            var field = BatchField.Of(in json, _buffers.Text);
            if ((_seen & field) != 0)
                return Invalid($"{BatchField.NameOf(field)} occurs twice", start);
            _seen |= field;
            json.Read();
            if (field == BatchFields.Events)
            {
                var outcome = ReadEvents(ref json);
                if (!outcome.IsBatch)
                    return outcome;
            }
            else
            {
                if (field != BatchFields.None && json.TokenType != JsonTokenType.Null && ReadField(in json, field) is { } message)
                    return Invalid(message, json.TokenStartIndex);
                json.Skip();
            }
        }

        // Throws if anything follows the object.
        json.Read();
        if ((_seen & BatchFields.Events) == 0)
            return Invalid("events is missing", json.TokenStartIndex);
        var context = new ContextReader(_buffers).Read(_context, _service, _sdk);
        if (context is null)
            return Invalid("A name occurs twice in context", _context.TokenStartIndex);
        new BatchFinisher(into, _buffers).Finish(context, _version?.Text, receivedAt, _sentAt);
        return default;
    }

    private readonly ParseOutcome Invalid(string message, long at) => new(ParseOutcome.InvalidBatch, $"{message}: {Place.Of(_body, at)}.");

    private readonly ParseOutcome ReadEvents(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return Invalid("events is not an array", json.TokenStartIndex);
        var reader = new EventReader(project, receivedAt, into, _buffers);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (into.Received == Limits.EventsPerBatch)
            {
                var place = Place.Of(_body, json.TokenStartIndex);
                return new(ParseOutcome.TooManyEvents, $"A batch has at most {Limits.EventsPerBatch} events: {place}.");
            }

            reader.Read(ref json, into.Received++);
        }

        return default;
    }

    /// <summary>Reads a field. Returns a message if it is invalid, and otherwise <c>null</c>.</summary>
    private string? ReadField(ref readonly Utf8JsonReader json, BatchFields field)
    {
        switch (field)
        {
            case BatchFields.BatchId:
                return ReadId(in json);
            case BatchFields.ServiceName:
                return ReadName(in json, "service_name", out _service);
            case BatchFields.ServiceVersion:
                return ReadName(in json, "service_version", out _version);
            case BatchFields.Sdk:
                return ReadName(in json, "sdk", out _sdk);
            case BatchFields.SentAt:
                if (!Rfc3339.TryRead(in json, _buffers.Text, out var sentAt))
                    return "sent_at is not an RFC 3339 time";
                _sentAt = sentAt;
                return null;
            default:
                _context = json;
                return json.TokenType == JsonTokenType.StartObject ? null : "context is not an object";
        }
    }

    private readonly string? ReadId(ref readonly Utf8JsonReader json)
    {
        if (!FieldText.Read(in json, _buffers.Text, "batch_id", Limits.IdLength, out var utf8).IsNone || utf8.IsEmpty)
            return $"batch_id is not a string of 1 to {Limits.IdLength} characters";
        var id = Identifiers.Of(utf8);
        into.BatchId = id;
        return id == Guid.Empty ? "batch_id is all zeros" : null;
    }

    private readonly string? ReadName(ref readonly Utf8JsonReader json, string field, out SharedText? name)
    {
        name = null;
        if (!FieldText.Read(in json, _buffers.Text, field, Limits.NameLength, out var utf8).IsNone)
            return $"{field} is not a string of at most {Limits.NameLength} characters";
        if (!utf8.IsEmpty)
            name = SharedText.Of(utf8, ScrubScope.Version);
        return null;
    }
}
