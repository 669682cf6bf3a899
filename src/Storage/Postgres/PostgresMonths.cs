using Npgsql;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Reads monthly rollups and folds them from those of the days.</summary>
internal sealed class PostgresMonths(PostgresDatabase database)
{
    // The rollups of the days and the deltas that aren't folded yet, in one snapshot.
    private const string ReadMonthSql =
        """
        select data from rollups where project_id = $1 and env = $2 and day >= $3 and day < $3 + interval '1 month'
        union all
        select data from rollup_deltas where project_id = $1 and env = $2 and day >= $3 and day < $3 + interval '1 month'
        """;

    private const string WriteMonthSql =
        """
        insert into rollups_monthly (project_id, env, month, revision, data) values ($1, $2, $3, nextval('revisions'), $4)
        on conflict (project_id, env, month) do update set revision = excluded.revision, data = excluded.data
        """;

    private const string ReopenSql = "delete from rollups_monthly where project_id = $1 and env = $2 and month = $3";

    public Task<IReadOnlyList<MonthState>> ReadAsync(
        Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select month, revision, data from rollups_monthly
                    where project_id = $1 and env = $2 and month between $3 and $4 order by month
                    """,
                    connection);
                command.Parameters.With(projectId).With(environment).With(from).With(to);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                List<MonthState> months = [];
                while (await reader.ReadAsync(cancellationToken))
                    months.Add(new MonthState(reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
                return (IReadOnlyList<MonthState>)months;
            },
            cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindOpenAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select d.project_id, d.env, d.month, d.first_day
                    from (select project_id, env, date_trunc('month', day::timestamp)::date as month, min(day) as first_day
                          from rollups where day < date_trunc('month', $1::timestamp)::date group by 1, 2, 3) d
                    left join rollups_monthly m on m.project_id = d.project_id and m.env = d.env and m.month = d.month
                    where m.month is null order by d.month limit $2
                    """,
                    connection);
                command.Parameters.With(closedBefore).With(limit);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                List<PendingDay> months = [];
                while (await reader.ReadAsync(cancellationToken))
                {
                    var oldest = reader.GetFieldValue<DateOnly>(3).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
                    var environment = (DataEnvironment)reader.GetInt16(1);
                    months.Add(new PendingDay(reader.GetGuid(0), environment, reader.GetFieldValue<DateOnly>(2), 0, oldest));
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
            async connection =>
            {
                if (!await ProjectLock.TryTakeAsync(connection, projectId, cancellationToken))
                    return false;
                List<ReadOnlyMemory<byte>> parts = [];
                await using (var read = new NpgsqlCommand(ReadMonthSql, connection))
                {
                    read.Parameters.With(projectId).With(environment).With(month);
                    await using var reader = await read.ExecuteReaderAsync(cancellationToken);
                    while (await reader.ReadAsync(cancellationToken))
                        parts.Add(reader.GetFieldValue<byte[]>(0));
                }

                if (parts.Count == 0)
                    return false;
                await using var write = new NpgsqlCommand(WriteMonthSql, connection);
                write.Parameters.With(projectId).With(environment).With(month).With(fold(parts));
                await write.ExecuteNonQueryAsync(cancellationToken);
                return true;
            },
            cancellationToken);

    /// <summary>Deletes the rollup of a month of which a day was rebuilt, so that the month is folded again.</summary>
    public static async Task ReopenAsync(
        NpgsqlConnection connection, Guid projectId, DataEnvironment environment, DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReopenSql, connection);
        command.Parameters.With(projectId).With(environment).With(month);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
