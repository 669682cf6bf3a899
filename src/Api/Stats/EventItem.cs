using System.Globalization;
using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;

namespace TelemetryKit.Api.Stats;

/// <summary>A stored event.</summary>
/// <param name="EventId">The id of the event.</param>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="EventType">The type of the event.</param>
/// <param name="Subject">The command, feature, method or component, with its current name.</param>
/// <param name="User">A keyed hash of the install, 16 hexadecimal digits. It is valid in this project only.</param>
/// <param name="Session">A keyed hash of the session, in the same form.</param>
/// <param name="Version">The version of the tool.</param>
/// <param name="Success">Whether it succeeded; null if it is not known.</param>
/// <param name="DurationMs">The duration in milliseconds; null if it is not known.</param>
/// <param name="Context">The system on which it happened.</param>
/// <param name="Metadata">The metadata, without values that look like secrets or personal data.</param>
internal sealed record EventItem(
    Guid EventId,
    DateTimeOffset Timestamp,
    string EventType,
    string? Subject,
    string? User,
    string? Session,
    string? Version,
    bool? Success,
    float? DurationMs,
    [property: JsonConverter(typeof(RawJsonConverter))] RawJson Context,
    [property: JsonConverter(typeof(RawJsonConverter))] RawJson Metadata)
{
    /// <summary>The value of <c>cursor</c> that resumes an export after this event. Only exports have it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cursor { get; init; }

    /// <summary>Creates the item from event <paramref name="i"/> of a batch. The batch is not referenced afterwards.</summary>
    public static EventItem Of(EventBatch batch, int i) => new(
        batch.EventId[i],
        DateTimeOffset.UnixEpoch.AddMicroseconds(batch.Timestamp[i]),
        batch.Type[i],
        batch.Subject[i],
        Hash(batch.Install[i]),
        Hash(batch.Session[i]),
        batch.Version[i],
        batch.Success[i],
        float.IsNaN(batch.DurationMs[i]) ? null : batch.DurationMs[i],
        RawJson.Of(batch.Context[i].Json),
        RawJson.Of(batch.Metadata(i).Span));

    /// <summary>Returns the item with the alias of its subject resolved. The metadata is unchanged.</summary>
    public EventItem Named(StatsQuery query) => query.Aliases is null ? this : this with { Subject = query.NameOf(Subject) };

    private static string? Hash(long hash) => hash == 0 ? null : hash.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>A page of stored events.</summary>
/// <param name="Items">The events, newest first.</param>
/// <param name="NextCursor">
/// The value of <c>cursor</c> for the next page; <c>null</c> on the last page. Under filters, a page may have fewer events than
/// <c>limit</c>, or none, although there are more.
/// </param>
internal sealed record EventsBody(IReadOnlyList<EventItem> Items, string? NextCursor);
