using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Reads days and folds them.</summary>
internal sealed class PostgresRollups(PostgresDatabase database)
{
    // One statement is one snapshot. "part" 0 is a day's rollup, 1 a delta. Data that the reader has is not even fetched from where it lies.
    private const string ReadDaysSql =
        """
        with known as (select day, revision from unnest($5, $6) as known (day, revision)),
             stored as (select day, revision, data from rollups where project_id = $1 and env = $2 and day between $3 and $4)
        select 0 as part, s.day, s.revision, k.day is null, null::uuid as id, case when k.day is null then s.data end as data
        from stored s left join known k on k.day = s.day and k.revision = s.revision
        union all
        select 1, d.day, coalesce(s.revision, 0), k.day is null, d.id, d.data
        from rollup_deltas d left join stored s on s.day = d.day left join known k on k.day = d.day and k.revision = coalesce(s.revision, 0)
        where d.project_id = $1 and d.env = $2 and d.day between $3 and $4 and (k.day is null or d.id <> all ($7))
        order by 2, 1
        """;

    private const string TakeDeltasSql = "delete from rollup_deltas where project_id = $1 and env = $2 and day = $3 returning data";

    private const string ReadRollupSql = "select data from rollups where project_id = $1 and env = $2 and day = $3";

    private const string WriteRollupSql =
        """
        insert into rollups as r (project_id, env, day, revision, data) values ($1, $2, $3, 1, $4)
        on conflict (project_id, env, day) do update set revision = r.revision + 1, data = excluded.data
        """;

    public Task<IReadOnlyList<DayState>> ReadDaysAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, IReadOnlyDictionary<DateOnly, KnownDay> known, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                var inRange = known.Where(day => day.Key >= from && day.Key <= to).ToArray();
                await using var command = new NpgsqlCommand(ReadDaysSql, connection);
                command.Parameters
                    .With(projectId).With(environment).With(from).With(to)
                    .WithArray(Array.ConvertAll(inRange, day => day.Key), NpgsqlDbType.Date)
                    .WithArray(Array.ConvertAll(inRange, day => day.Value.Revision), NpgsqlDbType.Bigint)
                    .WithArray(inRange.SelectMany(day => day.Value.Deltas).ToArray(), NpgsqlDbType.Uuid);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var days = new DayStates(projectId, environment);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var (day, revision, replaces) = (reader.GetFieldValue<DateOnly>(1), reader.GetInt64(2), reader.GetBoolean(3));
                    if (reader.GetInt32(0) == 1)
                        days.AddDelta(day, revision, replaces, reader.GetGuid(4), reader.GetFieldValue<byte[]>(5));
                    else if (replaces)
                        days.AddRollup(day, revision, reader.GetFieldValue<byte[]>(5));
                }

                return days.Build();
            },
            cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
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
                        reader.GetGuid(0), (DataEnvironment)reader.GetInt16(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4)));
                }

                return (IReadOnlyList<PendingDay>)days;
            },
            cancellationToken);

    public Task<int> FoldDayAsync(
        Guid projectId, DataEnvironment environment, DateOnly day, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken) =>
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

    /// <summary>Replaces a day's rollup and deltas, as far as the transaction's snapshot shows them, by a new rollup.</summary>
    public static async Task ReplaceDayAsync(
        NpgsqlConnection connection, Guid projectId, DataEnvironment environment, DateOnly day, byte[] rollup, CancellationToken cancellationToken)
    {
        await ReadDataAsync(connection, TakeDeltasSql, projectId, environment, day, cancellationToken);
        await WriteAsync(connection, projectId, environment, day, rollup, cancellationToken);
    }

    private static async Task<List<ReadOnlyMemory<byte>>> ReadDataAsync(
        NpgsqlConnection connection, string sql, Guid projectId, DataEnvironment environment, DateOnly day, CancellationToken cancellationToken)
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
        NpgsqlConnection connection, Guid projectId, DataEnvironment environment, DateOnly day, byte[] rollup, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WriteRollupSql, connection);
        command.Parameters.With(projectId).With(environment).With(day).With(rollup);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
