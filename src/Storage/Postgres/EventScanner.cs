using System.Runtime.CompilerServices;
using Npgsql;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads all events that match. The server sends rows as fast as we take them and no faster, so memory holds a row and a batch, however many there are.
/// </summary>
internal sealed class EventScanner(PostgresDatabase database)
{
    private const int BatchSize = 4_096;
    private const long BatchBytes = 8_000_000;

    /// <summary>Scans on a connection of its own.</summary>
    public async IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.UseOrThrowAsync(database.OpenAsync(cancellationToken).AsTask());
        await using var command = Command(connection, query);
        await foreach (var batch in ReadAsync(command, query, cancellationToken))
        {
            var goOn = false;
            try
            {
                yield return batch;
                goOn = !cancellationToken.IsCancellationRequested;
            }
            finally
            {
                // Whoever leaves early would otherwise wait until the reader has skipped all the rows that are left.
                if (!goOn)
                    command.Cancel();
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Scans on a connection that the caller holds, inside its transaction.</summary>
    public async IAsyncEnumerable<EventBatch> ScanAsync(NpgsqlConnection connection, EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command(connection, query);
        await foreach (var batch in ReadAsync(command, query, cancellationToken))
            yield return batch;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, EventQuery query)
    {
        var command = new NpgsqlCommand { Connection = connection, CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.CommandText = $"select {EventRowReader.Columns} from event_batches where {EventFilter.Where(query, command.Parameters)}";
        return command;
    }

    private async IAsyncEnumerable<EventBatch> ReadAsync(NpgsqlCommand command, EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = await database.UseOrThrowAsync(command.ExecuteReaderAsync(cancellationToken));
        var rows = new EventRowReader();
        var batch = new EventBatch(BatchSize);
        while (await database.UseOrThrowAsync(reader.ReadAsync(cancellationToken)))
        {
            rows.Append(reader, query, batch);
            if (batch.Count < BatchSize && batch.Bytes < BatchBytes)
                continue;
            yield return batch;
            batch.Clear();
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
