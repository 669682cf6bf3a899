using Npgsql;
using TelemetryKit.Core;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Reads the rollups of days and folds deltas into them.</summary>
internal sealed class PostgresRollups(PostgresDatabase database) : IRollupStore
{
    private readonly PostgresDays _days = new(database);
    private readonly PostgresMonths _months = new(database);

    // Bounds the memory of one fold; further deltas are folded by the next call.
    private const int DeltasAtOnce = 500;

    private static readonly string TakeDeltasSql =
        $"""
        delete from rollup_deltas where project_id = $1 and env = $2 and day = $3
            and id = any (array(
                select id from rollup_deltas where project_id = $1 and env = $2 and day = $3 order by id limit {DeltasAtOnce}))
        returning data
        """;

    private const string DropDeltasSql = "delete from rollup_deltas where project_id = $1 and env = $2 and day = $3";

    private const string ReadRollupSql = "select data from rollups where project_id = $1 and env = $2 and day = $3";

    private const string WriteRollupSql =
        """
        insert into rollups (project_id, env, day, revision, data) values ($1, $2, $3, nextval('revisions'), $4)
        on conflict (project_id, env, day) do update set revision = excluded.revision, data = excluded.data
        """;

    public Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken) =>
        _days.ReadAsync(projectId, environment, request, cancellationToken);

    public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
        Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
        _days.ReadContentAsync(projectId, environment, ranges, cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
        int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select project_id, env, day, count(*)::integer, min(committed_at) from rollup_deltas
                    group by project_id, env, day having count(*) >= $1 or min(committed_at) < $2
                    order by count(*) desc, min(committed_at) limit $3
                    """,
                    connection);
                command.Parameters.With(minimum).With(olderThan).With(limit);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                List<PendingDay> days = [];
                while (await reader.ReadAsync(cancellationToken))
                {
                    days.Add(new PendingDay(
                        reader.GetGuid(0),
                        (DataEnvironment)reader.GetInt16(1),
                        reader.GetFieldValue<DateOnly>(2),
                        reader.GetInt32(3),
                        reader.GetFieldValue<DateTimeOffset>(4)));
                }

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
            async connection =>
            {
                if (!await ProjectLock.TryTakeAsync(connection, projectId, cancellationToken))
                    return 0;
                var deltas = await ReadDataAsync(connection, TakeDeltasSql, projectId, environment, day, cancellationToken);
                if (deltas.Count == 0)
                    return 0;
                var rollup = await ReadDataAsync(connection, ReadRollupSql, projectId, environment, day, cancellationToken);
                await WriteAsync(connection, projectId, environment, day, fold([.. rollup, .. deltas]), cancellationToken);
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

    /// <summary>Replaces a day's rollup and deltas, as far as they are in the transaction's snapshot, by a new rollup.</summary>
    public static async Task ReplaceDayAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        byte[] rollup,
        CancellationToken cancellationToken)
    {
        await using (var drop = new NpgsqlCommand(DropDeltasSql, connection))
        {
            drop.Parameters.With(projectId).With(environment).With(day);
            await drop.ExecuteNonQueryAsync(cancellationToken);
        }

        await WriteAsync(connection, projectId, environment, day, rollup, cancellationToken);
    }

    private static async Task<List<ReadOnlyMemory<byte>>> ReadDataAsync(
        NpgsqlConnection connection,
        string sql,
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.With(projectId).With(environment).With(day);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ReadOnlyMemory<byte>> data = [];
        while (await reader.ReadAsync(cancellationToken))
            data.Add(reader.GetFieldValue<byte[]>(0));
        return data;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        byte[] rollup,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WriteRollupSql, connection);
        command.Parameters.With(projectId).With(environment).With(day).With(rollup);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
