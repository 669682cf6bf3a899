using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The statements of a commit. Each sends its rows in one fixed order, and the server locks them in the order they come, so no two commits can wait for each other.
/// </summary>
internal static class CommitStatements
{
    private const string ClaimKeysSql =
        """
        insert into batch_keys (project_id, key, received_at)
        select project_id, key, $3 from unnest($1, $2) as claim (project_id, key)
        on conflict do nothing
        returning project_id, key
        """;

    // Without "on conflict", which costs each key as much again: the key that isn't new fails on the primary key.
    private const string ClaimAllKeysSql = "insert into batch_keys (project_id, key, received_at) select project_id, key, $3 from unnest($1, $2) as claim (project_id, key)";

    // Takes all that is wanted; "commit_requires" raises QuotaConflict where that is more than the quota. In one step: this runs in nearly every commit.
    private const string TakeAllQuotaSql =
        """
        insert into usage as u (tenant_id, month, env, accepted, taken, quota)
        select tenant_id, month, env, wanted, wanted, quota from unnest($1, $2, $3, $4, $5) as claim (tenant_id, month, wanted, quota, env)
        on conflict (tenant_id, month, env) do update set accepted = u.accepted + excluded.taken, taken = excluded.taken, quota = excluded.quota
        returning commit_requires(least(accepted, quota), accepted)
        """;

    private const string TakeQuotaSql =
        """
        insert into usage as u (tenant_id, month, env, accepted, taken, quota)
        select tenant_id, month, env, greatest(0, least(wanted, quota)), greatest(0, least(wanted, quota)), quota
        from unnest($1, $2, $3, $4, $5) as claim (tenant_id, month, wanted, quota, env)
        on conflict (tenant_id, month, env) do update set
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

    private const string ReturnQuotaSql =
        """
        update usage u set accepted = u.accepted - claim.events from unnest($1, $2, $3, $4) as claim (tenant_id, month, events, env)
        where u.tenant_id = claim.tenant_id and u.month = claim.month and u.env = claim.env
        """;

    private const string CountUsageSql =
        """
        insert into usage_days as u (tenant_id, day, project_id, env, accepted)
        select tenant_id, day, project_id, env, accepted from unnest($1, $2, $3, $4, $5) as counted (tenant_id, day, project_id, env, accepted)
        on conflict (tenant_id, day, project_id, env) do update set accepted = u.accepted + excluded.accepted
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

    // The SQLSTATE of the function commit_requires, of migration 0004.
    private const string QuotaConflict = "TK001";

