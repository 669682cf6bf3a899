using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Merges the small rows that ingest writes into rows of about <see cref="EventRows.Target"/> events, each project in one transaction, so
/// that readers see either the old or the new rows. The events are read and written again by this process: for the database, on which
/// ingest waits, that is half the work of splitting and joining arrays in SQL. Each call does a bounded amount of work; the caller repeats
/// it until it returns 0.
/// </summary>
internal sealed class EventCompactor(PostgresDatabase database, TimeProvider time)
{
    // A project is due if its small rows make a full one, or are many: merging a few events each time would rewrite them again and again.
    private const int DueRows = 64;
    private const int ProjectsAtOnce = 50;
    private const int EventsAtOnce = 20_000;
    private const long BytesAtOnce = 16_000_000;
    private const int RowsAtOnce = 2_000;

    // The condition repeats that of the index event_batches_small.
    private const string FindProjectsSql =
        """
        select project_id, env from event_batches where n < 500 and bytes < 1000000 and id < $4
        group by project_id, env having count(*) > 1 and (sum(n) >= $1 or count(*) >= $2)
        order by count(*) desc limit $3
        """;

    private const string FindRowsSql =
        """
        select ctid::text, n, bytes, id from event_batches
        where project_id = $1 and env = $2 and n < 500 and bytes < 1000000 and id < $4
        order by max_ts, id limit $3
        """;

    // By ctid: with a join on the keys, the planner chooses a bad plan while the table is small and growing.
    private const string TakeRowsSql =
        $"""
        delete from event_batches where ctid = any ($3::text[]::tid[]) and project_id = $1 and env = $2
        returning {EventRowReader.Columns}
        """;

    /// <summary>Merges rows of the projects that are due. Returns the number of merged rows, or 0 if nothing is due.</summary>
    public async Task<int> CompactAsync(CancellationToken cancellationToken)
    {
        var merged = 0;
        var due = await database.UseAsync(connection => FindProjectsAsync(connection, cancellationToken), cancellationToken);
        foreach (var (projectId, environment) in due)
        {
            merged += await database.TransactAsync(
                connection => CompactAsync(connection, projectId, environment, cancellationToken), cancellationToken);
        }

        return merged;
    }

    private async Task<List<(Guid, DataEnvironment)>> FindProjectsAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindProjectsSql, connection);
        command.Parameters.With(EventRows.Target).With(DueRows).With(ProjectsAtOnce).With(MergedBefore());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(Guid, DataEnvironment)> projects = [];
        while (await reader.ReadAsync(cancellationToken))
            projects.Add((reader.GetGuid(0), (DataEnvironment)reader.GetInt16(1)));
        return projects;
    }

    private async Task<int> CompactAsync(
        NpgsqlConnection connection, Guid projectId, DataEnvironment environment, CancellationToken cancellationToken)
    {
        if (!await ProjectLock.TryTakeAsync(connection, projectId, cancellationToken))
            return 0;
        List<string> rows = [];
        var (events, bytes, arrivedAt) = (0, 0L, DateTimeOffset.MaxValue);
        await using (var find = new NpgsqlCommand(FindRowsSql, connection))
        {
            find.Parameters.With(projectId).With(environment).With(RowsAtOnce).With(MergedBefore());
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (events >= EventsAtOnce || bytes >= BytesAtOnce)
                    continue;
                rows.Add(reader.GetString(0));
                events += reader.GetInt32(1);
                bytes += reader.GetInt32(2);
                arrivedAt = Earlier(arrivedAt, DateTimeOffset.UnixEpoch.AddMicroseconds(RowId.TimeOf(reader.GetGuid(3))));
            }
        }

        if (rows.Count < 2)
            return 0;
        var taken = new EventBatch(events);
        await using (var take = new NpgsqlCommand(TakeRowsSql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout })
        {
            take.Parameters.With(projectId).With(environment).WithArray(rows, NpgsqlDbType.Text);
            await using var reader = await take.ExecuteReaderAsync(cancellationToken);
            var stored = new EventRowReader();
            while (await reader.ReadAsync(cancellationToken))
                stored.AppendStored(reader, taken);
        }

        await using var write = new NpgsqlBatch(connection) { Timeout = PostgresDatabase.MaintenanceTimeout };
        EventInsert.AddTo(write, new CommitEvents(projectId, environment, [taken]), arrivedAt);
        await write.ExecuteNonQueryAsync(cancellationToken);
        return rows.Count;
    }

    private Guid MergedBefore() => RowId.FirstOf(time.GetUtcNow() - RowId.MergeAge);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
