using Npgsql;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// One ingest transaction in one round trip where nothing needs a decision, else in two, or three where an install was never seen here before: BEGIN travels with the first step and COMMIT with the last. An error skips what follows it in the same
/// round trip, COMMIT included, so a commit is all or nothing. Where COMMIT's answer gets lost nobody knows how it ended: that is a
/// <see cref="StorageUnavailableException"/> too, the client sends again, and the batch key decides. It blocks its thread, the commit loop's own: nearly everything it does is waiting for an answer of
/// the server, and a thread that waits in the socket is woken faster than one that is handed a completion.
/// </summary>
internal sealed class PostgresCommit(PostgresDatabase database, NpgsqlConnection connection, TimeProvider time) : ICommit
{
    private bool _begun;
    private bool _ended;

    public bool CanTry => true;

    public Task<bool> TryCommitAsync(
        IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas,
        CancellationToken cancellationToken)
    {
        // Without BEGIN and COMMIT: what is sent together is one transaction, which ends with the last statement, or whole with the first error.
        using var batch = new NpgsqlBatch(connection);
        if (keys.Count > 0)
            batch.BatchCommands.Add(CommitStatements.ClaimAllKeys(keys, receivedAt));
        AddWrites(batch, events, deltas);

        // Last, so that the tenant's row is locked for as short as possible.
        if (quotas.Count > 0)
            batch.BatchCommands.Add(CommitStatements.TakeAllQuota(quotas));
        AddUsage(batch, events);
        try
        {
            batch.ExecuteNonQuery();
            return Task.FromResult(true);
        }
        catch (PostgresException conflict) when (CommitStatements.IsConflict(conflict))
        {
            return Task.FromResult(false);
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw database.Translate(fault);
        }
    }

    public Task<Claimed> ClaimAsync(
        IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaClaim> quotas, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        Ask(
            [CommitStatements.ClaimKeys(keys, receivedAt), CommitStatements.TakeQuota(quotas)],
            reader =>
            {
                var isNew = CommitStatements.ReadNewKeys(reader, keys);
                reader.NextResult();
                return new Claimed(isNew, CommitStatements.ReadTaken(reader, quotas));
            });

    public Task GiveBackAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaReturn> quotas, CancellationToken cancellationToken) =>
        Ask([CommitStatements.ReleaseKeys(keys), CommitStatements.ReturnQuota(quotas)], static _ => true);

    public Task<bool[]> ClaimInstallsAsync(IReadOnlyList<InstallClaim> claims, CancellationToken cancellationToken) =>
        Ask([CommitStatements.ClaimInstalls(claims)], reader => CommitStatements.ReadNewInstalls(reader, claims));

    public Task WriteAndCommitAsync(IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken)
    {
        using var batch = NewBatch();
        AddWrites(batch, events, deltas);
        AddUsage(batch, events);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            batch.ExecuteNonQuery();
            _ended = true;
            return Task.CompletedTask;
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw database.Translate(fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        // Where the roll-back can't be sent the connection is broken, and the server rolls back by itself.
        if (_begun && !_ended && connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            try
            {
                using var rollback = new NpgsqlCommand("rollback", connection);
                rollback.ExecuteNonQuery();
            }
            catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
            {
            }
        }

        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private void AddWrites(NpgsqlBatch batch, IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas)
    {
        foreach (var project in events)
            EventInsert.AddTo(batch, project, time);
        if (deltas.Count > 0)
            batch.BatchCommands.Add(CommitStatements.InsertDeltas(deltas, time.GetUtcNow()));
    }

    // Always after the quota: whoever comes here holds the tenants' rows of "usage", so no two commits wait for each other.
    private static void AddUsage(NpgsqlBatch batch, IReadOnlyList<CommitEvents> events)
    {
        if (events.Where(project => project.Usage is not null).ToArray() is { Length: > 0 } counted)
            batch.BatchCommands.Add(CommitStatements.CountUsage(counted));
    }

    private NpgsqlBatch NewBatch()
    {
        var batch = new NpgsqlBatch(connection);
        if (!_begun)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        _begun = true;
        return batch;
    }

    private Task<T> Ask<T>(NpgsqlBatchCommand[] commands, Func<NpgsqlDataReader, T> read)
    {
        using var batch = NewBatch();
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        try
        {
            using var reader = batch.ExecuteReader();
            return Task.FromResult(read(reader));
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw database.Translate(fault);
        }
    }
}
