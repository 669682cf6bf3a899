using Npgsql;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Reads rows of <c>event_batches</c> back into an <see cref="EventBatch"/>. One for each query: it remembers the last context, and runs of the same one are the rule.</summary>
internal sealed class EventRowReader
{
    /// <summary>What a query must select, in this order and first.</summary>
    public const string Columns = "event_id, ts, type, subject, install, session, version, success, duration_ms, context, metadata";

    /// <summary>The number of <see cref="Columns"/>: where a query's own begin.</summary>
    public const int ColumnCount = 11;

    private byte[] _lastJson = [];
    private EventContext _lastContext = EventContext.None;
    private int _alike;

    /// <summary>Appends to <paramref name="into"/> those of the reader's current row that match, with their counted values.</summary>
    public void Append(NpgsqlDataReader row, EventQuery query, EventBatch into)
    {
        var columns = new Row(row);
        for (var i = 0; i < columns.EventId.Length; i++)
        {
            var time = PostgresTime.ToUnix(columns.Timestamp[i]);
            if (time < query.From || time >= query.To
                || (query.Type is not null && columns.Type[i] != query.Type)
                || (query.Subjects is not null && !query.Subjects.Contains(columns.Subject?[i]))
                || (query.Version is not null && columns.Version?[i] != query.Version)
                || (query.Install is not null && (columns.Install?[i] ?? 0) != query.Install))
            {
                continue;
            }

            var context = ContextOf(columns.Context?[i]);
            if (query.Actor is not null && context.Actor != query.Actor)
                continue;
            if (query.After is { } after && (time > after.Timestamp || (time == after.Timestamp && IsSeen(columns.EventId[i], after))))
                continue;
            StoredEvents.AppendValues(into, columns.Metadata?[i]);
            columns.CopyTo(into, i, context);
        }
    }

    /// <summary>Appends all events of the reader's current row as they will be stored again: without their counted values.</summary>
    public void AppendStored(NpgsqlDataReader row, EventBatch into)
    {
        var columns = new Row(row);
        for (var i = 0; i < columns.EventId.Length; i++)
            columns.CopyTo(into, i, ContextOf(columns.Context?[i]));
    }

    // Rows come in the same order for each page, so the first of those alike are the ones that were seen.
    private bool IsSeen(Guid eventId, EventCursor after) => eventId.CompareTo(after.EventId) is var order && (order > 0 || (order == 0 && ++_alike <= after.Seen));

    private EventContext ContextOf(byte[]? json)
    {
        if (json is null)
            return EventContext.None;
        if (!json.AsSpan().SequenceEqual(_lastJson))
            (_lastJson, _lastContext) = (json, StoredEvents.ParseContext(json));
        return _lastContext;
    }

    private readonly struct Row(NpgsqlDataReader row)
    {
        public readonly Guid[] EventId = row.GetFieldValue<Guid[]>(0);
        public readonly long[] Timestamp = row.GetFieldValue<long[]>(1);
        public readonly string[] Type = row.GetFieldValue<string[]>(2);
        public readonly string?[]? Subject = Optional<string?>(row, 3);
        public readonly long[]? Install = Optional<long>(row, 4);
        public readonly long[]? Session = Optional<long>(row, 5);
        public readonly string?[]? Version = Optional<string?>(row, 6);
        public readonly bool?[]? Success = Optional<bool?>(row, 7);
        public readonly float[]? Duration = Optional<float>(row, 8);
        public readonly byte[]?[]? Context = Optional<byte[]?>(row, 9);
        public readonly byte[]?[]? Metadata = Optional<byte[]?>(row, 10);

        public void CopyTo(EventBatch into, int i, EventContext context)
        {
            if (Metadata?[i] is { } json)
                into.AppendMetadata(json);
            into.Add(
                EventId[i], PostgresTime.ToUnix(Timestamp[i]), Type[i], Subject?[i], Install?[i] ?? 0, Session?[i] ?? 0, Version?[i], Success?[i], Duration?[i] ?? float.NaN,
                context);
        }

        private static T[]? Optional<T>(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<T[]>(column);
    }
}
