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
