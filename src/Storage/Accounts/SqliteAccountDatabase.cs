using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Accounts on SQLite: the store's one writer and its readers.</summary>
internal sealed class SqliteAccountDatabase(SqliteDatabase database) : AccountDatabase
{
    public override string ForUpdate => "";

    public override IReadOnlyList<string> AfterEvents(string condition) => [$"delete from streams where {condition}"];

    public override Task ForgetUnusedAsync(CancellationToken cancellationToken) => SqliteContexts.ForgetAsync(database, cancellationToken);

    public override string Day(string parameter) => parameter;

    public override string IsBeyondAscii(string column) => $"{column} glob '*[^' || char(1) || '-' || char(127) || ']*'";

    public override string AllowListAsJson => "metadata_allow_list";

    public override string AllowListFromJson => "@allowList";

    public override async Task<T> ReadAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken)
    {
        using var lease = await database.ReadAsync(cancellationToken);
        return lease.Run(session => Now(work(new Sql(session.Connection, null, cancellationToken))));
    }

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken)
    {
        using var lease = await database.WriteAsync(cancellationToken);
        return lease.Run(session =>
        {
            using var transaction = session.Connection.BeginTransaction();
            var answer = Now(work(new Sql(session.Connection, transaction, cancellationToken)));
            transaction.Commit();
            return answer;
        });
    }

    public override async Task<long> DeleteSomeEventsAsync(Sql sql, string condition, object parameters) =>
        await sql.SlowExecuteAsync(
            $"""
            delete from event_rows where rowid in
                (select rowid from event_rows where stream_id in (select id from streams where {condition}) limit 20000)
            """,
            parameters);

    // Only the writer writes, and the caller is it.
    public override Task LockProjectAsync(Sql sql, Guid projectId) => Task.CompletedTask;

    public override bool IsTaken(Exception fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT };

    // SQLite's provider does everything before it returns a task, so there is nothing to wait for.
    private static T Now<T>(Task<T> done) => done.GetAwaiter().GetResult();
}
