using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Reads monthly rollups and folds them from those of the days.</summary>
internal sealed class PostgresMonths(PostgresDatabase database)
{
    private const string DaysOfMonth = "project_id = $1 and env = $2 and day >= $3 and day < $3 + interval '1 month'";

    // A month with deltas isn't folded: it wouldn't count.
    private const string ReadDaysSql =
        $"select data, revision from rollups where {DaysOfMonth} and not exists (select from rollup_deltas where {DaysOfMonth})";

    private const string WriteMonthSql =
        """
        insert into rollups_monthly (project_id, env, month, revision, data, days, revisions)
        values ($1, $2, $3, nextval('revisions'), $4, $5, $6)
        on conflict (project_id, env, month) do update set
            revision = excluded.revision, data = excluded.data, days = excluded.days, revisions = excluded.revisions
        """;

    // Revisions only increase, so the number of days and the sum of their revisions change if any day is folded, rebuilt or deleted.
    private const string FindCountingSql =
        """
        select month, revision from rollups_monthly m
        where project_id = $1 and env = $2 and month = any ($3)
            and (days, revisions) = (
                select count(*), sum(revision)::bigint from rollups r
                where r.project_id = $1 and r.env = $2 and r.day >= m.month and r.day < m.month + interval '1 month')
            and not exists (
                select from rollup_deltas d
                where d.project_id = $1 and d.env = $2 and d.day >= m.month and d.day < m.month + interval '1 month')
        order by month
        """;

    private const string ReadMonthsSql = "select month, data from rollups_monthly where project_id = $1 and env = $2 and month = any ($3)";

    private const string FindOpenSql =
        """
        select d.project_id, d.env, d.month, d.first_day
        from (select project_id, env, date_trunc('month', day::timestamp)::date as month,
                     min(day) as first_day, count(*) as days, sum(revision)::bigint as revisions
              from rollups where day < date_trunc('month', $1::timestamp)::date group by 1, 2, 3) d
        left join rollups_monthly m on m.project_id = d.project_id and m.env = d.env and m.month = d.month
        where (m.days, m.revisions) is distinct from (d.days, d.revisions)
            and not exists (
                select from rollup_deltas r
                where r.project_id = d.project_id and r.env = d.env and r.day >= d.month and r.day < d.month + interval '1 month')
        order by d.month limit $2
        """;

    private const string ReopenSql = "delete from rollups_monthly where project_id = $1 and env = $2 and month = $3";

    /// <summary>Reads the requested months that count, in the snapshot of the caller's transaction.</summary>
    public static async Task<IReadOnlyList<MonthState>> ReadAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        RollupRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Months.Count == 0)
            return [];
        List<(DateOnly Month, long Revision)> counting = [];
        await using (var find = Command(connection, FindCountingSql, projectId, environment, [.. request.Months]))
        await using (var reader = await find.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                counting.Add((reader.GetFieldValue<DateOnly>(0), reader.GetInt64(1)));
        }

        var missing = counting.Where(month => request.KnownMonths.GetValueOrDefault(month.Month) != month.Revision).ToArray();
        Dictionary<DateOnly, byte[]> data = [];
        if (missing.Length > 0)
        {
            await using var read = Command(connection, ReadMonthsSql, projectId, environment, [.. missing.Select(month => month.Month)]);
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                data.Add(reader.GetFieldValue<DateOnly>(0), reader.GetFieldValue<byte[]>(1));
        }

        return counting.ConvertAll(month => new MonthState(
            month.Month, month.Revision, data.TryGetValue(month.Month, out var rollup) ? rollup : (ReadOnlyMemory<byte>?)null));
    }

    public Task<IReadOnlyList<PendingDay>> FindOpenAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(FindOpenSql, connection);
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
                var revisions = 0L;
                await using (var read = new NpgsqlCommand(ReadDaysSql, connection))
                {
                    read.Parameters.With(projectId).With(environment).With(month);
                    await using var reader = await read.ExecuteReaderAsync(cancellationToken);
                    while (await reader.ReadAsync(cancellationToken))
                    {
                        parts.Add(reader.GetFieldValue<byte[]>(0));
                        revisions += reader.GetInt64(1);
                    }
                }

                if (parts.Count == 0)
                    return false;
                await using var write = new NpgsqlCommand(WriteMonthSql, connection);
                write.Parameters.With(projectId).With(environment).With(month).With(fold(parts)).With(parts.Count).With(revisions);
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

    private static NpgsqlCommand Command(
        NpgsqlConnection connection, string sql, Guid projectId, DataEnvironment environment, DateOnly[] months)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.With(projectId).With(environment).WithArray(months, NpgsqlDbType.Date);
        return command;
    }
}
