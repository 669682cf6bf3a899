using System.Runtime.CompilerServices;
using System.Text;
using TelemetryKit.Grains.Events;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads stored events.</summary>
internal sealed class SqliteEvents(SqliteDatabase database)
{
    private const int BatchSize = 4_096;
    private const long BatchBytes = 8_000_000;

    private const string Select =
        """
        select e.event_id, e.ts, e.type, e.subject, e.install, e.session, e.version, e.success, e.duration_ms, c.json, e.metadata
        from event_rows e left join contexts c on c.id = e.context_id
        where e.stream_id = (select id from streams where project_id = ? and env = ?) and e.ts >= ? and e.ts < ?
        """;

    public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var page = new EventBatch(Math.Min(query.Limit, 1_000) + 1);
                var select = Filtered(session, query, "order by e.ts desc, e.event_id desc limit ?").Bind(query.Limit + 1);
                while (select.Step())
                    SqliteEventReader.Append(select, page);
                if (page.Count <= query.Limit)
                    return new EventPage(page, null);
                page.Truncate(query.Limit);
                return new EventPage(page, new EventCursor(page.Timestamp[page.Count - 1], page.EventId[page.Count - 1]));
            },
            cancellationToken);

    public async IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var lease = await database.ReadAsync(cancellationToken);
        foreach (var batch in Scan(lease, query))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return batch;
        }
    }

    /// <summary>Scans on a connection that the caller holds, inside its transaction.</summary>
    public static IEnumerable<EventBatch> Scan(SqliteLease lease, EventQuery query)
    {
        var batch = new EventBatch(BatchSize);
        var select = lease.Run(session => Filtered(session, query, ""));
        try
        {
            while (lease.Run(_ => Fill(select, batch)))
            {
                yield return batch;
                batch.Clear();
            }
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Fills the batch; false where nothing was left.</summary>
    private static bool Fill(SqliteStatement select, EventBatch batch)
    {
        while (batch.Count < BatchSize && batch.Bytes < BatchBytes && !select.IsThrough && select.Step())
            SqliteEventReader.Append(select, batch);
        return batch.Count > 0;
    }

    private static SqliteStatement Filtered(SqliteSession session, EventQuery query, string tail)
    {
        var sql = new StringBuilder(Select);
        If(query.Type is not null, " and e.type = ?");
        If(query.Subject is not null, " and e.subject = ?");
        If(query.Version is not null, " and e.version = ?");
        If(query.Actor is not null, " and c.actor = ?");
        If(query.Install is not null, " and e.install = ?");
        If(query.After is not null, " and (e.ts, e.event_id) < (?, ?)");
        var statement = session.Prepare(sql.Append(' ').Append(tail).ToString())
            .Bind(query.ProjectId).Bind(query.Environment).Bind(query.From).Bind(query.Before);
        foreach (var value in (string?[])[query.Type, query.Subject, query.Version, query.Actor])
        {
            if (value is not null)
                statement.Bind(value);
        }

        if (query.Install is { } install)
            statement.Bind(install);
        return query.After is { } after ? statement.Bind(after.Timestamp).Bind(after.EventId) : statement;

        void If(bool condition, string text)
        {
            if (condition)
                sql.Append(text);
        }
    }
}
