using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Deletes an install in one transaction. It has exclusive use of the writer, so nothing is committed concurrently.</summary>
internal sealed class SqliteInstallDeletion(SqliteDatabase database)
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    // A purged day isn't created again, although its installs are still stored.
    private const string FindFirstDaysSql =
        """
        select env, first_day from installs i where project_id = ?1 and env in (0, 1) and install = ?2
            and (exists (select 1 from rollups r where r.project_id = ?1 and r.env = i.env and r.day = i.first_day)
              or exists (select 1 from rollup_deltas d where d.project_id = ?1 and d.env = i.env and d.day = i.first_day))
        """;

    private static readonly string IncreaseGenerationsSql =
        InstallGenerations.IncreaseSql.Replace("@projectId", "?1", StringComparison.Ordinal);

    public async Task<long> DeleteAsync(
        Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken)
    {
        // 0 means "no install": it would delete the events of all senders without one.
        ArgumentOutOfRangeException.ThrowIfZero(install);
        var deleted = await DeleteInTransactionAsync(projectId, install, rebuild, record, cancellationToken);
        await database.EraseLogAsync(cancellationToken);
        return deleted;
    }

    private async Task<long> DeleteInTransactionAsync(
        Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken)
    {
        using var lease = await database.WriteAsync(cancellationToken);
        lease.Run(session => session.Execute("begin immediate"));
        HashSet<(DataEnvironment Environment, DateOnly Day)> days = [];
        var deleted = lease.Run(session => DeleteEvents(session, projectId, install, days));
        lease.Run(session => DeleteInstall(session, projectId, install, days));
        foreach (var (environment, day) in days)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var newInstalls = lease.Run(session => CountNewInstalls(session, projectId, environment, day));
            var rollup = await rebuild(Scan(lease, EventQuery.OfDays(projectId, environment, day, day)), newInstalls);
            lease.Run(session => Replace(session, projectId, environment, day, rollup));
        }

        if (record is not null)
            lease.Run(session => Record(session, projectId, record, deleted, cancellationToken));
        lease.Run(session => session.Execute("commit"));
        return deleted;
    }

    private static async IAsyncEnumerable<EventBatch> Scan(SqliteLease lease, EventQuery query)
    {
        foreach (var batch in SqliteEvents.Scan(lease, query))
        {
            await ValueTask.CompletedTask;
            yield return batch;
        }
    }

    private static long DeleteEvents(SqliteSession session, Guid projectId, long install, HashSet<(DataEnvironment, DateOnly)> days)
    {
        // Events have no index by install, so they are scanned once and the found rows deleted by rowid.
        var select = session.Prepare(
                """
                select e.rowid, e.context_id, s.env, date(e.ts / 1000000, 'unixepoch')
                from streams s join event_rows e on e.stream_id = s.id where s.project_id = ? and e.install = ?
                """)
            .Bind(projectId).Bind(install);
        List<long> rows = [];
        HashSet<long> contexts = [];
        while (select.Step())
        {
            rows.Add(select.Long(0));
            if (!select.IsNull(1))
                contexts.Add(select.Long(1));
            days.Add(((DataEnvironment)select.Long(2), select.Day(3)));
        }

        foreach (var row in rows)
            session.Prepare("delete from event_rows where rowid = ?").Bind(row).Execute();

        // Unused contexts would still describe this install's machine.
        foreach (var context in contexts)
        {
            session.Prepare("delete from contexts where id = ?1 and not exists (select 1 from event_rows where context_id = ?1)")
                .Bind(context).Execute();
        }

        return rows.Count;
    }

    private static bool DeleteInstall(SqliteSession session, Guid projectId, long install, HashSet<(DataEnvironment, DateOnly)> days)
    {
        var select = session.Prepare(FindFirstDaysSql).Bind(projectId).Bind(install);
        while (select.Step())
            days.Add(((DataEnvironment)select.Long(0), select.Day(1)));
        session.Prepare("delete from installs where project_id = ? and env in (0, 1) and install = ?")
            .Bind(projectId).Bind(install).Execute();
        session.Prepare(IncreaseGenerationsSql).Bind(projectId).Execute();
        return true;
    }

    // The SQLite provider runs synchronously and returns completed tasks.
    private static bool Record(
        SqliteSession session, Guid projectId, DeletionRecord record, long deleted, CancellationToken cancellationToken)
    {
        ErasureTable.RecordAsync(new Sql(session.Connection, null, cancellationToken), projectId, record, deleted).GetAwaiter().GetResult();
        return true;
    }

    private static long CountNewInstalls(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day) =>
        session.Prepare("select count(*) from installs where project_id = ? and env = ? and first_day = ?")
            .Bind(projectId).Bind(environment).Bind(day).ReadLong();

    private static bool Replace(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day, byte[] rollup)
    {
        SqliteRollups.DropDeltas(session, projectId, environment, day);
        SqliteRollups.Write(session, projectId, environment, day, rollup);
        SqliteMonths.Reopen(session, projectId, environment, new DateOnly(day.Year, day.Month, 1));
        return true;
    }
}
