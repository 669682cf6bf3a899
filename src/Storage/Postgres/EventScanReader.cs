using Npgsql;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads rows of <c>event_batches</c> for a scan: only the columns that the query needs, without an object for each value. An instance
/// belongs to one query.
/// </summary>
internal sealed class EventScanReader
{
    private readonly EventQuery _query;
    private readonly ArrayColumn[] _columns = [.. Enumerable.Range(0, (int)Column.Count).Select(_ => new ArrayColumn())];
    private EventContext _lastContext = EventContext.None;

    public EventScanReader(EventQuery query) => _query = query;

    private enum Column
    {
        EventId,
        Timestamp,
        Type,
        Subject,
        Install,
        Session,
        Version,
        Success,
        Duration,
        Context,
        Metadata,
        Count,
    }

    /// <summary>Returns the columns that a query must select, in this order, after <c>n</c>.</summary>
    public static string ColumnsOf(EventQuery query)
    {
        var ids = query.Parts.HasFlag(EventParts.Ids);
        return string.Join(
            ", ",
            "n",
            Array("event_id", ids),
            Array("ts", true),
            Array("type", true),
            Array("subject", query.Parts.HasFlag(EventParts.Subject) || query.Subjects is not null),
            Array("install", true),
            Array("session", ids),
            Array("version", query.Parts.HasFlag(EventParts.Version) || query.Version is not null),
            Array("success", true),
            Array("duration_ms", true),
            Array("context", query.Parts.HasFlag(EventParts.Context) || query.Actor is not null),
            Array("metadata", query.Parts.HasFlag(EventParts.Metadata)));

        static string Array(string column, bool needed) => needed ? $"array_send({column})" : "null::bytea";
    }

    /// <summary>Appends the matching events of the reader's current row to <paramref name="into"/>.</summary>
    public void Append(NpgsqlDataReader row, EventBatch into)
    {
        var count = row.GetInt32(0);
        for (var i = 0; i < _columns.Length; i++)
            _columns[i].Load(row, i + 1);
        for (var i = 0; i < count; i++)
            AppendNext(into);
    }

    private void AppendNext(EventBatch into)
    {
        // Every column moves on, also if the event doesn't match.
        var id = Of(Column.EventId).NextGuid();
        var time = PostgresTime.ToUnix(Of(Column.Timestamp).NextLong());
        var type = Of(Column.Type).NextText()!;
        var subject = Of(Column.Subject).NextText();
        var install = Of(Column.Install).NextLong();
        var session = Of(Column.Session).NextLong();
        var version = Of(Column.Version).NextText();
        var success = Of(Column.Success).NextBoolean();
        var duration = Of(Column.Duration).NextFloat();
        var context = NextContext();
        Of(Column.Metadata).TryNext(out var metadata);
        if (time < _query.From || time >= _query.To
            || (_query.Type is not null && type != _query.Type)
            || (_query.Subjects is not null && !_query.Subjects.Contains(subject))
            || (_query.Version is not null && (version ?? NoValue.Name) != _query.Version)
            || (_query.Install is not null && install != _query.Install)
            || (_query.Actor is not null && (context.Actor ?? NoValue.Name) != _query.Actor))
        {
            return;
        }

        if (!metadata.IsEmpty)
        {
            into.AppendMetadata(metadata);
            if (_query.Parts.HasFlag(EventParts.Values))
                StoredEvents.AppendValues(into, metadata);
        }

        into.Add(id, time, type, subject, install, session, version, success, duration, context);
    }

    // Successive events usually have the same context.
    private EventContext NextContext()
    {
        if (!Of(Column.Context).TryNext(out var json, out var repeats))
            return EventContext.None;
        if (!repeats)
            _lastContext = StoredEvents.ParseContext(json);
        return _lastContext;
    }

    private ArrayColumn Of(Column column) => _columns[(int)column];
}
