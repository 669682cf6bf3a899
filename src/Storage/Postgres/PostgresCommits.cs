using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Opens ingest transactions.</summary>
internal sealed class PostgresCommits(PostgresDatabase database, TimeProvider time, bool isRehearsal = false) : ICommitStore
{
    /// <summary>Two, because PostgreSQL can work on the second commit while the first waits for the disk.</summary>
    public int CommitsAtOnce => 2;

    public ICommitStore Rehearsal => new PostgresCommits(database, time, isRehearsal: true);

    public Task<ICommit> BeginAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ICommit>(new PostgresCommit(database, database.OpenForCommit(), time, isRehearsal));

    public Task<bool> AreStoredAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken) =>
        database.UseAsync(
            async connection =>
            {
                await using var command = CommitStatements.CountKeys(connection, keys);
                return (long)(await command.ExecuteScalarAsync(cancellationToken))! == keys.Count;
            },
            cancellationToken);
}
