using System.Data;
using Npgsql;
using TelemetryKit.Core;
using TelemetryKit.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Postgres;

/// <summary>The database of accounts on PostgreSQL: uses the connection pool of the store, read committed, and row locks.</summary>
internal sealed class PostgresAccountDatabase(PostgresDatabase database, TimeProvider time) : AccountDatabase
{
    public override string ForUpdate => " for update";

    public override string Day(string parameter) => $"cast({parameter} as date)";

    public override string IsBeyondAscii(string column) => $"{column} ~ '[^\\x01-\\x7F]'";

    public override string AllowListAsJson => "array_to_json(metadata_allow_list)::text";

    public override string AllowListFromJson =>
        "case when cast(@allowList as text) is not null then array(select json_array_elements_text(cast(@allowList as json))) end";

    public override string CountTables => "select count(*) from pg_class where oid = to_regclass(@table)";

    public override Task<T> ReadAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken) =>
        database.UseAsync(connection => work(SqlOn(connection, null, cancellationToken)), cancellationToken);

    public override Task<T> WriteAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken) =>
        database.UseAsync(
            connection => TransactAsync(connection, IsolationLevel.ReadCommitted, work, cancellationToken), cancellationToken);

    public override Task<T> WriteInSnapshotAsync<T>(Guid projectId, Func<Sql, Task<T>> work, CancellationToken cancellationToken) =>
        SerializationRetry.RunAsync(() => database.UseAsync(
            async connection =>
            {
                await using var held = await ProjectLock.WaitAsync(connection, projectId, cancellationToken);
                return await TransactAsync(connection, IsolationLevel.RepeatableRead, work, cancellationToken);
            },
            cancellationToken));

    // A row contains the events of a commit, or about a thousand after a compaction.
    public override Task<long> DeleteSomeEventsAsync(Sql sql, string condition, object parameters) =>
        sql.SlowValueAsync<long>(
            $"""
            with gone as (delete from event_batches where ctid in (select ctid from event_batches where {condition} limit 100) returning n)
            select cast(coalesce(sum(n), 0) as bigint) from gone
            """,
            parameters);

    public override Task LockProjectAsync(Sql sql, Guid projectId) =>
        sql.SlowExecuteAsync("select pg_advisory_xact_lock(@key)", new { key = ProjectLock.KeyOf(projectId) });

    public override Task RecoverInstallsAsync(Guid projectId, DataEnvironment environment, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var held = await ProjectLock.WaitAsync(connection, projectId, cancellationToken);
                await InstallRecovery.RunAsync(connection, projectId, environment, null, time.GetUtcNow(), cancellationToken);
                return true;
            },
            cancellationToken);

    // A vacuum that doesn't rewrite the tables leaves bytes of moved rows in the free space of pages.
    public override Task<bool> TryRemoveResidueAsync(CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                var sql = SqlOn(connection, null, cancellationToken);
                try
                {
                    if (!await AreSnapshotsNewAsync(sql, cancellationToken))
                        return false;
                    // Requests would wait behind a statement that waits for its locks.
                    await sql.ExecuteAsync("set lock_timeout = 2000");
                    await sql.SlowExecuteAsync("vacuum full projects");
                    await sql.SlowExecuteAsync("vacuum full data_protection_keys");
                    await sql.SlowExecuteAsync("vacuum full receipt_keys");
                    return true;
                }
                catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.LockNotAvailable
                    or PostgresErrorCodes.InsufficientPrivilege)
                {
                    return false;
                }
                finally
                {
                    await new Sql(connection, null, CancellationToken.None).ExecuteAsync("reset lock_timeout");
                }
            },
            cancellationToken);

    public override bool IsTaken(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>
    /// Waits, for at most two seconds, until all transactions of the database see what was committed before the call. A vacuum keeps rows
    /// that an older one may still read. Returns <c>false</c> if there is such a transaction.
    /// </summary>
    private static async Task<bool> AreSnapshotsNewAsync(Sql sql, CancellationToken cancellationToken)
    {
        var next = await sql.ValueAsync<string>("select pg_snapshot_xmax(pg_current_snapshot())::text");
        for (var attempt = 0; ; attempt++)
        {
            // Later snapshots are as new if no older transaction is running, whatever its database.
            var areNew = await sql.ValueAsync<bool>(
                """
                select pg_snapshot_xmin(pg_current_snapshot()) >= @next::xid8 and not exists (
                    select from pg_stat_activity
                    where pid <> pg_backend_pid() and (datname is null or datname = current_database())
                        and age(backend_xmin) > age((@next::bigint % 4294967296)::text::xid))
                """,
                new { next });
            if (areNew || attempt == 20)
                return areNew;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private static async Task<T> TransactAsync<T>(
        NpgsqlConnection connection, IsolationLevel isolation, Func<Sql, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
        var result = await work(SqlOn(connection, transaction, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    private static Sql SqlOn(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(connection, transaction, cancellationToken) { SlowTimeout = PostgresDatabase.MaintenanceTimeout };
}
