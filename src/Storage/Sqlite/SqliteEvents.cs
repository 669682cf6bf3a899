using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Reading;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>The stored events.</summary>
internal sealed class SqliteEvents(SqliteDatabase database) : IEventStore
{
    private readonly SqliteInstallDeletion _deletion = new(database);
    private readonly SqliteKeyCleanup _keys = new(database);

    private const int BatchSize = 4_096;
    private const long BatchBytes = 8_000_000;

    private const string From =
        """
        from event_rows e left join contexts c on c.id = e.context_id
        where e.stream_id = (select id from streams where project_id = ? and env = ?) and e.ts >= ? and e.ts < ?
        """;

    public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var page = new PageBuilder(query.Limit, query.After);
                var select = Filtered(session, query, "order by e.ts desc, e.event_id desc, e.rowid");
                for (var equal = 0; !page.IsFull && select.Step();)
                {
                    if (query.After is not { } after || !SqliteEventReader.IsAt(select, after) || ++equal > after.Seen)
                        SqliteEventReader.Append(select, query.Parts, page.Events);
                }

                select.Reset();
                return page.Build();
            },
            cancellationToken);

    public Task<Arrivals> ReadArrivalsAsync(
        Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(session => SqliteArrivals.Read(session, projectId, environment, after, limit), cancellationToken);

    public async IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var lease = await database.ReadAsync(cancellationToken);
        foreach (var batch in Scan(lease, query))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return batch;
        }
    }

    public Task<long> DeleteInstallAsync(
        Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken) =>
        _deletion.DeleteAsync(projectId, install, rebuild, record, cancellationToken);

    /// <summary>Does nothing, because each event is a row.</summary>
    public Task<int> CompactEventsAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _keys.DeleteAsync(before, cancellationToken);

    /// <summary>Scans on the caller's connection, in its transaction.</summary>
    public static IEnumerable<EventBatch> Scan(SqliteLease lease, EventQuery query)
    {
        var batch = new EventBatch(BatchSize);
        var select = lease.Run(session => Filtered(session, query, ""));
        try
        {
            while (lease.Run(_ => Fill(select, query.Parts, batch)))
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

    /// <summary>Fills the batch. Returns false if there are no more events.</summary>
    private static bool Fill(SqliteStatement select, EventParts parts, EventBatch batch)
    {
        while (batch.Count < BatchSize && batch.Bytes < BatchBytes && !select.IsDone && select.Step())
            SqliteEventReader.Append(select, parts, batch);
        return batch.Count > 0;
    }

    private static SqliteStatement Filtered(SqliteSession session, EventQuery query, string tail)
    {
        var sql = new StringBuilder("select ").Append(SqliteEventReader.ColumnsOf(query)).Append(' ').Append(From);
        If(query.Type is not null, " and e.type = ?");
        If(
            query.Subjects is not null,
            query.Subjects?.Contains(NoValue.Name) == true
                ? " and (e.subject is null or e.subject in (select value from json_each(?)))"
                : " and e.subject in (select value from json_each(?))");
        If(query.Version is not null, query.Version == NoValue.Name ? " and (e.version is null or e.version = ?)" : " and e.version = ?");
        If(query.Actor is not null, query.Actor == NoValue.Name ? " and (c.actor is null or c.actor = ?)" : " and c.actor = ?");
        If(query.Install is not null, " and e.install = ?");
        If(query.After is not null, " and (e.ts, e.event_id) <= (?, ?)");
        var statement = session.Prepare(sql.Append(' ').Append(tail).ToString())
            .Bind(query.ProjectId).Bind(query.Environment).Bind(query.From).Bind(query.Before);
        var subjects = query.Subjects is null ? null : JsonSerializer.Serialize(query.Subjects);
        foreach (var value in (string?[])[query.Type, subjects, query.Version, query.Actor])
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
