using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads monthly rollups and folds them from those of the days.</summary>
internal sealed class SqliteMonths(SqliteDatabase database)
{
    private const string DaysOfMonth = "project_id = ?1 and env = ?2 and day >= ?3 and day < date(?3, '+1 month')";

    // A month with deltas isn't folded: it wouldn't count.
    private const string ReadDaysSql =
        $"select data, revision from rollups where {DaysOfMonth} and not exists (select 1 from rollup_deltas where {DaysOfMonth})";

    // Revisions only increase, so the number of days and the sum of their revisions change if any day is folded, rebuilt or deleted.
    private const string FindCountingSql =
        $"""
        select revision from rollups_monthly
        where project_id = ?1 and env = ?2 and month = ?3
            and (days, revisions) = (select count(*), sum(revision) from rollups where {DaysOfMonth})
            and not exists (select 1 from rollup_deltas where {DaysOfMonth})
        """;

    private const string FindOpenSql =
        """
        select d.project_id, d.env, d.month, d.first_day
        from (select project_id, env, date(day, 'start of month') as month,
                     min(day) as first_day, count(*) as days, sum(revision) as revisions
              from rollups where day < date(?, 'start of month') group by 1, 2, 3) d
        left join rollups_monthly m on m.project_id = d.project_id and m.env = d.env and m.month = d.month
        where (m.days is not d.days or m.revisions is not d.revisions)
            and not exists (
                select 1 from rollup_deltas r
                where r.project_id = d.project_id and r.env = d.env and r.day >= d.month and r.day < date(d.month, '+1 month'))
        order by d.month limit ?
        """;

    /// <summary>Reads the requested months that count, in the snapshot of the caller's transaction.</summary>
    public static List<MonthState> Read(SqliteSession session, Guid projectId, DataEnvironment environment, RollupRequest request)
    {
        List<MonthState> months = [];
        foreach (var month in request.Months)
        {
            var revision = session.Prepare(FindCountingSql).Bind(projectId).Bind(environment).Bind(month).ReadLong(none: 0);
            if (revision == 0)
                continue;
            var isKnown = request.KnownMonths.GetValueOrDefault(month) == revision;
            months.Add(new(month, revision, isKnown ? (ReadOnlyMemory<byte>?)null : ReadData(session, projectId, environment, month)));
        }

        return months;
    }

    public Task<IReadOnlyList<PendingDay>> FindOpenAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var select = session.Prepare(FindOpenSql).Bind(closedBefore).Bind(limit);
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
                var select = session.Prepare(ReadDaysSql).Bind(projectId).Bind(environment).Bind(month);
                List<ReadOnlyMemory<byte>> parts = [];
                var revisions = 0L;
                while (select.Step())
                {
                    parts.Add(select.Bytes(0).ToArray());
                    revisions += select.Long(1);
                }

                if (parts.Count == 0)
                    return false;
                session.Prepare("insert or replace into rollups_monthly values (?, ?, ?, ?, ?, ?, ?)")
                    .Bind(projectId).Bind(environment).Bind(month).Bind(SqliteRollups.NextRevision(session))
                    .BindBlob(fold(parts)).Bind(parts.Count).Bind(revisions).Execute();
                return true;
            },
            cancellationToken);

    /// <summary>Deletes the rollup of a month of which a day was rebuilt, so that the month is folded again.</summary>
    public static void Reopen(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly month) =>
        session.Prepare("delete from rollups_monthly where project_id = ? and env = ? and month = ?")
            .Bind(projectId).Bind(environment).Bind(month).Execute();

    private static byte[] ReadData(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly month)
    {
        var select = session.Prepare("select data from rollups_monthly where project_id = ? and env = ? and month = ?")
            .Bind(projectId).Bind(environment).Bind(month);
        select.Step();
        var data = select.Bytes(0).ToArray();
        select.Reset();
        return data;
    }
}
