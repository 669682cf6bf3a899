using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>Ingest transactions.</summary>
internal sealed class PostgresCommits(PostgresDatabase database, TimeProvider time) : ICommitStore
{
    /// <summary>A second commit uses PostgreSQL while the first waits for its disk.</summary>
    public int CommitsAtOnce => 2;

    public Task<ICommit> BeginAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ICommit>(new PostgresCommit(database, database.Open(), time));
}
