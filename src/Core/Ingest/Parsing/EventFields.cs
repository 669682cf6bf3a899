using System.Text.Json;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>The known properties of an event.</summary>
[Flags]
internal enum EventFields : ushort
{
    None = 0,
    EventId = 1,
    EventType = 2,
    Timestamp = 4,
    UserId = 8,
    SessionId = 16,
    Success = 32,
    DurationMs = 64,
    Metadata = 128,
    ServiceVersion = 256,
}

/// <summary>Names of <see cref="EventFields"/>.</summary>
internal static class EventField
{
    /// <summary>Returns the field of the reader's current property name, or <see cref="EventFields.None"/> for any other name.</summary>
    public static EventFields Of(ref readonly Utf8JsonReader json, byte[] scratch)
    {
        if (json.ValueSpan.Length > scratch.Length || !JsonText.TryRead(in json, scratch, out var name))
            return EventFields.None;
        return name.Length switch
        {
            7 when name.SequenceEqual("user_id"u8) => EventFields.UserId,
            7 when name.SequenceEqual("success"u8) => EventFields.Success,
            8 when name.SequenceEqual("event_id"u8) => EventFields.EventId,
            8 when name.SequenceEqual("metadata"u8) => EventFields.Metadata,
            9 when name.SequenceEqual("timestamp"u8) => EventFields.Timestamp,
            10 when name.SequenceEqual("event_type"u8) => EventFields.EventType,
            10 when name.SequenceEqual("session_id"u8) => EventFields.SessionId,
            11 when name.SequenceEqual("duration_ms"u8) => EventFields.DurationMs,
            15 when name.SequenceEqual("service_version"u8) => EventFields.ServiceVersion,
            _ => EventFields.None,
        };
    }

    public static string NameOf(EventFields field) => field switch
    {
        EventFields.EventId => "event_id",
        EventFields.EventType => "event_type",
        EventFields.Timestamp => "timestamp",
        EventFields.UserId => "user_id",
        EventFields.SessionId => "session_id",
        EventFields.Success => "success",
        EventFields.DurationMs => "duration_ms",
        EventFields.Metadata => "metadata",
        EventFields.ServiceVersion => "service_version",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "The value is not a single field."),
    };
}
