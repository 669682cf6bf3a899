using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The statements of a commit. Those that lock what other commits lock as well do it in the order of its key, so no two commits can wait for each
/// other. What comes back has no order: each row names the claim it is about.
/// </summary>
internal static class CommitStatements
{
    private const string ClaimKeysSql =
        """
        insert into batch_keys (project_id, key, received_at)
        select project_id, key, $3 from unnest($1, $2) as claim (project_id, key) order by project_id, key
        on conflict do nothing
        returning project_id, key
        """;

    // Without "on conflict", which costs each key as much again: the key that isn't new fails on the primary key.
    private const string ClaimAllKeysSql =
        """
        insert into batch_keys (project_id, key, received_at)
        select project_id, key, $3 from unnest($1, $2) as claim (project_id, key) order by project_id, key
        """;

    // Takes all that is wanted; "commit_requires" raises QuotaConflict where that is more than the quota. In one step: this runs in nearly every commit.
    private const string TakeAllQuotaSql =
        """
        insert into usage as u (tenant_id, month, env, accepted, taken, quota)
        select tenant_id, month, env, wanted, wanted, quota from unnest($1, $2, $3, $4, $5) as claim (tenant_id, month, wanted, quota, env)
        order by tenant_id, month, env
        on conflict (tenant_id, month, env) do update set accepted = u.accepted + excluded.taken, taken = excluded.taken, quota = excluded.quota
        returning commit_requires(least(accepted, quota), accepted)
        """;

