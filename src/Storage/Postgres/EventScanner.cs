using System.Runtime.CompilerServices;
using Npgsql;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// Reads all events that match. Rows are streamed, so the memory contains one row and one batch at a time.
/// </summary>
internal sealed class EventScanner(PostgresDatabase database)
{
    private const int BatchSize = 4_096;
    private const long BatchBytes = 8_000_000;

    /// <summary>Scans on a separate connection.</summary>
    public async IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.UseOrThrowAsync(database.OpenAsync(cancellationToken).AsTask());
        await using var command = Command(connection, query);
        await foreach (var batch in ReadAsync(command, query, cancellationToken))
        {
            var continues = false;
            try
            {
                yield return batch;
                continues = !cancellationToken.IsCancellationRequested;
            }
            finally
            {
                // If the enumeration ends early, disposing the reader would otherwise read all remaining rows.
                if (!continues)
                    command.Cancel();
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Scans on the caller's connection, in its transaction.</summary>
    public async IAsyncEnumerable<EventBatch> ScanAsync(
        NpgsqlConnection connection, EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command(connection, query);
        await foreach (var batch in ReadAsync(command, query, cancellationToken))
            yield return batch;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, EventQuery query)
    {
        var command = new NpgsqlCommand { Connection = connection, CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.CommandText =
            $"select {EventScanReader.ColumnsOf(query)} from event_batches where {EventFilter.Where(query, command.Parameters)}";
        return command;
    }

    private async IAsyncEnumerable<EventBatch> ReadAsync(
        NpgsqlCommand command, EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = await database.UseOrThrowAsync(command.ExecuteReaderAsync(cancellationToken));
        var rows = new EventScanReader(query);
        var batch = new EventBatch(BatchSize);
        while (await database.UseOrThrowAsync(reader.ReadAsync(cancellationToken)))
        {
            rows.Append(reader, batch);
            if (batch.Count < BatchSize && batch.Bytes < BatchBytes)
                continue;
            yield return batch;
            batch.Clear();
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
