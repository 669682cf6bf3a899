using System.Globalization;
using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;

namespace TelemetryKit.Api.Stats;

/// <summary>One stored event, as the explorer and the live view show it.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Timestamp">When it happened, UTC.</param>
/// <param name="EventType">Its type.</param>
/// <param name="Subject">The named thing it is about, under the name that it has now.</param>
/// <param name="User">Keyed hash of the install, 16 hexadecimal digits; it means nothing outside this project.</param>
/// <param name="Session">Keyed hash of the session, likewise.</param>
/// <param name="Version">The tool's version.</param>
/// <param name="Success">Whether it succeeded.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Context">Where it happened.</param>
/// <param name="Metadata">What else was sent, scrubbed.</param>
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
    /// <summary>Who did it, for filtering; clients find it in the context.</summary>
    [JsonIgnore]
    public string? Actor { get; private init; }

    /// <summary>Event <paramref name="i"/> of a batch. Nothing of the batch is kept.</summary>
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
        RawJson.Of(batch.Metadata(i).Span))
    {
        Actor = batch.Context[i].Actor,
    };

    /// <summary>The same with its subject under the name that it has now; metadata stays as it was sent.</summary>
    public EventItem Named(StatsQuery query) => query.Aliases is null ? this : this with { Subject = query.NameOf(Subject) };

    private static string? Hash(long hash) => hash == 0 ? null : hash.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>Body of <c>/v1/stats/events</c>.</summary>
/// <param name="Items">Events, newest first.</param>
/// <param name="NextCursor">What to give as <c>cursor</c> for the next page; <c>null</c> on the last one.</param>
internal sealed record EventsBody(IReadOnlyList<EventItem> Items, string? NextCursor);
