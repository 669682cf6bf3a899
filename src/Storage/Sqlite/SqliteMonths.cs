using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads monthly rollups and folds them from those of the days.</summary>
internal sealed class SqliteMonths(SqliteDatabase database)
{
    public Task<IReadOnlyList<MonthState>> ReadAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var select = session.Prepare(
                        """
                        select month, revision, data from rollups_monthly
                        where project_id = ? and env = ? and month between ? and ? order by month
                        """)
                    .Bind(projectId).Bind(environment).Bind(from).Bind(to);
                List<MonthState> months = [];
                while (select.Step())
                    months.Add(new MonthState(select.Day(0), select.Long(1), select.Bytes(2).ToArray()));
                return (IReadOnlyList<MonthState>)months;
            },
            cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindOpenAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var select = session.Prepare(
                        """
                        select d.project_id, d.env, d.month, d.first_day
                        from (select project_id, env, date(day, 'start of month') as month, min(day) as first_day
                              from rollups where day < date(?, 'start of month') group by 1, 2, 3) d
                        left join rollups_monthly m on m.project_id = d.project_id and m.env = d.env and m.month = d.month
                        where m.month is null order by d.month limit ?
                        """)
                    .Bind(closedBefore).Bind(limit);
                List<PendingDay> months = [];
                while (select.Step())
                {
                    var oldest = select.Day(3).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
                    months.Add(new PendingDay(select.Guid(0), (DataEnvironment)select.Long(1), select.Day(2), 0, oldest));
                }

                return (IReadOnlyList<PendingDay>)months;
            },
            cancellationToken);

    public Task<bool> FoldAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly month,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                // The rollups of the days and the deltas that aren't folded yet.
                var select = session.Prepare(
                        """
                        select data from rollups where project_id = ?1 and env = ?2 and day >= ?3 and day < date(?3, '+1 month')
                        union all
                        select data from rollup_deltas where project_id = ?1 and env = ?2 and day >= ?3 and day < date(?3, '+1 month')
                        """)
                    .Bind(projectId).Bind(environment).Bind(month);
                List<ReadOnlyMemory<byte>> parts = [];
                while (select.Step())
                    parts.Add(select.Bytes(0).ToArray());
                if (parts.Count == 0)
                    return false;
                session.Prepare("insert or replace into rollups_monthly values (?, ?, ?, ?, ?)")
                    .Bind(projectId).Bind(environment).Bind(month).Bind(SqliteRollups.NextRevision(session))
                    .BindBlob(fold(parts)).Execute();
                return true;
            },
            cancellationToken);

    /// <summary>Deletes the rollup of a month of which a day was rebuilt, so that the month is folded again.</summary>
    public static void Reopen(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly month) =>
        session.Prepare("delete from rollups_monthly where project_id = ? and env = ? and month = ?")
            .Bind(projectId).Bind(environment).Bind(month).Execute();
}
