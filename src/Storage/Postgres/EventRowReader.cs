using Npgsql;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads rows of <c>event_batches</c> with all columns into an <see cref="EventBatch"/>. Each query needs its own instance, which caches
/// the last context: successive events usually have the same one.
/// </summary>
internal sealed class EventRowReader
{
    /// <summary>The columns that a query must select, in this order, before its own.</summary>
    public const string Columns = "event_id, ts, type, subject, install, session, version, success, duration_ms, context, metadata";

    /// <summary>The number of <see cref="Columns"/>, which is the index of a query's first own column.</summary>
    public const int ColumnCount = 11;

    private byte[] _lastJson = [];
    private EventContext _lastContext = EventContext.None;
    private int _equal;

    /// <summary>Appends the matching events of the reader's current row, with their counted values, to <paramref name="into"/>.</summary>
    public void Append(NpgsqlDataReader row, EventQuery query, EventBatch into)
    {
        var columns = new Row(row);
        for (var i = 0; i < columns.Timestamp.Length; i++)
        {
            var time = PostgresTime.ToUnix(columns.Timestamp[i]);
            if (time < query.From || time >= query.To
                || (query.Type is not null && columns.Type[i] != query.Type)
                || (query.Subjects is not null && !query.Subjects.Contains(columns.Subject?[i] ?? NoValue.Name))
                || (query.Version is not null && (columns.Version?[i] ?? NoValue.Name) != query.Version)
                || (query.Install is not null && (columns.Install?[i] ?? 0) != query.Install))
            {
                continue;
            }

            var context = ContextOf(columns.Context?[i]);
            if (query.Actor is not null && (context.Actor ?? NoValue.Name) != query.Actor)
                continue;
            if (query.After is { } after && (time > after.Timestamp || (time == after.Timestamp && IsSeen(columns.EventId[i], after))))
                continue;
            StoredEvents.AppendValues(into, columns.Metadata?[i]);
            columns.CopyTo(into, i, context);
        }
    }

    /// <summary>Appends all events of the reader's current row without their counted values, to be stored again.</summary>
    public void AppendStored(NpgsqlDataReader row, EventBatch into)
    {
        var columns = new Row(row);
        for (var i = 0; i < columns.Timestamp.Length; i++)
            columns.CopyTo(into, i, ContextOf(columns.Context?[i]));
    }

    // Rows are read in the same order for each page, so the first events that equal the cursor are those of former pages.
    private bool IsSeen(Guid eventId, EventCursor after) =>
        eventId.CompareTo(after.EventId) is var order && (order > 0 || (order == 0 && ++_equal <= after.Seen));

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
                EventId[i],
                PostgresTime.ToUnix(Timestamp[i]),
                Type[i],
                Subject?[i],
                Install?[i] ?? 0,
                Session?[i] ?? 0,
                Version?[i],
                Success?[i],
                Duration?[i] ?? float.NaN,
                context);
        }

        private static T[]? Optional<T>(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<T[]>(column);
    }
}
