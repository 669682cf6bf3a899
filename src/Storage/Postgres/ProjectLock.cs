using System.Buffers.Binary;
using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The advisory lock of a project: whoever rewrites its rollups or rows of events holds it. Ingest doesn't: it only ever adds rows. Two
/// projects that share a number wait for each other now and then, which is harmless.
/// </summary>
internal static class ProjectLock
{
    public static long KeyOf(Guid projectId)
    {
        Span<byte> bytes = stackalloc byte[16];
        projectId.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) ^ BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }

    /// <summary>Takes the lock until the transaction ends; false where somebody else has it.</summary>
    public static async Task<bool> TryTakeAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock($1)", connection);
        command.Parameters.With(KeyOf(projectId));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Waits for the lock and keeps it until the transaction ends.</summary>
    public static Task TakeAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "select pg_advisory_xact_lock($1)", projectId, cancellationToken);

    /// <summary>
    /// Waits for the lock and keeps it for the session, so that a snapshot can be taken after the lock: a lock taken inside a repeatable-read
    /// transaction comes after its snapshot. The answer gives the lock back.
    /// </summary>
    public static async Task<IAsyncDisposable> WaitAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "select pg_advisory_lock($1)", projectId, cancellationToken);
        return new Held(connection, projectId);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, Guid projectId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.Parameters.With(KeyOf(projectId));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Held(NpgsqlConnection connection, Guid projectId) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // A connection that broke took its locks with it.
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await ExecuteAsync(connection, "select pg_advisory_unlock($1)", projectId, CancellationToken.None);
        }
    }
}
