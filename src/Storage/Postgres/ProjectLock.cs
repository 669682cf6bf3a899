using System.Buffers.Binary;
using Npgsql;
using TelemetryKit.Core;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The advisory lock of a project. It must be held to rewrite the project's rollups or rows of events; ingest doesn't need it, because it
/// only inserts rows. Two projects with the same lock key wait for each other, which is harmless.
/// </summary>
internal static class ProjectLock
{
    // Any constant that keeps the locks of commits apart from those of their projects.
    private const long OfCommits = 0x5A17_2B90_C3E8_D641;

    /// <summary>
    /// The key of the lock that each commit with events of the environment holds, shared, until it ends. Taking it exclusively, after a
    /// change is committed, waits for the commits that may not have seen the change.
    /// </summary>
    public static long CommitKeyOf(Guid projectId, DataEnvironment environment) => KeyOf(projectId) ^ (OfCommits + (long)environment);

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
        ExecuteAsync(connection, "select pg_advisory_xact_lock($1)", KeyOf(projectId), cancellationToken);

    /// <summary>
    /// Waits for the lock and holds it in the session, so that a snapshot can be taken after the lock: in a repeatable-read transaction,
    /// the snapshot would be taken before the lock. Disposing the result releases the lock.
    /// </summary>
    public static async Task<IAsyncDisposable> WaitAsync(NpgsqlConnection connection, Guid projectId, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "select pg_advisory_lock($1)", KeyOf(projectId), cancellationToken);
        return new Held(connection, projectId);
    }

    /// <summary>Waits until the commits that are open now have ended. Must be called outside of a transaction.</summary>
    public static Task WaitForCommitsAsync(
        NpgsqlConnection connection, Guid projectId, DataEnvironment environment, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "select pg_advisory_xact_lock($1)", CommitKeyOf(projectId, environment), cancellationToken);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, long key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PostgresDatabase.MaintenanceTimeout };
        command.Parameters.With(key);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Held(NpgsqlConnection connection, Guid projectId) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // A broken connection has released its locks.
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await ExecuteAsync(connection, "select pg_advisory_unlock($1)", KeyOf(projectId), CancellationToken.None);
        }
    }
}
