using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Reading;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads one page, newest first. Rows are read in the order of their newest event. When the page is full and none of the remaining rows can
/// contain an event newer than the page's last one, the page is complete and the other rows aren't read.
/// </summary>
internal sealed class EventPager(PostgresDatabase database)
{
    private const int FirstRows = 4;
    private const int MostRows = 64;

    public Task<EventPage> ReadAsync(EventQuery query, CancellationToken cancellationToken) =>
        database.UseAsync(connection => ReadAsync(connection, query, cancellationToken), cancellationToken);

    private static async Task<EventPage> ReadAsync(NpgsqlConnection connection, EventQuery query, CancellationToken cancellationToken)
    {
        var rows = new EventRowReader();
        var page = new PageBuilder(query.Limit, query.After);
        (long MaxTs, Guid Id)? last = null;
        for (var take = FirstRows; ; take = Math.Min(take * 2, MostRows))
        {
            await using var command = Command(connection, query, last, take);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var read = 0;
            while (await reader.ReadAsync(cancellationToken))
            {
                read++;
                last = (reader.GetFieldValue<long>(EventRowReader.ColumnCount), reader.GetGuid(EventRowReader.ColumnCount + 1));
                rows.Append(reader, query, page.Events);
                if (page.IsHeavy)
                    page.Trim();
            }

            page.Trim();

            // Strictly less: an event with the timestamp of the page's last one may still sort before it by its id.
            if (read < take || (page.IsFull && PostgresTime.ToUnix(last!.Value.MaxTs) < page.Oldest))
                return page.Build();
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, EventQuery query, (long MaxTs, Guid Id)? after, int rows)
    {
        var command = new NpgsqlCommand { Connection = connection };
        var where = EventFilter.Where(query, command.Parameters);
        if (after is var (maxTs, id))
        {
            command.Parameters.With(maxTs, NpgsqlDbType.TimestampTz).With(id);
            where += $" and (max_ts, id) < (${command.Parameters.Count - 1}, ${command.Parameters.Count})";
        }

        command.Parameters.With(rows);
        command.CommandText =
            $"""
            select {EventRowReader.Columns}, max_ts, id from event_batches where {where}
            order by max_ts desc, id desc limit ${command.Parameters.Count}
            """;
        return command;
    }
}
