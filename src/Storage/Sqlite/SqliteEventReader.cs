using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads rows of events into an <see cref="EventBatch"/>.</summary>
internal static class SqliteEventReader
{
    /// <summary>The columns that a query must select, in this order, before its own: of the event (e) and its context (c).</summary>
    public const string Columns =
        "e.event_id, e.ts, e.type, e.subject, e.install, e.session, e.version, e.success, e.duration_ms, c.json, e.metadata";

    /// <summary>The number of <see cref="Columns"/>, which is the index of a query's first own column.</summary>
    public const int ColumnCount = 11;

    /// <summary>Returns true if the row has the timestamp and the id of the cursor.</summary>
    public static bool IsAt(SqliteStatement row, EventCursor cursor) => row.Long(1) == cursor.Timestamp && row.Guid(0) == cursor.EventId;

    /// <summary>Returns the columns that a query needs, <c>null</c> in place of the others.</summary>
    public static string ColumnsOf(EventQuery query)
    {
        var ids = query.Parts.HasFlag(EventParts.Ids);
        var subject = query.Parts.HasFlag(EventParts.Subject) ? "e.subject" : "null";
        var version = query.Parts.HasFlag(EventParts.Version) ? "e.version" : "null";
        return $"{(ids ? "e.event_id" : "null")}, e.ts, e.type, {subject}, e.install, {(ids ? "e.session" : "0")}, {version}, e.success, "
            + $"e.duration_ms, {(query.Parts.HasFlag(EventParts.Context) ? "c.json" : "null")}, "
            + (query.Parts.HasFlag(EventParts.Metadata) ? "e.metadata" : "null");
    }

    public static void Append(SqliteStatement row, EventParts parts, EventBatch into)
    {
        if (row.Bytes(10) is { IsEmpty: false } metadata)
        {
            into.AppendMetadata(metadata);
            if (parts.HasFlag(EventParts.Values))
                StoredEvents.AppendValues(into, metadata);
        }

        into.Add(
            row.IsNull(0) ? Guid.Empty : row.Guid(0),
            row.Long(1),
            row.SharedString(2),
            row.IsNull(3) ? null : row.SharedString(3),
            row.Long(4),
            row.Long(5),
            row.IsNull(6) ? null : row.SharedString(6),
            row.IsNull(7) ? null : row.Long(7) != 0,
            row.IsNull(8) ? float.NaN : (float)row.Double(8),
            row.IsNull(9) ? EventContext.None : StoredEvents.ParseContext(row.Bytes(9)));
    }
}