    /// <summary>Whether the server says that not all of a commit's claims hold.</summary>
    public static bool IsConflict(PostgresException fault) =>
        fault.SqlState == QuotaConflict || fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "batch_keys_pkey" };

    /// <summary>Claims keys, all or nothing: where one isn't new it fails (<see cref="IsConflict"/>), and the transaction with all its statements comes to nothing.</summary>
    public static NpgsqlBatchCommand ClaimAllKeys(IReadOnlyList<BatchKey> keys, int[] order, DateTimeOffset receivedAt) => ClaimKeys(ClaimAllKeysSql, keys, order, receivedAt);

    /// <summary>Takes quota, all or nothing: where some doesn't fit it fails like <see cref="ClaimAllKeys"/>.</summary>
    public static NpgsqlBatchCommand TakeAllQuota(IReadOnlyList<QuotaClaim> claims, int[] order) => TakeQuota(TakeAllQuotaSql, claims, order);

    /// <summary>Claims keys; answers those that are new (<see cref="ReadClaimed"/>).</summary>
    public static NpgsqlBatchCommand ClaimKeys(IReadOnlyList<BatchKey> keys, int[] order, DateTimeOffset receivedAt) => ClaimKeys(ClaimKeysSql, keys, order, receivedAt);

    private static NpgsqlBatchCommand ClaimKeys(string sql, IReadOnlyList<BatchKey> keys, int[] order, DateTimeOffset receivedAt)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .WithArray(Pick(order, i => keys[i].ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Pick(order, i => keys[i].Key), NpgsqlDbType.Uuid)
            .With(receivedAt);
        return command;
    }

    /// <summary>Gives keys back.</summary>
    public static NpgsqlBatchCommand ReleaseKeys(IReadOnlyList<BatchKey> keys)
    {
        var command = new NpgsqlBatchCommand(ReleaseKeysSql);
        command.Parameters
            .WithArray(keys.Select(key => key.ProjectId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(keys.Select(key => key.Key).ToArray(), NpgsqlDbType.Uuid);
        return command;
    }

    /// <summary>Takes quota; answers what each claim got, in the order of the claims.</summary>
    public static NpgsqlBatchCommand TakeQuota(IReadOnlyList<QuotaClaim> claims, int[] order) => TakeQuota(TakeQuotaSql, claims, order);

    private static NpgsqlBatchCommand TakeQuota(string sql, IReadOnlyList<QuotaClaim> claims, int[] order)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .WithArray(Pick(order, i => claims[i].TenantId), NpgsqlDbType.Uuid)
            .WithArray(Pick(order, i => claims[i].Month), NpgsqlDbType.Date)
            .WithArray(Pick(order, i => claims[i].Wanted), NpgsqlDbType.Bigint)
            .WithArray(Pick(order, i => claims[i].Limit), NpgsqlDbType.Bigint)
            .WithArray(Pick(order, i => (short)claims[i].Environment), NpgsqlDbType.Smallint);
        return command;
    }

    /// <summary>Gives quota back. Its rows are locked already, so any order will do.</summary>
    public static NpgsqlBatchCommand ReturnQuota(IReadOnlyList<QuotaReturn> quotas)
    {
        var command = new NpgsqlBatchCommand(ReturnQuotaSql);
        command.Parameters
            .WithArray(quotas.Select(quota => quota.TenantId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(quotas.Select(quota => quota.Month).ToArray(), NpgsqlDbType.Date)
            .WithArray(quotas.Select(quota => quota.Events).ToArray(), NpgsqlDbType.Bigint)
            .WithArray(quotas.Select(quota => (short)quota.Environment).ToArray(), NpgsqlDbType.Smallint);
        return command;
    }

    /// <summary>Remembers installs; answers those that are new (<see cref="ReadClaimed"/>).</summary>
    public static NpgsqlBatchCommand ClaimInstalls(IReadOnlyList<InstallClaim> claims, int[] order)
    {
        var command = new NpgsqlBatchCommand(ClaimInstallsSql);
        command.Parameters
            .WithArray(Pick(order, i => claims[i].ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Pick(order, i => (short)claims[i].Environment), NpgsqlDbType.Smallint)
            .WithArray(Pick(order, i => claims[i].Install), NpgsqlDbType.Bigint)
            .WithArray(Pick(order, i => claims[i].Day), NpgsqlDbType.Date);
        return command;
    }

    /// <summary>Counts events as their tenants' usage of the day. Each has a <see cref="CommitEvents.Usage"/>.</summary>
    public static NpgsqlBatchCommand CountUsage(IReadOnlyList<CommitEvents> events)
    {
        var command = new NpgsqlBatchCommand(CountUsageSql);
        command.Parameters
            .WithArray(events.Select(counted => counted.Usage!.Value.TenantId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(events.Select(counted => counted.Usage!.Value.Day).ToArray(), NpgsqlDbType.Date)
            .WithArray(events.Select(counted => counted.ProjectId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(events.Select(counted => (short)counted.Environment).ToArray(), NpgsqlDbType.Smallint)
            .WithArray(events.Select(counted => (long)counted.Count).ToArray(), NpgsqlDbType.Bigint);
        return command;
    }

    /// <summary>Writes deltas.</summary>
    public static NpgsqlBatchCommand InsertDeltas(IReadOnlyList<RollupDelta> deltas, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(InsertDeltasSql);
        command.Parameters
            .WithArray(deltas.Select(delta => delta.ProjectId).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(deltas.Select(delta => (short)delta.Environment).ToArray(), NpgsqlDbType.Smallint)
            .WithArray(deltas.Select(delta => delta.Day).ToArray(), NpgsqlDbType.Date)
            .WithArray(deltas.Select(delta => delta.Id).ToArray(), NpgsqlDbType.Uuid)
            .WithArray(deltas.Select(delta => delta.Data).ToArray(), NpgsqlDbType.Bytea)
            .With(now);
        return command;
    }

    /// <summary>Indexes of the claims in the one order in which every transaction locks.</summary>
    public static int[] Order<T>(IReadOnlyList<T> claims, Comparison<T> comparison)
    {
        var order = new int[claims.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => comparison(claims[a], claims[b]));
        return order;
    }

    /// <summary>The rows that came back are the new ones, in the order they were sent: one walk finds which claims they are.</summary>
    public static bool[] ReadClaimed<T>(DbDataReader reader, int[] order, Func<DbDataReader, T> row, Func<int, T> claim)
        where T : IEquatable<T>
    {
        var claimed = new bool[order.Length];
        var next = 0;
        while (reader.Read())
        {
            var found = row(reader);
            while (!claim(order[next]).Equals(found))
                next++;
            claimed[order[next++]] = true;
        }

        return claimed;
    }

    /// <summary>Each claim of quota writes its row, so there is an answer for each, in the order they were sent.</summary>
    public static long[] ReadTaken(DbDataReader reader, int[] order)
    {
        var taken = new long[order.Length];
        foreach (var i in order)
        {
            if (!reader.Read())
                throw new InvalidOperationException("The quota statement answered fewer rows than there were claims.");
            taken[i] = reader.GetInt64(0);
        }

        return taken;
    }

    private static T[] Pick<T>(int[] order, Func<int, T> value) => Array.ConvertAll(order, i => value(i));
}
