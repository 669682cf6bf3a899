using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// One ingest transaction in two to four round trips: BEGIN travels with the first step and COMMIT with the last. An error skips what follows it in the same
/// round trip, COMMIT included, so a commit is all or nothing. Where COMMIT's answer gets lost nobody knows how it ended: that is a
/// <see cref="StorageUnavailableException"/> too, the client sends again, and the batch key decides.
/// </summary>
internal sealed class PostgresCommit(PostgresDatabase database, NpgsqlConnection connection, TimeProvider time) : ICommit
{
    private const string ClaimKeysSql =
        """
        insert into batch_keys (project_id, key, received_at)
        select project_id, key, $3 from unnest($1, $2) as claim (project_id, key)
        on conflict do nothing
        returning project_id, key
        """;

    private const string TakeQuotaSql =
        """
        insert into usage as u (tenant_id, month, accepted, taken, quota)
        select tenant_id, month, greatest(0, least(wanted, quota)), greatest(0, least(wanted, quota)), quota
        from unnest($1, $2, $3, $4) as claim (tenant_id, month, wanted, quota)
        on conflict (tenant_id, month) do update set
            accepted = u.accepted + greatest(0, least(excluded.taken, excluded.quota - u.accepted)),
            taken = greatest(0, least(excluded.taken, excluded.quota - u.accepted)),
            quota = excluded.quota
        returning taken
        """;

    private const string ReleaseKeysSql =
        """
        delete from batch_keys b using unnest($1, $2) as claim (project_id, key)
        where b.project_id = claim.project_id and b.key = claim.key
        """;

    private const string ClaimInstallsSql =
        """
        insert into installs (project_id, env, install, first_day)
        select project_id, env, install, first_day from unnest($1, $2, $3, $4) as claim (project_id, env, install, first_day)
        on conflict do nothing
        returning project_id, env, install
        """;

    private const string InsertDeltasSql =
        """
        insert into rollup_deltas (project_id, env, day, id, committed_at, data)
        select project_id, env, day, id, $6, data from unnest($1, $2, $3, $4, $5) as delta (project_id, env, day, id, data)
        """;

    private bool _begun;
    private bool _ended;

