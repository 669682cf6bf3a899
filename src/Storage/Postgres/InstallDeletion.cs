using System.Data;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Deletes an install in one repeatable-read transaction: it deletes, counts and rebuilds in one snapshot. Events and deltas that are
/// committed concurrently aren't in the snapshot, so they are kept and stay consistent.
/// </summary>
internal sealed class InstallDeletion(PostgresDatabase database, EventScanner scanner, TimeProvider time)
{
    // Bounds the memory of one statement: a row has about a thousand events and at most EventRows.Bytes.
    private const int RowsAtOnce = 16;

    private const string FindRowsSql = "select ctid::text from event_batches where project_id = $1 and install @> array[$2]";

    // A purged day isn't created again, although its installs are still stored.
    private const string FindFirstDaysSql =
        """
        select env, first_day from installs i where project_id = $1 and env in (0, 1) and install = $2
            and (exists (select 1 from rollups r where r.project_id = $1 and r.env = i.env and r.day = i.first_day)
              or exists (select 1 from rollup_deltas d where d.project_id = $1 and d.env = i.env and d.day = i.first_day))
        """;

    private const string DeleteInstallSql = "delete from installs where project_id = $1 and env in (0, 1) and install = $2";

    // Deletes rows by ctid, as the compactor does, and inserts them without the install's events. Returns the deleted number by day.
    private const string RewriteSql =
        $"""
        with gone as (
            delete from event_batches where ctid = any ($3::text[]::tid[]) and project_id = $1 returning *),
        event as (select g.env, g.id, e.* {EventSql.FromGone}),
        kept as (
            insert into event_batches ({EventSql.Columns})
            select $1, env, {EventSql.Counted}, id, {EventSql.Joined}
            from event where install <> $2 group by env, id)
        select env, (ts at time zone 'utc')::date, count(*) from event where install = $2 group by 1, 2
        """;

    public Task<long> DeleteAsync(
        Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken)
    {
        // 0 means "no install": it would delete the events of all senders without one.
        ArgumentOutOfRangeException.ThrowIfZero(install);
        return SerializationRetry.RunAsync(() => database.UseAsync(
            async connection =>
            {
                await using var held = await ProjectLock.WaitAsync(connection, projectId, cancellationToken);
                var deleted = await DeleteInSnapshotAsync(connection, projectId, install, rebuild, record, cancellationToken);
                foreach (var environment in Enum.GetValues<DataEnvironment>())
                    await InstallRecovery.RunAsync(connection, projectId, environment, install, time.GetUtcNow(), cancellationToken);
                return deleted;
            },
            cancellationToken));
    }

    private async Task<long> DeleteInSnapshotAsync(
        NpgsqlConnection connection, Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        HashSet<(DataEnvironment Environment, DateOnly Day)> days = [];
        var deleted = 0L;
        foreach (var rows in (await FindRowsAsync(connection, projectId, install, cancellationToken)).Chunk(RowsAtOnce))
            deleted += await RewriteAsync(connection, projectId, install, rows, days, cancellationToken);
        await AddFirstDaysAsync(connection, projectId, install, days, cancellationToken);
        foreach (var (environment, day) in days)
        {
            var query = EventQuery.OfDays(projectId, environment, day, day);
            var newInstalls = await CountNewInstallsAsync(connection, projectId, install, environment, day, cancellationToken);
            var rollup = await rebuild(scanner.ScanAsync(connection, query, cancellationToken), newInstalls);
            await PostgresRollups.ReplaceDayAsync(connection, projectId, environment, day, rollup, cancellationToken);
        }

        var months = days.Select(day => (day.Environment, new DateOnly(day.Day.Year, day.Day.Month, 1))).Distinct();
        foreach (var (environment, month) in months)
            await PostgresMonths.ReopenAsync(connection, projectId, environment, month, cancellationToken);

        // Last: a commit with events of this install waits for the transaction that deletes its row, and shouldn't wait for the rebuild.
        await using var delete = Command(connection, DeleteInstallSql, projectId, install);
        await delete.ExecuteNonQueryAsync(cancellationToken);
        await InstallRecovery.IncreaseGenerationsAsync(connection, projectId, cancellationToken);
        if (record is not null)
            await ErasureTable.RecordAsync(new Sql(connection, transaction, cancellationToken), projectId, record, deleted);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task<List<string>> FindRowsAsync(
        NpgsqlConnection connection, Guid projectId, long install, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, FindRowsSql, projectId, install);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task<long> RewriteAsync(
        NpgsqlConnection connection,
        Guid projectId,
        long install,
        string[] rows,
        HashSet<(DataEnvironment Environment, DateOnly Day)> days,
        CancellationToken cancellationToken)
    {
        await using var command = Command(connection, RewriteSql, projectId, install);
        command.Parameters.WithArray(rows, NpgsqlDbType.Text);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var deleted = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(((DataEnvironment)reader.GetInt16(0), reader.GetFieldValue<DateOnly>(1)));
            deleted += reader.GetInt64(2);
        }

        return deleted;
    }

    private static async Task AddFirstDaysAsync(
        NpgsqlConnection connection,
        Guid projectId,
        long install,
        HashSet<(DataEnvironment Environment, DateOnly Day)> days,
        CancellationToken cancellationToken)
    {
        await using var command = Command(connection, FindFirstDaysSql, projectId, install);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            days.Add(((DataEnvironment)reader.GetInt16(0), reader.GetFieldValue<DateOnly>(1)));
    }

    private static async Task<long> CountNewInstallsAsync(
        NpgsqlConnection connection,
        Guid projectId,
        long install,
        DataEnvironment environment,
        DateOnly day,
        CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            "select count(*) from installs where project_id = $1 and install <> $2 and env = $3 and first_day = $4",
            projectId,
            install);
        command.Parameters.With(environment).With(day);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, Guid projectId, long install)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.Parameters.With(projectId).With(install);
        return command;
    }
}
