using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads events in the order of arrival, which is that of the ids of rows (<see cref="RowId"/>). A row becomes visible some time after its
/// id was created, and not in the order of ids. Therefore each read lists the ids since <see cref="RowId.Settling"/> before the former read
/// and returns the rows that the former read didn't list.
/// </summary>
internal sealed class EventArrivals(PostgresDatabase database, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(10);

    // A day longer than ingest accepts, for batches that waited.
    private static readonly TimeSpan OldestEvent = Limits.OldestEvent + TimeSpan.FromDays(1);

    // The index of the primary key contains all columns of the condition.
    private const string ListSql =
        """
        select id, max_ts, n from event_batches where project_id = $1 and env = $2 and max_ts >= $3 and id >= $4 order by id desc
        """;

    private const string ReadSql =
        $"""
        select {EventRowReader.Columns}, id from event_batches
        where project_id = $1 and env = $2 and (max_ts, id) in (select * from unnest($3, $4))
        """;

    public Task<Arrivals> ReadAsync(
        Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                var (now, former) = (time.GetUtcNow(), (Position?)after);
                var since = former is null ? now - First : former.ReadAt - RowId.Settling;
                var rows = await ListAsync(connection, projectId, environment, now - OldestEvent, since, cancellationToken);
                var fresh = former is null ? rows : rows.FindAll(row => !former.Rows.Contains(row.Id));
                var next = new Position(now, rows.ConvertAll(row => row.Id).ToHashSet());
                return await ReadAsync(connection, projectId, environment, NewestOf(fresh, limit), limit, next, cancellationToken);
            },
            cancellationToken);

    private static async Task<List<Row>> ListAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        DateTimeOffset oldestEvent,
        DateTimeOffset since,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ListSql, connection);
        command.Parameters.With(projectId).With(environment).With(oldestEvent).With(RowId.FirstOf(since));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Row> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new(reader.GetGuid(0), reader.GetFieldValue<long>(1), reader.GetInt32(2)));
        return rows;
    }

    /// <summary>Returns the first rows that have at least <paramref name="limit"/> events together.</summary>
    private static List<Row> NewestOf(List<Row> newestFirst, int limit)
    {
        var (rows, events) = (0, 0);
        while (rows < newestFirst.Count && events < limit)
            events += newestFirst[rows++].Events;
        return newestFirst[..rows];
    }

    private static async Task<Arrivals> ReadAsync(
        NpgsqlConnection connection,
        Guid projectId,
        DataEnvironment environment,
        List<Row> rows,
        int limit,
        Position next,
        CancellationToken cancellationToken)
    {
        var read = new EventBatch();
        List<long> arrivals = [];
        if (rows.Count > 0)
        {
            var all = new EventQuery(projectId, environment, long.MinValue, long.MaxValue);
            await using var command = new NpgsqlCommand(ReadSql, connection);
            command.Parameters.With(projectId).With(environment)
                .WithArray(rows.ConvertAll(row => row.MaxTs), NpgsqlDbType.TimestampTz)
                .WithArray(rows.ConvertAll(row => row.Id), NpgsqlDbType.Uuid);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var events = new EventRowReader();
            while (await reader.ReadAsync(cancellationToken))
            {
                events.Append(reader, all, read);
                var arrival = RowId.TimeOf(reader.GetGuid(EventRowReader.ColumnCount));
                arrivals.AddRange(Enumerable.Repeat(arrival, read.Count - arrivals.Count));
            }
        }

        return Ordered(read, arrivals, limit, next);
    }

    private static Arrivals Ordered(EventBatch read, List<long> arrivals, int limit, Position next)
    {
        var order = Enumerable.Range(0, read.Count)
            .OrderBy(i => arrivals[i]).ThenBy(i => read.Timestamp[i]).ThenBy(i => read.EventId[i])
            .TakeLast(limit).ToArray();
        var events = new EventBatch();
        foreach (var i in order)
            events.CopyFrom(read, i);
        return new(events, Array.ConvertAll(order, i => arrivals[i]), next);
    }

    private readonly record struct Row(Guid Id, long MaxTs, int Events);

    private sealed record Position(DateTimeOffset ReadAt, HashSet<Guid> Rows) : ArrivalPosition;
}
