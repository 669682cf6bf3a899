using Npgsql;
using TelemetryKit.Grains.Events;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Reads rows of <c>event_batches</c> back into an <see cref="EventBatch"/>. One for each query: it remembers the last context, and runs of the same one are the rule.</summary>
internal sealed class EventRowReader
{
    /// <summary>What a query must select, in this order and first.</summary>
    public const string Columns = "event_id, ts, type, subject, install, session, version, success, duration_ms, context, metadata";

    /// <summary>The number of <see cref="Columns"/>: where a query's own begin.</summary>
    public const int ColumnCount = 11;

    private string? _lastJson;
    private EventContext _lastContext = EventContext.None;
    private int _alike;

    /// <summary>Appends to <paramref name="into"/> those of the reader's current row that match.</summary>
    public void Append(NpgsqlDataReader row, EventQuery query, EventBatch into)
    {
        var eventId = row.GetFieldValue<Guid[]>(0);
        var timestamp = row.GetFieldValue<long[]>(1);
        var type = row.GetFieldValue<string[]>(2);
        var subject = Optional<string?>(row, 3);
        var install = Optional<long>(row, 4);
        var session = Optional<long>(row, 5);
        var version = Optional<string?>(row, 6);
        var success = Optional<bool?>(row, 7);
        var duration = Optional<float>(row, 8);
        var context = Optional<string?>(row, 9);
        var metadata = Optional<byte[]?>(row, 10);
        for (var i = 0; i < eventId.Length; i++)
        {
            var time = PostgresTime.ToUnix(timestamp[i]);
            if (time < query.From || time >= query.To
                || (query.Type is not null && type[i] != query.Type)
                || (query.Subjects is not null && !query.Subjects.Contains(subject?[i]))
                || (query.Version is not null && version?[i] != query.Version)
                || (query.Install is not null && (install?[i] ?? 0) != query.Install))
            {
                continue;
            }

            var where = ContextOf(context?[i]);
            if (query.Actor is not null && where.Actor != query.Actor)
                continue;
            if (query.After is { } after && (time > after.Timestamp || (time == after.Timestamp && IsSeen(eventId[i], after))))
                continue;
            if (metadata?[i] is { } json)
            {
                into.AppendMetadata(json);
                StoredEvents.AppendValues(into, json);
            }

            into.Add(eventId[i], time, type[i], subject?[i], install?[i] ?? 0, session?[i] ?? 0, version?[i], success?[i], duration?[i] ?? float.NaN, where);
        }
    }

    // Rows come in the same order for each page, so the first of those alike are the ones that were seen.
    private bool IsSeen(Guid eventId, EventCursor after) => eventId.CompareTo(after.EventId) is var order && (order > 0 || (order == 0 && ++_alike <= after.Seen));

    private static T[]? Optional<T>(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<T[]>(column);

    private EventContext ContextOf(string? json)
    {
        if (json is null)
            return EventContext.None;
        if (json != _lastJson)
            (_lastJson, _lastContext) = (json, StoredEvents.ParseContext(json));
        return _lastContext;
    }
}
