using System.Buffers.Binary;
using Npgsql;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The advisory lock of a project. It must be held to rewrite the project's rollups or rows of events; ingest doesn't need it, because it
/// only inserts rows. Two projects with the same lock key wait for each other, which is harmless.
/// </summary>
internal static class ProjectLock
{
    public static long KeyOf(Guid projectId)
    {
        Span<byte> bytes = stackalloc byte[16];
        projectId.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) ^ BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }

    /// <summary>Takes the lock until the transaction ends. Returns false if another session holds it.</summary>
    public static async Task<bool> TryTakeAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_xact_lock($1)", connection);
        command.Parameters.With(KeyOf(projectId));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Waits for the lock and holds it until the transaction ends.</summary>
    public static Task TakeAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "select pg_advisory_xact_lock($1)", projectId, cancellationToken);

    /// <summary>
    /// Waits for the lock and holds it in the session, so that a snapshot can be taken after the lock: in a repeatable-read transaction,
    /// the snapshot would be taken before the lock. Disposing the result releases the lock.
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
            // A broken connection has released its locks.
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await ExecuteAsync(connection, "select pg_advisory_unlock($1)", projectId, CancellationToken.None);
        }
    }
}
