using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads events in the order of arrival, which is that of the numbers of their rows (<see cref="SqliteRowNumbers"/>).</summary>
internal static class SqliteArrivals
{
    // Of all projects together: the table has no index by project and number.
    private const int FirstRows = 5_000;

    // The plus keeps the index by project and timestamp from being used.
    private const string ReadSql =
        $"""
        select {SqliteEventReader.Columns}, e.rowid
        from event_rows e left join contexts c on c.id = e.context_id
        where e.rowid in (
            select rowid from event_rows
            where rowid > ? and rowid <= ? and +stream_id = (select id from streams where project_id = ? and env = ?)
            order by rowid desc limit ?)
        order by e.rowid
        """;

    public static Arrivals Read(SqliteSession session, Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit)
    {
        // Read first, so that the next read doesn't skip rows that are committed between the statements.
        var newest = session.Prepare(SqliteRowNumbers.NewestSql).ReadLong();
        var former = (Position?)after;
        var read = session.Prepare(ReadSql)
            .Bind(former?.Row ?? newest - FirstRows).Bind(newest).Bind(projectId).Bind(environment).Bind(limit);
        var (events, numbers) = (new EventBatch(), new List<long>());
        while (read.Step())
        {
            SqliteEventReader.Append(read, EventParts.All, events);
            numbers.Add(read.Long(SqliteEventReader.ColumnCount));
        }

        // The newest rows may have been deleted since the former read.
        return new(events, numbers, new Position(Math.Max(newest, former?.Row ?? 0)));
    }

    private sealed record Position(long Row) : ArrivalPosition;
}
