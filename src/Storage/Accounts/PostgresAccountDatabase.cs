using Npgsql;
using TelemetryKit.Storage.Postgres;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Accounts on PostgreSQL: the pool of the store, read committed, row locks.</summary>
internal sealed class PostgresAccountDatabase(PostgresDatabase database) : AccountDatabase
{
    public override string ForUpdate => " for update";

    public override string Day(string parameter) => $"cast({parameter} as date)";

    public override string IsBeyondAscii(string column) => $"{column} ~ '[^\\x01-\\x7F]'";

    public override string AllowListAsJson => "array_to_json(metadata_allow_list)::text";

    public override string AllowListFromJson =>
        "case when cast(@allowList as text) is not null then array(select json_array_elements_text(cast(@allowList as json))) end";

    public override Task<T> ReadAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken) =>
        database.UseAsync(connection => work(new Sql(connection, null, cancellationToken)), cancellationToken);

    public override Task<T> WriteAsync<T>(Func<Sql, Task<T>> work, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var answer = await work(new Sql(connection, transaction, cancellationToken));
                await transaction.CommitAsync(cancellationToken);
                return answer;
            },
            cancellationToken);

    // A row holds the events of a commit, up to a thousand where it has been compacted.
    public override Task<long> DeleteSomeEventsAsync(Sql sql, string condition, object parameters) =>
        sql.ValueAsync<long>(
            $"""
            with gone as (delete from event_batches where ctid in (select ctid from event_batches where {condition} limit 100) returning n)
            select cast(coalesce(sum(n), 0) as bigint) from gone
            """,
            parameters);

    public override Task LockProjectAsync(Sql sql, Guid projectId) =>
        sql.SlowExecuteAsync("select pg_advisory_xact_lock(@key)", new { key = ProjectLock.KeyOf(projectId) });

    public override bool IsTaken(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
