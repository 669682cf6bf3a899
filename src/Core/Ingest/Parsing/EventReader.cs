using System.Text.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>
/// Reads one event of a batch into the columns, or records why it is refused. What depends on the whole batch (context, version, clock)
/// is filled in later.
/// </summary>
internal ref struct EventReader(Project project, DateTimeOffset receivedAt, ParsedBatch into, ParseBuffers buffers)
{
    /// <summary>Marks an event without a timestamp, which gets the time received, regardless of the client's clock.</summary>
    public const long NoTimestamp = long.MinValue;

    private Fault _fault;
    private Guid? _eventId;
    private string? _type;
    private long _timestamp;
    private long _install;
    private long _session;
    private bool? _success;
    private float _durationMs;
    private string? _subject;
    private string? _version;
    private string? _os;
    private EventContext _ownContext = EventContext.None;

    /// <summary>The fault of an event whose JSON exceeds its limit.</summary>
    public static Fault TooManyBytes => new(DropReason.TooLarge, $"The event is larger than {Limits.EventBytes / 1024} KiB.");

    /// <summary>Reads the reader's current value as the event with index <paramref name="index"/> of the request.</summary>
    public void Read(ref Utf8JsonReader json, int index)
    {
        (_fault, _eventId, _type, _subject, _success) = (default, null, null, null, null);
        (_timestamp, _install, _session, _durationMs) = (NoTimestamp, 0, 0, float.NaN);
        (_version, _os) = (null, null);
        if (json.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref json);
        }
        else
        {
            json.Skip();
            _fault = Fault.WrongType("The event", "an object");
        }

        if (!_fault.IsNone)
        {
            into.Events.DiscardAppended();
            into.Reject(new(index, _eventId, _fault.Reason, _fault.Message));
            return;
        }

        into.Events.Add(
            _eventId ?? Uuid7.New(receivedAt), _timestamp, _type!, _subject, _install, _session,
            _version, _success, _durationMs, OwnContext());
        into.Accept(index, _eventId is not null);
    }

    private void ReadObject(ref Utf8JsonReader json)
    {
        var end = json.TokenStartIndex + Limits.EventBytes;
        var seen = EventFields.None;
        Utf8JsonReader metadata = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = EventField.Of(in json, buffers.Text);
            json.Read();
            // A refused event is only searched for its id, which is part of the response.
            if (field == EventFields.None || (!_fault.IsNone && field != EventFields.EventId))
            {
                json.Skip();
                continue;
            }

            if ((seen & field) != 0)
                _fault = Fault.Duplicate(EventField.NameOf(field));
            seen |= field;
            if (json.TokenType == JsonTokenType.Null || !_fault.IsNone && field != EventFields.EventId)
            {
                json.Skip();
            }
            else if (field == EventFields.Metadata)
            {
                // The subject depends on the type, so metadata before the type is read later, from a copy of the reader.
                if (_type is not null)
                    ReadMetadata(ref json, end);
                else
                    metadata = json;
                json.Skip();
            }
            else
            {
                ReadField(ref json, field);
            }
        }

        if (json.BytesConsumed > end)
            _fault = TooManyBytes;
        if (_fault.IsNone && _type is null)
            _fault = new(DropReason.InvalidType, "event_type is missing.");
        if (_fault.IsNone && metadata.TokenType != JsonTokenType.None)
            ReadMetadata(ref metadata, end);
    }

    private void ReadField(ref Utf8JsonReader json, EventFields field)
    {
        var fault = field switch
        {
            EventFields.EventId => ReadId(in json),
            EventFields.EventType => ReadType(in json),
            EventFields.Timestamp => ReadTimestamp(in json),
            EventFields.UserId => ReadIdentity(in json, "user_id", out _install),
            EventFields.SessionId => ReadIdentity(in json, "session_id", out _session),
            EventFields.Success => ReadSuccess(in json),
            EventFields.ServiceVersion => ReadVersion(in json),
            _ => FieldNumber.ReadDuration(in json, out _durationMs),
        };
        if (_fault.IsNone)
            _fault = fault;
        json.Skip();
    }

    private Fault ReadId(ref readonly Utf8JsonReader json)
    {
        var fault = FieldText.Read(in json, buffers.Text, "event_id", Limits.IdLength, out var utf8);
        if (!fault.IsNone)
            return fault;
        var id = utf8.IsEmpty ? Guid.Empty : Identifiers.Of(utf8);
        if (id == Guid.Empty)
            return new(DropReason.InvalidEvent, "event_id is empty or all zeros.");
        _eventId = id;
        return default;
    }

    private Fault ReadType(ref readonly Utf8JsonReader json)
    {
        var fault = EventType.Read(in json, buffers.Text, out var type);
        if (fault.IsNone)
            _type = type;
        return fault;
    }

    private Fault ReadTimestamp(ref readonly Utf8JsonReader json) =>
        Rfc3339.TryRead(in json, buffers.Text, out _timestamp)
            ? default
            : new(DropReason.InvalidTimestamp, "timestamp is not an RFC 3339 time.");

    private Fault ReadSuccess(ref readonly Utf8JsonReader json)
    {
        if (json.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            return Fault.WrongType("success", "true or false");
        _success = json.TokenType == JsonTokenType.True;
        return default;
    }

    private Fault ReadVersion(ref readonly Utf8JsonReader json)
    {
        _version = OwnSystem.Read(in json, buffers.Text);
        return default;
    }

    /// <summary>Returns the context with only what the event has itself, until <see cref="BatchFinisher"/> completes it.</summary>
    private EventContext OwnContext()
    {
        if (_os is null)
            return EventContext.None;
        // Events of a batch usually have the same system.
        return _ownContext.Os == _os ? _ownContext : _ownContext = EventContext.None with { Os = _os };
    }

    private Fault ReadIdentity(ref readonly Utf8JsonReader json, string field, out long hash)
    {
        hash = 0;
        var fault = FieldText.Read(in json, buffers.Text, field, Limits.StringLength, out var utf8);
        if (fault.IsNone)
            hash = field == "user_id" ? IdentityHasher.Install(project.Secret, utf8) : IdentityHasher.Session(project.Secret, utf8);
        return fault;
    }

    private void ReadMetadata(ref Utf8JsonReader json, long end)
    {
        var metadata = new MetadataReader(into.Events, project.MetadataAllowList, buffers);
        _fault = metadata.Read(ref json, _type!, end);
        into.DroppedMetadata += metadata.Dropped;
        _subject = metadata.Subject;
        _success ??= metadata.Success;
        _version ??= metadata.Version;
        _os = metadata.Os;
        if (float.IsNaN(_durationMs))
            _durationMs = metadata.DurationMs;
    }
}
