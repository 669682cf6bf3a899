using TelemetryKit.Grains.Events;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Deletes an install in one transaction, which has the writer for itself: nothing is committed meanwhile.</summary>
internal sealed class SqliteInstallDeletion(SqliteDatabase database)
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    public async Task<long> DeleteAsync(Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken)
    {
        using var lease = await database.WriteAsync(cancellationToken);
        lease.Run(session => session.Execute("begin immediate"));
        var days = lease.Run(session => FindDays(session, projectId, install));
        var deleted = lease.Run(session => Delete(session, projectId, install));
        foreach (var (environment, day) in days)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var newInstalls = lease.Run(session => CountNewInstalls(session, projectId, environment, day));
            var start = (day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * MicrosecondsPerDay;
            var rollup = await rebuild(Scan(lease, new EventQuery(projectId, environment, start, start + MicrosecondsPerDay)), newInstalls);
            lease.Run(session => Replace(session, projectId, environment, day, rollup));
        }

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

    private static List<(DataEnvironment Environment, DateOnly Day)> FindDays(SqliteSession session, Guid projectId, long install)
    {
        var select = session.Prepare(
                """
                select distinct s.env, date(e.ts / 1000000, 'unixepoch') from streams s join event_rows e on e.stream_id = s.id where s.project_id = ?1 and e.install = ?2
                union select env, first_day from installs where project_id = ?1 and install = ?2
                """)
            .Bind(projectId).Bind(install);
        List<(DataEnvironment, DateOnly)> days = [];
        while (select.Step())
            days.Add(((DataEnvironment)select.Long(0), select.Day(1)));
        return days;
    }

    private static long Delete(SqliteSession session, Guid projectId, long install)
    {
        var deleted = session.Prepare("delete from event_rows where stream_id in (select id from streams where project_id = ?) and install = ?").Bind(projectId).Bind(install).Execute();
        session.Prepare("delete from installs where project_id = ? and env in (0, 1) and install = ?").Bind(projectId).Bind(install).Execute();
        session.Execute(SqliteEvents.ForgetContextsSql);
        return deleted;
    }

    private static long CountNewInstalls(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day) =>
        session.Prepare("select count(*) from installs where project_id = ? and env = ? and first_day = ?").Bind(projectId).Bind(environment).Bind(day).ReadLong();

    private static bool Replace(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day, byte[] rollup)
    {
        SqliteRollups.TakeDeltas(session, projectId, environment, day);
        SqliteRollups.Write(session, projectId, environment, day, rollup);
        SqliteMonths.Reopen(session, projectId, environment, new DateOnly(day.Year, day.Month, 1));
        return true;
    }
}
