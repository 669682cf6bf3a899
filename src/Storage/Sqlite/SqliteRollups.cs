using TelemetryKit.Core;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Reading;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>Reads the rollups of days and folds deltas into them.</summary>
internal sealed class SqliteRollups(SqliteDatabase database) : IRollupStore
{
    private readonly SqliteMonths _months = new(database);

    // Bounds the memory of one fold; further deltas are folded by the next call.
    private const int DeltasAtOnce = 500;

    private const string ReadRollupSql = "select data from rollups where project_id = ? and env = ? and day = ?";

    public Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                // The first read sets the snapshot for the following ones.
                session.Execute("begin");
                var months = SqliteMonths.Read(session, projectId, environment, request);
                var ranges = request.DaysBeside(months.Select(month => month.Month));
                var days = ReadDays(session, projectId, environment, ranges, request.KnownDays);
                session.Execute("commit");
                return new RollupSnapshot(months, days);
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
        Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                // One snapshot: a delta that is folded between the two reads would otherwise be in neither.
                session.Execute("begin");
                var (revisions, deltas) = ListDays(session, projectId, environment, ranges);
                session.Execute("commit");
                return DayPlan.ContentOf(revisions, deltas);
            },
            cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
        int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var select = session.Prepare(
                        """
                        select project_id, env, day, count(*), min(committed_at) from rollup_deltas
                        group by project_id, env, day having count(*) >= ? or min(committed_at) < ?
                        order by count(*) desc, min(committed_at) limit ?
                        """)
                    .Bind(minimum).Bind(olderThan).Bind(limit);
                List<PendingDay> days = [];
                while (select.Step())
                    days.Add(new PendingDay(
                        select.Guid(0), (DataEnvironment)select.Long(1), select.Day(2), (int)select.Long(3), select.Time(4)));
                return (IReadOnlyList<PendingDay>)days;
            },
            cancellationToken);

    public Task<int> FoldDayAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                var deltas = TakeDeltas(session, projectId, environment, day);
                if (deltas.Count == 0)
                    return 0;
                var rollup = ReadData(session, ReadRollupSql, projectId, environment, day);
                Write(session, projectId, environment, day, fold([.. rollup, .. deltas]));
                return deltas.Count;
            },
            cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        _months.FindOpenAsync(closedBefore, limit, cancellationToken);

    public Task<bool> FoldMonthAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly month,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) =>
        _months.FoldAsync(projectId, environment, month, fold, cancellationToken);

    /// <summary>Deletes all deltas of a day.</summary>
    public static void DropDeltas(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day) =>
        session.Prepare("delete from rollup_deltas where project_id = ? and env = ? and day = ?")
            .Bind(projectId).Bind(environment).Bind(day).Execute();

    /// <summary>Writes a day's rollup with the next revision.</summary>
    public static void Write(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day, byte[] rollup) =>
        session.Prepare("insert or replace into rollups values (?, ?, ?, ?, ?)")
            .Bind(projectId).Bind(environment).Bind(day).Bind(NextRevision(session)).BindBlob(rollup).Execute();

    /// <summary>Returns a number larger than all former ones, including those of deleted rows.</summary>
    public static long NextRevision(SqliteSession session)
    {
        session.Execute("update revisions set last = last + 1");
        return session.Prepare("select last from revisions").ReadLong();
    }

    private static List<ReadOnlyMemory<byte>> TakeDeltas(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day)
    {
        var select = session.Prepare(
            "select rowid, data from rollup_deltas where project_id = ? and env = ? and day = ? order by id limit ?")
            .Bind(projectId).Bind(environment).Bind(day).Bind(DeltasAtOnce);
        List<long> rows = [];
        List<ReadOnlyMemory<byte>> deltas = [];
        while (select.Step())
        {
            rows.Add(select.Long(0));
            deltas.Add(select.Bytes(1).ToArray());
        }

        foreach (var row in rows)
            session.Prepare("delete from rollup_deltas where rowid = ?").Bind(row).Execute();
        return deltas;
    }

    private static List<ReadOnlyMemory<byte>> ReadData(
        SqliteSession session, string sql, Guid projectId, DataEnvironment environment, DateOnly day)
    {
        var select = session.Prepare(sql).Bind(projectId).Bind(environment).Bind(day);
        List<ReadOnlyMemory<byte>> data = [];
        while (select.Step())
            data.Add(select.Bytes(0).ToArray());
        return data;
    }

    private static (Dictionary<DateOnly, long> Revisions, ILookup<DateOnly, Guid> Deltas) ListDays(
        SqliteSession session, Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges)
    {
        var revisions = new Dictionary<DateOnly, long>();
        List<(DateOnly Day, Guid Id)> deltas = [];
        foreach (var range in ranges)
        {
            var select = session.Prepare("select day, revision from rollups where project_id = ? and env = ? and day between ? and ?")
                .Bind(projectId).Bind(environment).Bind(range.From).Bind(range.To);
            while (select.Step())
                revisions[select.Day(0)] = select.Long(1);
            select = session.Prepare("select day, id from rollup_deltas where project_id = ? and env = ? and day between ? and ?")
                .Bind(projectId).Bind(environment).Bind(range.From).Bind(range.To);
            while (select.Step())
                deltas.Add((select.Day(0), select.Guid(1)));
        }

        return (revisions, deltas.ToLookup(delta => delta.Day, delta => delta.Id));
    }

    private static List<DayState> ReadDays(
        SqliteSession session,
        Guid projectId,
        DataEnvironment environment,
        List<DayRange> ranges,
        IReadOnlyDictionary<DateOnly, KnownDay> known)
    {
        var (revisions, deltas) = ListDays(session, projectId, environment, ranges);
        var plan = DayPlan.For(
            revisions,
            deltas,
            known.Where(day => ranges.Exists(range => range.Contains(day.Key))));
        return plan.ConvertAll(day => new DayState(
            day.Day,
            day.Revision,
            day.Replaces,
            day.NeedsRollup ? ReadData(session, ReadRollupSql, projectId, environment, day.Day)[0] : (ReadOnlyMemory<byte>?)null,
            [.. day.Deltas.Select(id => ReadDelta(session, projectId, environment, day.Day, id))]));
    }

    private static RollupDelta ReadDelta(SqliteSession session, Guid projectId, DataEnvironment environment, DateOnly day, Guid id)
    {
        var select = session.Prepare("select data from rollup_deltas where project_id = ? and env = ? and day = ? and id = ?")
            .Bind(projectId).Bind(environment).Bind(day).Bind(id);
        select.Step();
        var data = select.Bytes(0).ToArray();
        select.Reset();
        return new RollupDelta(id, projectId, environment, day, data);
    }
}
