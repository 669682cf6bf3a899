using Npgsql;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// One ingest transaction. It takes one round trip if nothing needs a decision, otherwise two, or three if an install isn't in the cache:
/// BEGIN is sent with the first step and COMMIT with the last. An error skips the rest of the same round trip, COMMIT included, so a
/// commit is all or nothing. If the response to COMMIT is lost, the outcome is unknown: that is a
/// <see cref="StorageUnavailableException"/> as well, the client sends the batch again, and the batch key decides. The methods block,
/// because the commit loop has its own threads and a thread that waits in the socket resumes faster than an asynchronous continuation.
/// </summary>
internal sealed class PostgresCommit(PostgresDatabase database, NpgsqlConnection connection, TimeProvider time, bool isRehearsal) : ICommit
{
    private bool _begun;
    private bool _ended;

    public bool CanTry => true;

    public Task<bool> TryCommitAsync(
        IReadOnlyList<BatchKey> keys,
        IReadOnlyList<QuotaRequest> quotas,
        IReadOnlyList<InstallGeneration> generations,
        DateTimeOffset receivedAt,
        IReadOnlyList<CommitEvents> events,
        IReadOnlyList<RollupDelta> deltas,
        CancellationToken cancellationToken)
    {
        // Without BEGIN and COMMIT: the statements of a batch are one implicit transaction, which the first error rolls back.
        using var batch = isRehearsal ? NewBatch() : new NpgsqlBatch(connection);
        if (generations.Count > 0)
            batch.BatchCommands.Add(CommitStatements.LockScopesAndConfirmGenerations(generations));
        if (keys.Count > 0)
            batch.BatchCommands.Add(CommitStatements.ReserveAllKeys(keys, receivedAt));
        AddWrites(batch, events, deltas);

        // Last, to lock the tenant's row for as short a time as possible.
        if (quotas.Count > 0)
            batch.BatchCommands.Add(CommitStatements.ReserveAllQuota(quotas));
        AddUsage(batch, events);
        if (isRehearsal)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("rollback"));
        try
        {
            batch.ExecuteNonQuery();
            _ended = true;
            return Task.FromResult(true);
        }
        catch (PostgresException conflict) when (CommitStatements.IsConflict(conflict))
        {
            RollBack();
            return Task.FromResult(false);
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw database.Translate(fault);
        }
    }

    public Task<Reserved> ReserveAsync(
        IReadOnlyList<BatchKey> keys,
        IReadOnlyList<QuotaRequest> quotas,
        IReadOnlyList<InstallScope> scopes,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken) =>
        Ask(
            [
                CommitStatements.LockScopes(scopes),
                CommitStatements.ReadGenerations(scopes),
                CommitStatements.ReserveKeys(keys, receivedAt),
                CommitStatements.ReserveQuota(quotas),
            ],
            reader =>
            {
                reader.NextResult(); // The locks.
                var generations = CommitStatements.ReadGenerations(reader, scopes);
                reader.NextResult();
                var isNew = CommitStatements.ReadNewKeys(reader, keys);
                reader.NextResult();
                return new Reserved(isNew, CommitStatements.ReadGranted(reader, quotas), generations);
            });

    public Task ReleaseAsync(IReadOnlyList<BatchKey> keys, IReadOnlyList<QuotaRelease> quotas, CancellationToken cancellationToken) =>
        Ask([CommitStatements.ReleaseKeys(keys), CommitStatements.ReleaseQuota(quotas)], static _ => true);

    public Task<FirstDayChange[]> AddInstallsAsync(IReadOnlyList<SeenInstall> installs, CancellationToken cancellationToken) =>
        Ask([CommitStatements.AddInstalls(installs)], reader => CommitStatements.ReadChanges(reader, installs));

    public Task WriteAndCommitAsync(
        IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken)
    {
        using var batch = NewBatch();
        AddWrites(batch, events, deltas);
        AddUsage(batch, events);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(isRehearsal ? "rollback" : "commit"));
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
        RollBack();
        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private void RollBack()
    {
        // If the rollback can't be sent, the connection is broken and the server rolls back by itself.
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

        _begun = false;
    }

    private void AddWrites(NpgsqlBatch batch, IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas)
    {
        foreach (var project in events)
            EventInsert.AddTo(batch, project, time.GetUtcNow());
        if (deltas.Count > 0)
            batch.BatchCommands.Add(CommitStatements.InsertDeltas(deltas, time.GetUtcNow()));
    }

    // Always after the quota: the transaction already holds the locks of the tenants' rows in "usage", which prevents deadlocks.
    private static void AddUsage(NpgsqlBatch batch, IReadOnlyList<CommitEvents> events)
    {
        if (events.Where(project => project.Usage is not null).ToArray() is { Length: > 0 } counted)
            batch.BatchCommands.Add(CommitStatements.CountUsage(counted));
        if (BilledEvents.Of(events) is { Count: > 0 } billed)
            batch.BatchCommands.Add(CommitStatements.CountOverage(billed));
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