    private const string TakeQuotaSql =
        """
        insert into usage as u (tenant_id, month, env, accepted, taken, quota)
        select tenant_id, month, env, greatest(0, least(wanted, quota)), greatest(0, least(wanted, quota)), quota
        from unnest($1, $2, $3, $4, $5) as claim (tenant_id, month, wanted, quota, env)
        order by tenant_id, month, env
        on conflict (tenant_id, month, env) do update set
            accepted = u.accepted + greatest(0, least(excluded.taken, excluded.quota - u.accepted)),
            taken = greatest(0, least(excluded.taken, excluded.quota - u.accepted)),
            quota = excluded.quota
        returning taken, tenant_id, month, env
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
        order by project_id, env, install
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
    public static NpgsqlBatchCommand ClaimAllKeys(IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt) =>
        ClaimKeys(ClaimAllKeysSql, keys, receivedAt);

    /// <summary>Takes quota, all or nothing: where some doesn't fit it fails like <see cref="ClaimAllKeys"/>.</summary>
    public static NpgsqlBatchCommand TakeAllQuota(IReadOnlyList<QuotaClaim> claims) => TakeQuota(TakeAllQuotaSql, claims);

    /// <summary>Claims keys; returns those that are new, for <see cref="ReadNewKeys"/>.</summary>
    public static NpgsqlBatchCommand ClaimKeys(IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt) =>
        ClaimKeys(ClaimKeysSql, keys, receivedAt);

    private static NpgsqlBatchCommand ClaimKeys(string sql, IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .WithArray(Column(keys, key => key.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(keys, key => key.Key), NpgsqlDbType.Uuid)
            .With(receivedAt);
        return command;
    }

    /// <summary>Gives keys back.</summary>
    public static NpgsqlBatchCommand ReleaseKeys(IReadOnlyList<BatchKey> keys)
    {
        var command = new NpgsqlBatchCommand(ReleaseKeysSql);
        command.Parameters
            .WithArray(Column(keys, key => key.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(keys, key => key.Key), NpgsqlDbType.Uuid);
        return command;
    }

    /// <summary>Takes quota; returns what each claim got, for <see cref="ReadTaken"/>.</summary>
    public static NpgsqlBatchCommand TakeQuota(IReadOnlyList<QuotaClaim> claims) => TakeQuota(TakeQuotaSql, claims);

    private static NpgsqlBatchCommand TakeQuota(string sql, IReadOnlyList<QuotaClaim> claims)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .WithArray(Column(claims, claim => claim.TenantId), NpgsqlDbType.Uuid)
            .WithArray(Column(claims, claim => claim.Month), NpgsqlDbType.Date)
            .WithArray(Column(claims, claim => claim.Wanted), NpgsqlDbType.Bigint)
            .WithArray(Column(claims, claim => claim.Limit), NpgsqlDbType.Bigint)
            .WithArray(Column(claims, claim => (short)claim.Environment), NpgsqlDbType.Smallint);
        return command;
    }

    /// <summary>Gives quota back. Its rows are locked already, so any order will do.</summary>
    public static NpgsqlBatchCommand ReturnQuota(IReadOnlyList<QuotaReturn> quotas)
    {
        var command = new NpgsqlBatchCommand(ReturnQuotaSql);
        command.Parameters
            .WithArray(Column(quotas, quota => quota.TenantId), NpgsqlDbType.Uuid)
            .WithArray(Column(quotas, quota => quota.Month), NpgsqlDbType.Date)
            .WithArray(Column(quotas, quota => quota.Events), NpgsqlDbType.Bigint)
            .WithArray(Column(quotas, quota => (short)quota.Environment), NpgsqlDbType.Smallint);
        return command;
    }

    /// <summary>Remembers installs; returns those that are new, for <see cref="ReadNewInstalls"/>.</summary>
    public static NpgsqlBatchCommand ClaimInstalls(IReadOnlyList<InstallClaim> claims)
    {
        var command = new NpgsqlBatchCommand(ClaimInstallsSql);
        command.Parameters
            .WithArray(Column(claims, claim => claim.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(claims, claim => (short)claim.Environment), NpgsqlDbType.Smallint)
            .WithArray(Column(claims, claim => claim.Install), NpgsqlDbType.Bigint)
            .WithArray(Column(claims, claim => claim.Day), NpgsqlDbType.Date);
        return command;
    }

    /// <summary>Counts events as their tenants' usage of the day. Each has a <see cref="CommitEvents.Usage"/>.</summary>
    public static NpgsqlBatchCommand CountUsage(IReadOnlyList<CommitEvents> events)
    {
        var command = new NpgsqlBatchCommand(CountUsageSql);
        command.Parameters
            .WithArray(Column(events, counted => counted.Usage!.Value.TenantId), NpgsqlDbType.Uuid)
            .WithArray(Column(events, counted => counted.Usage!.Value.Day), NpgsqlDbType.Date)
            .WithArray(Column(events, counted => counted.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(events, counted => (short)counted.Environment), NpgsqlDbType.Smallint)
            .WithArray(Column(events, counted => (long)counted.Count), NpgsqlDbType.Bigint);
        return command;
    }

    /// <summary>Writes deltas.</summary>
    public static NpgsqlBatchCommand InsertDeltas(IReadOnlyList<RollupDelta> deltas, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(InsertDeltasSql);
        command.Parameters
            .WithArray(Column(deltas, delta => delta.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(deltas, delta => (short)delta.Environment), NpgsqlDbType.Smallint)
            .WithArray(Column(deltas, delta => delta.Day), NpgsqlDbType.Date)
            .WithArray(Column(deltas, delta => delta.Id), NpgsqlDbType.Uuid)
            .WithArray(Column(deltas, delta => delta.Data), NpgsqlDbType.Bytea)
            .With(now);
        return command;
    }

    /// <summary>Which of the keys are new: those that a row names.</summary>
    public static bool[] ReadNewKeys(DbDataReader reader, IReadOnlyList<BatchKey> keys) =>
        ReadNew(reader, keys, key => key, row => new BatchKey(row.GetGuid(0), row.GetGuid(1)));

    /// <summary>Which of the installs are new: those that a row names.</summary>
    public static bool[] ReadNewInstalls(DbDataReader reader, IReadOnlyList<InstallClaim> claims) => ReadNew(
        reader,
        claims,
        claim => (claim.ProjectId, (short)claim.Environment, claim.Install),
        row => (row.GetGuid(0), row.GetInt16(1), row.GetInt64(2)));

    /// <summary>What each claim of quota got. Each of them writes its row, so each comes back.</summary>
    public static long[] ReadTaken(DbDataReader reader, IReadOnlyList<QuotaClaim> claims)
    {
        var places = Places(claims, claim => (claim.TenantId, claim.Month, (short)claim.Environment));
        var taken = new long[claims.Count];
        while (reader.Read())
            taken[TakePlace(places, (reader.GetGuid(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt16(3)))] = reader.GetInt64(0);
        return places.Count == 0
            ? taken
            : throw new InvalidOperationException("The statement that takes quota returned fewer rows than there are claims.");
    }

    private static bool[] ReadNew<TClaim, TKey>(
        DbDataReader reader, IReadOnlyList<TClaim> claims, Func<TClaim, TKey> keyOf, Func<DbDataReader, TKey> readKey)
        where TKey : notnull
    {
        var places = Places(claims, keyOf);
        var isNew = new bool[claims.Count];
        while (reader.Read())
            isNew[TakePlace(places, readKey(reader))] = true;
        return isNew;
    }

    private static Dictionary<TKey, int> Places<TClaim, TKey>(IReadOnlyList<TClaim> claims, Func<TClaim, TKey> keyOf)
        where TKey : notnull
    {
        var places = new Dictionary<TKey, int>(claims.Count);
        for (var i = 0; i < claims.Count; i++)
            places.Add(keyOf(claims[i]), i);
        return places;
    }

    private static int TakePlace<TKey>(Dictionary<TKey, int> places, TKey key)
        where TKey : notnull =>
        places.Remove(key, out var place) ? place : throw new InvalidOperationException("A statement returned a row that no claim is about.");

    private static TValue[] Column<T, TValue>(IReadOnlyList<T> rows, Func<T, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }
}
