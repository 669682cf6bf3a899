using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Deletes old data. Rows that contain only old events are deleted; rows that also contain newer events are replaced by rows without the
/// old ones. Each part holds the project's lock, so that no rows are merged concurrently; ingest only inserts.
/// </summary>
internal sealed class PostgresPurge(PostgresDatabase database) : IRetentionStore
{
    // A row has about a thousand events and at most EventRows.Bytes of text.
    private const int OldRowsAtOnce = 100;
    private const int CutRowsAtOnce = 16;

    private const string Old = "project_id = $1 and env in (0, 1) and max_ts < $2";
    private const string Cut = "project_id = $1 and env in (0, 1) and max_ts >= $2 and min_ts < $2";

    private const string DropSql =
        $"""
        with gone as (delete from event_batches where ctid = any (array(select ctid from event_batches where {Old} limit $3)) returning n)
        select coalesce(sum(n), 0)::bigint, count(*) from gone
        """;

    // The aggregates of a group all process its events in the same order.
    private const string CutSql =
        $"""
        with gone as (
            delete from event_batches where ctid = any (array(select ctid from event_batches where {Cut} limit $3)) returning *),
        event as (select g.env, g.id, e.* {EventSql.FromGone}),
        kept as (
            insert into event_batches ({EventSql.Columns})
            select $1, env, {EventSql.Counted}, id, {EventSql.Joined}
            from (select * from event where ts >= $2 order by env, id, install, session, ts) e group by env, id)
        select (select count(*) from event where ts < $2), (select count(*) from gone)
        """;

    private const string DropCountersSql =
        """
        with days as (delete from rollups where project_id = $1 and env in (0, 1) and day < $2 returning env, day),
        deltas as (delete from rollup_deltas where project_id = $1 and env in (0, 1) and day < $2 returning env, day),
        months as (delete from rollups_monthly where project_id = $1 and env in (0, 1) and month < $2)
        select count(*) from (select env, day from days union select env, day from deltas) d
        """;

    public async IAsyncEnumerable<Purged> PurgeAsync(
        Guid projectId, DateOnly before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (sql, atOnce) in ((string, int)[])[(DropSql, OldRowsAtOnce), (CutSql, CutRowsAtOnce)])
        {
            for (var rows = (long)atOnce; rows == atOnce;)
            {
                (var purged, rows) = await database.TransactAsync(
                    async connection =>
                    {
                        await ProjectLock.TakeAsync(connection, projectId, cancellationToken);
                        return await DeleteEventsAsync(connection, sql, projectId, before, atOnce, cancellationToken);
                    },
                    cancellationToken);
                yield return purged;
            }
        }

        yield return await database.UseAsync(
            connection => FinishAsync(connection, projectId, before, cancellationToken), cancellationToken);
    }

    // Events that were committed since the former parts are in the snapshot together with their counters, or neither is.
    private static async Task<Purged> FinishAsync(
        NpgsqlConnection connection, Guid projectId, DateOnly before, CancellationToken cancellationToken)
    {
        await using var held = await ProjectLock.WaitAsync(connection, projectId, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var (old, _) = await DeleteEventsAsync(connection, DropSql, projectId, before, int.MaxValue, cancellationToken);
        var (cut, _) = await DeleteEventsAsync(connection, CutSql, projectId, before, int.MaxValue, cancellationToken);
        await using var counters = Command(connection, DropCountersSql, projectId);
        counters.Parameters.With(before);
        var days = (long)(await counters.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return old + cut + new Purged(0, days);
    }

    private static async Task<(Purged Purged, long Rows)> DeleteEventsAsync(
        NpgsqlConnection connection, string sql, Guid projectId, DateOnly before, int rows, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, projectId);
        command.Parameters.With(new DateTimeOffset(before, TimeOnly.MinValue, TimeSpan.Zero)).With(rows);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (new Purged(reader.GetInt64(0), 0), reader.GetInt64(1));
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, Guid projectId)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.Parameters.With(projectId);
        return command;
    }
}