    public Task<bool[]> ClaimKeysAsync(IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var ordered = Ordered<BatchKey>(keys, (a, b) => a.ProjectId.CompareTo(b.ProjectId) is not 0 and var order ? order : a.Key.CompareTo(b.Key));
        var command = new NpgsqlBatchCommand(ClaimKeysSql);
        command.Parameters
            .WithArray(Pick(ordered, i => keys[i].ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Pick(ordered, i => keys[i].Key), NpgsqlDbType.Uuid)
            .With(receivedAt);
        return AskAsync(command, reader => Claimed(reader, ordered, row => new BatchKey(row.GetGuid(0), row.GetGuid(1)), i => keys[i], cancellationToken), cancellationToken);
    }

    public Task<long[]> TakeQuotaAsync(IReadOnlyList<QuotaClaim> claims, CancellationToken cancellationToken)
    {
        var ordered = Ordered<QuotaClaim>(claims, (a, b) => a.TenantId.CompareTo(b.TenantId) is not 0 and var order ? order : a.Month.CompareTo(b.Month));
        var command = new NpgsqlBatchCommand(TakeQuotaSql);
        command.Parameters
            .WithArray(Pick(ordered, i => claims[i].TenantId), NpgsqlDbType.Uuid)
            .WithArray(Pick(ordered, i => claims[i].Month), NpgsqlDbType.Date)
            .WithArray(Pick(ordered, i => claims[i].Wanted), NpgsqlDbType.Bigint)
            .WithArray(Pick(ordered, i => claims[i].Limit), NpgsqlDbType.Bigint);
        return AskAsync(
            command,
            async reader =>
            {
                // Each claim writes its row, so there is an answer for each, in the order of the claims.
                var taken = new long[claims.Count];
                foreach (var i in ordered)
                {
                    if (!await reader.ReadAsync(cancellationToken))
                        throw new InvalidOperationException("The quota statement answered fewer rows than there were claims.");
                    taken[i] = reader.GetInt64(0);
                }

                return taken;
            },
            cancellationToken);
    }

    public Task ReleaseKeysAsync(IReadOnlyList<BatchKey> keys, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(ReleaseKeysSql);
        command.Parameters
            .WithArray(keys.Select(key => key.ProjectId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(keys.Select(key => key.Key).ToArray(), NpgsqlDbType.Uuid);
        return AskAsync(command, static _ => Task.FromResult(true), cancellationToken);
    }

    public Task<bool[]> ClaimInstallsAsync(IReadOnlyList<InstallClaim> claims, CancellationToken cancellationToken)
    {
        var ordered = Ordered<InstallClaim>(
            claims,
            (a, b) => a.ProjectId.CompareTo(b.ProjectId) is not 0 and var byProject ? byProject
                : a.Environment.CompareTo(b.Environment) is not 0 and var byEnvironment ? byEnvironment
                : a.Install.CompareTo(b.Install));
        var command = new NpgsqlBatchCommand(ClaimInstallsSql);
        command.Parameters
            .WithArray(Pick(ordered, i => claims[i].ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Pick(ordered, i => (short)claims[i].Environment), NpgsqlDbType.Smallint)
            .WithArray(Pick(ordered, i => claims[i].Install), NpgsqlDbType.Bigint)
            .WithArray(Pick(ordered, i => claims[i].Day), NpgsqlDbType.Date);
        return AskAsync(
            command,
            reader => Claimed(
                reader,
                ordered,
                row => (row.GetGuid(0), row.GetInt16(1), row.GetInt64(2)),
                i => (claims[i].ProjectId, (short)claims[i].Environment, claims[i].Install),
                cancellationToken),
            cancellationToken);
    }

    public async Task WriteAndCommitAsync(IReadOnlyList<CommitEvents> events, IReadOnlyList<RollupDelta> deltas, CancellationToken cancellationToken)
    {
        await using var batch = NewBatch();
        foreach (var project in events)
            EventInsert.AddTo(batch, project, time);
        if (deltas.Count > 0)
            batch.BatchCommands.Add(InsertDeltas(deltas));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            _ended = true;
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw database.Translate(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Where the roll-back can't be sent the connection is broken, and the server rolls back by itself.
        if (_begun && !_ended && connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            try
            {
                await using var rollback = new NpgsqlCommand("rollback", connection);
                await rollback.ExecuteNonQueryAsync();
            }
            catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
            {
            }
        }

        await connection.DisposeAsync();
    }

    /// <summary>Indexes of the claims in the one order in which every transaction locks.</summary>
    private static int[] Ordered<T>(IReadOnlyList<T> claims, Comparison<T> comparison)
    {
        var order = new int[claims.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => comparison(claims[a], claims[b]));
        return order;
    }

    private static T[] Pick<T>(int[] order, Func<int, T> value) => Array.ConvertAll(order, i => value(i));

    /// <summary>The rows that came back are the new ones, in the order they were sent: one walk finds which claims they are.</summary>
    private static async Task<bool[]> Claimed<T>(
        NpgsqlDataReader reader, int[] ordered, Func<NpgsqlDataReader, T> row, Func<int, T> claim, CancellationToken cancellationToken)
        where T : IEquatable<T>
    {
        var claimed = new bool[ordered.Length];
        var next = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            var found = row(reader);
            while (!claim(ordered[next]).Equals(found))
                next++;
            claimed[ordered[next++]] = true;
        }

        return claimed;
    }

    private NpgsqlBatchCommand InsertDeltas(IReadOnlyList<RollupDelta> deltas)
    {
        var command = new NpgsqlBatchCommand(InsertDeltasSql);
        command.Parameters
            .WithArray(deltas.Select(delta => delta.ProjectId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(deltas.Select(delta => (short)delta.Environment).ToArray(), NpgsqlDbType.Smallint)
            .WithArray(deltas.Select(delta => delta.Day).ToArray(), NpgsqlDbType.Date)
            .WithArray(deltas.Select(delta => delta.Id).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(deltas.Select(delta => delta.Data).ToArray(), NpgsqlDbType.Bytea)
            .With(time.GetUtcNow());
        return command;
    }

    private NpgsqlBatch NewBatch()
    {
        var batch = new NpgsqlBatch(connection);
        if (!_begun)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        _begun = true;
        return batch;
    }

    private async Task<T> AskAsync<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var batch = NewBatch();
        batch.BatchCommands.Add(command);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            return await read(reader);
        }
        catch (Exception fault) when (PostgresFaults.IsUnavailable(fault))
        {
            throw database.Translate(fault);
        }
    }
}
