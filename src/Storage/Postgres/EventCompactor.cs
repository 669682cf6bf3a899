using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Joins the small rows that ingest writes into rows of about <see cref="EventRows.Target"/> events, in one transaction, so that a reader sees either form and never half
/// of one. The events come here and go back as ingest writes them: for the database that is half the work of taking its arrays apart and putting them together
/// again, and the database is what ingest waits for. Each call does a bounded amount of work; the caller comes again while there is some.
/// </summary>
internal sealed class EventCompactor(PostgresDatabase database, TimeProvider time)
{
    // A project is due when its small rows make a good one, or have become many: joining a few events again and again would write them again and again.
    private const int DueRows = 64;
    private const int ProjectsAtOnce = 50;
    private const int EventsAtOnce = 20_000;
    private const long BytesAtOnce = 16_000_000;
    private const int RowsAtOnce = 2_000;

    // The condition repeats that of the index event_batches_small.
    private const string FindProjectsSql =
        """
        select project_id, env from event_batches where n < 500 and bytes < 1000000
        group by project_id, env having count(*) > 1 and (sum(n) >= $1 or count(*) >= $2)
        order by count(*) desc limit $3
        """;

    private const string FindRowsSql =
        "select ctid::text, n, bytes from event_batches where project_id = $1 and env = $2 and n < 500 and bytes < 1000000 order by max_ts, id limit $3";

    // By their place: a join with the list of their keys makes the planner choose, and it chooses badly where a table has just begun to grow.
    private const string TakeRowsSql = $"delete from event_batches where ctid = any ($3::text[]::tid[]) and project_id = $1 and env = $2 returning {EventRowReader.Columns}";

    /// <summary>Answers how many rows were joined; 0 where nothing is due.</summary>
    public async Task<int> CompactAsync(CancellationToken cancellationToken)
    {
        var joined = 0;
        foreach (var (projectId, environment) in await database.UseAsync(connection => FindProjectsAsync(connection, cancellationToken), cancellationToken))
            joined += await database.TransactAsync(connection => CompactAsync(connection, projectId, environment, cancellationToken), cancellationToken);
        return joined;
    }

    private static async Task<List<(Guid, DataEnvironment)>> FindProjectsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindProjectsSql, connection);
        command.Parameters.With(EventRows.Target).With(DueRows).With(ProjectsAtOnce);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(Guid, DataEnvironment)> projects = [];
        while (await reader.ReadAsync(cancellationToken))
            projects.Add((reader.GetGuid(0), (DataEnvironment)reader.GetInt16(1)));
        return projects;
    }

    private async Task<int> CompactAsync(NpgsqlConnection connection, Guid projectId, DataEnvironment environment, CancellationToken cancellationToken)
    {
        if (!await ProjectLock.TryTakeAsync(connection, projectId, cancellationToken))
            return 0;
        List<string> rows = [];
        var (events, bytes) = (0, 0L);
        await using (var find = new NpgsqlCommand(FindRowsSql, connection))
        {
            find.Parameters.With(projectId).With(environment).With(RowsAtOnce);
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (events >= EventsAtOnce || bytes >= BytesAtOnce)
                    continue;
                rows.Add(reader.GetString(0));
                events += reader.GetInt32(1);
                bytes += reader.GetInt32(2);
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
        EventInsert.AddTo(write, new CommitEvents(projectId, environment, [taken]), time);
        await write.ExecuteNonQueryAsync(cancellationToken);
        return rows.Count;
    }
}
