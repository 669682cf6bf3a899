using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Sqlite;

/// <summary>
/// The database of accounts on SQLite: uses the writer and the readers of the store. A timeout bounds only the wait for the lock of another
/// process, so slow statements have the same one as the others.
/// </summary>
internal sealed class SqliteAccountDatabase(SqliteDatabase database) : AccountDatabase
{
    public override string ForUpdate => "";

    public override IReadOnlyList<string> AfterEvents(string condition) => [$"delete from streams where {condition}"];

    public override Task ForgetUnusedAsync(CancellationToken cancellationToken) =>
        SqliteContexts.DeleteUnusedAsync(database, cancellationToken);

    public override Task EraseDeletedAsync(CancellationToken cancellationToken) => database.EraseLogAsync(cancellationToken);

    public override string CountTables => "select count(*) from sqlite_master where type = 'table' and name = @table";

    public override async Task<bool> TryRemoveResidueAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var lease = await database.WriteAsync(cancellationToken);
            lease.Run(session => session.Execute("vacuum"));
        }
        catch (StorageUnavailableException)
        {
            // The disk may have no space for the copy.
            return false;
        }

        await database.EraseLogAsync(cancellationToken);
        return true;
    }

    public override string Day(string parameter) => parameter;

    public override string IsBeyondAscii(string column) => $"{column} glob '*[^' || char(1) || '-' || char(127) || ']*'";

    public override string AllowListAsJson => "metadata_allow_list";

    public override string AllowListFromJson => "@allowList";

    public override async Task<T> ReadAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken)
    {
        using var lease = await database.ReadAsync(cancellationToken);
        return lease.Run(session => Complete(work(new Sql(session.Connection, null, cancellationToken))));
    }

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken)
    {
        using var lease = await database.WriteAsync(cancellationToken);
        return lease.Run(session =>
        {
            using var transaction = session.Connection.BeginTransaction();
            var result = Complete(work(new Sql(session.Connection, transaction, cancellationToken)));
            transaction.Commit();
            return result;
        });
    }

    public override Task<T> WriteInSnapshotAsync<T>(Guid projectId, Func<Sql, Task<T>> work, CancellationToken cancellationToken) =>
        WriteAsync(work, cancellationToken);

    public override async Task<long> DeleteSomeEventsAsync(Sql sql, string condition, object parameters) =>
        await sql.SlowExecuteAsync(
            $"""
            delete from event_rows where rowid in
                (select rowid from event_rows where stream_id in (select id from streams where {condition}) limit 20000)
            """,
            parameters);

    // The caller has the only connection that writes.
    public override Task LockProjectAsync(Sql sql, Guid projectId) => Task.CompletedTask;

    public override bool IsTaken(Exception fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT };

    // The SQLite provider runs synchronously and returns completed tasks.
    private static T Complete<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
