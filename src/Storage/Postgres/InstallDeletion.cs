using System.Data;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Deletes an install in one repeatable-read transaction: what it deletes, counts and rebuilds is one snapshot. Events and deltas that others commit
/// meanwhile are in neither, so they survive and still add up.
/// </summary>
internal sealed class InstallDeletion(PostgresDatabase database, EventScanner scanner)
{
    private const int Attempts = 5;

    // Bounds what one statement holds: a row has about a thousand events, and up to EventRows.Bytes.
    private const int RowsAtOnce = 16;

    private const string FindRowsSql = "select ctid::text from event_batches where project_id = $1 and install @> array[$2]";

    // A day that was purged stays away, though its new installs are still known.
    private const string FindFirstDaysSql =
        """
        select env, first_day from installs i where project_id = $1 and env in (0, 1) and install = $2
            and (exists (select 1 from rollups r where r.project_id = $1 and r.env = i.env and r.day = i.first_day)
              or exists (select 1 from rollup_deltas d where d.project_id = $1 and d.env = i.env and d.day = i.first_day))
        """;

    private const string ForgetSql = "delete from installs where project_id = $1 and env in (0, 1) and install = $2";

    // Rows are taken out, by their place as the compactor does, and put back without the install's events; of each day, how many went.
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

    public async Task<long> DeleteAsync(Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken)
    {
        // 0 stands for "no install": it would take the events of everybody who sent none.
        ArgumentOutOfRangeException.ThrowIfZero(install);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await database.UseAsync(
                    async connection =>
                    {
                        await using var held = await ProjectLock.WaitAsync(connection, projectId, cancellationToken);
                        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                        var deleted = await DeleteAsync(connection, projectId, install, rebuild, cancellationToken);
                        await transaction.CommitAsync(cancellationToken);
                        return deleted;
                    },
                    cancellationToken);
            }
            catch (StorageUnavailableException fault) when (attempt < Attempts && fault.InnerException is { } inner && PostgresFaults.IsSerialization(inner))
            {
                // Somebody changed what this snapshot shows; a new snapshot shows the change.
            }
        }
    }

    private async Task<long> DeleteAsync(NpgsqlConnection connection, Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken)
    {
        HashSet<(DataEnvironment Environment, DateOnly Day)> days = [];
        var deleted = 0L;
        foreach (var rows in (await FindRowsAsync(connection, projectId, install, cancellationToken)).Chunk(RowsAtOnce))
            deleted += await RewriteAsync(connection, projectId, install, rows, days, cancellationToken);
        await AddFirstDaysAsync(connection, projectId, install, days, cancellationToken);
        foreach (var (environment, day) in days)
        {
            var start = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
            var query = new EventQuery(projectId, environment, Microseconds(start), Microseconds(start.AddDays(1)));
            var newInstalls = await CountNewInstallsAsync(connection, projectId, install, environment, day, cancellationToken);
            var rollup = await rebuild(scanner.ScanAsync(connection, query, cancellationToken), newInstalls);
            await PostgresRollups.ReplaceDayAsync(connection, projectId, environment, day, rollup, cancellationToken);
        }

        foreach (var (environment, month) in days.Select(day => (day.Environment, new DateOnly(day.Day.Year, day.Day.Month, 1))).Distinct())
            await PostgresMonths.ReopenAsync(connection, projectId, environment, month, cancellationToken);

        // Last, because a commit that brings this very install waits for whoever deletes its row: so it waits for the commit alone and not for the rebuilding.
        await using var forget = Command(connection, ForgetSql, projectId, install);
        await forget.ExecuteNonQueryAsync(cancellationToken);
        return deleted;
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task<List<string>> FindRowsAsync(NpgsqlConnection connection, Guid projectId, long install, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, FindRowsSql, projectId, install);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task<long> RewriteAsync(
        NpgsqlConnection connection, Guid projectId, long install, string[] rows,
        HashSet<(DataEnvironment Environment, DateOnly Day)> days, CancellationToken cancellationToken)
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
        NpgsqlConnection connection, Guid projectId, long install, HashSet<(DataEnvironment Environment, DateOnly Day)> days, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, FindFirstDaysSql, projectId, install);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            days.Add(((DataEnvironment)reader.GetInt16(0), reader.GetFieldValue<DateOnly>(1)));
    }

    private static async Task<long> CountNewInstallsAsync(
        NpgsqlConnection connection, Guid projectId, long install, DataEnvironment environment, DateOnly day, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, "select count(*) from installs where project_id = $1 and install <> $2 and env = $3 and first_day = $4", projectId, install);
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
