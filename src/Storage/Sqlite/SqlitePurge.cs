using System.Runtime.CompilerServices;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Deletes old data in short transactions, so that commits can run in between.</summary>
internal sealed class SqlitePurge(SqliteDatabase database) : IRetentionStore
{
    private const int AtOnce = 5_000;

    private const string DropEventsSql =
        """
        delete from event_rows where rowid in
            (select e.rowid from event_rows e where e.stream_id in (select id from streams where project_id = ?) and e.ts < ? limit ?)
        """;

    private const string CountDaysSql =
        """
        select count(*) from (select env, day from rollups where project_id = ?1 and env in (0, 1) and day < ?2
                              union select env, day from rollup_deltas where project_id = ?1 and env in (0, 1) and day < ?2)
        """;

    public async IAsyncEnumerable<Purged> PurgeAsync(
        Guid projectId, DateOnly before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long some = AtOnce; some == AtOnce;)
        {
            some = await database.TransactAsync(session => DropEvents(session, projectId, before, AtOnce), cancellationToken);
            yield return new Purged(some, 0);
        }

        // Events that were committed since the former parts are deleted together with their counters.
        yield return await database.TransactAsync(
            session => new Purged(DropEvents(session, projectId, before, long.MaxValue), DropCounters(session, projectId, before)),
            cancellationToken);
        await SqliteContexts.DeleteUnusedAsync(database, cancellationToken);
        await database.EraseLogAsync(cancellationToken);
    }

    private static long DropEvents(SqliteSession session, Guid projectId, DateOnly before, long limit) =>
        session.Prepare(DropEventsSql)
            .Bind(projectId).Bind(new DateTimeOffset(before, TimeOnly.MinValue, TimeSpan.Zero)).Bind(limit).Execute();

    private static long DropCounters(SqliteSession session, Guid projectId, DateOnly before)
    {
        var days = session.Prepare(CountDaysSql).Bind(projectId).Bind(before).ReadLong();
        session.Prepare("delete from rollups where project_id = ? and env in (0, 1) and day < ?").Bind(projectId).Bind(before).Execute();
        session.Prepare("delete from rollup_deltas where project_id = ? and env in (0, 1) and day < ?")
            .Bind(projectId).Bind(before).Execute();
        session.Prepare("delete from rollups_monthly where project_id = ? and env in (0, 1) and month < ?")
            .Bind(projectId).Bind(before).Execute();
        return days;
    }
}
