using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using TelemetryKit.Core;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Storage.Projects;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// The statements of a commit. Statements that lock rows also locked by other commits do so in the order of the key, which prevents
/// deadlocks. The order of returned rows is undefined: each row contains the key of the request to which it belongs.
/// </summary>
internal static class CommitStatements
{
    private const string ReserveKeysSql =
        """
        insert into batch_keys (project_id, key, received_at)
        select project_id, key, $3 from unnest($1, $2) as request (project_id, key) order by project_id, key
        on conflict do nothing
        returning project_id, key
        """;

    // Without "on conflict", which doubles the cost of each key: a key that isn't new violates the primary key.
    private const string ReserveAllKeysSql =
        """
        insert into batch_keys (project_id, key, received_at)
        select project_id, key, $3 from unnest($1, $2) as request (project_id, key) order by project_id, key
        """;

    // Adds everything that is wanted; "commit_requires" raises QuotaConflict if that exceeds the quota. One statement, because nearly
    // every commit runs it.
    private const string ReserveAllQuotaSql =
        """
        insert into usage as u (tenant_id, month, env, accepted, taken, quota)
        select tenant_id, month, env, wanted, wanted, quota
        from unnest($1, $2, $3, $4, $5) as request (tenant_id, month, wanted, quota, env)
        order by tenant_id, month, env
        on conflict (tenant_id, month, env) do update set
            accepted = u.accepted + excluded.taken, taken = excluded.taken, quota = excluded.quota
        returning commit_requires(least(accepted, quota), accepted)
        """;

    private const string ReserveQuotaSql =
        """
        insert into usage as u (tenant_id, month, env, accepted, taken, quota)
        select tenant_id, month, env, greatest(0, least(wanted, quota)), greatest(0, least(wanted, quota)), quota
        from unnest($1, $2, $3, $4, $5) as request (tenant_id, month, wanted, quota, env)
        order by tenant_id, month, env
        on conflict (tenant_id, month, env) do update set
            accepted = u.accepted + greatest(0, least(excluded.taken, excluded.quota - u.accepted)),
            taken = greatest(0, least(excluded.taken, excluded.quota - u.accepted)),
            quota = excluded.quota
        returning taken, tenant_id, month, env
        """;

    private const string CountKeysSql =
        """
        select count(*) from unnest($1, $2) as request (project_id, key)
        join batch_keys b on b.project_id = request.project_id and b.key = request.key
        """;

    private const string ReleaseKeysSql =
        """
        delete from batch_keys b using unnest($1, $2) as released (project_id, key)
        where b.project_id = released.project_id and b.key = released.key
        """;

    private const string ReleaseQuotaSql =
        """
        update usage u set accepted = u.accepted - released.events
        from unnest($1, $2, $3, $4) as released (tenant_id, month, events, env)
        where u.tenant_id = released.tenant_id and u.month = released.month and u.env = released.env
        """;

    private const string CountUsageSql =
        """
        insert into usage_days as u (tenant_id, day, project_id, env, accepted)
        select tenant_id, day, project_id, env, accepted
        from unnest($1, $2, $3, $4, $5) as counted (tenant_id, day, project_id, env, accepted)
        on conflict (tenant_id, day, project_id, env) do update set accepted = u.accepted + excluded.accepted
        """;

    // After the quota was reserved and released, so "accepted" is that of this transaction, which holds the lock of the row.
    // What a plan includes that became larger a moment ago isn't billed.
    private static readonly string CountOverageSql =
        $"""
        insert into overage_hours as o (tenant_id, hour, events)
        select billed.tenant_id, billed.hour,
            greatest(0, u.accepted - billed.included) - greatest(0, u.accepted - billed.accepted - billed.included)
        from (
            select b.tenant_id, b.month, b.hour, b.accepted, greatest(
                b.included, {CurrentQuota.In("cast(to_char(b.month, 'YYYYMM') as integer)")}) as included
            from unnest($1, $2, $3, $4, $5) as b (tenant_id, month, hour, included, accepted)
            left join tenants t on t.id = b.tenant_id and t.overage_events is not null
        ) as billed
        join usage u on u.tenant_id = billed.tenant_id and u.month = billed.month and u.env = 0
        where u.accepted > billed.included
        on conflict (tenant_id, hour) do update set events = o.events + excluded.events
        """;

    // The join skips the installs that don't change, which "on conflict" would lock. A first day without counters was purged and doesn't
    // move; one that was added since the join has counters.
    private const string AddInstallsSql =
        """
        insert into installs as i (project_id, env, install, first_day)
        select s.project_id, s.env, s.install, s.first_day
        from unnest($1, $2, $3, $4) as s (project_id, env, install, first_day)
        left join installs k on k.project_id = s.project_id and k.env = s.env and k.install = s.install
        where k.first_day is null or (s.first_day < k.first_day and (
            exists (select from rollups r where r.project_id = k.project_id and r.env = k.env and r.day = k.first_day)
            or exists (select from rollup_deltas d where d.project_id = k.project_id and d.env = k.env and d.day = k.first_day)))
        order by s.project_id, s.env, s.install
        on conflict (project_id, env, install) do update set first_day = excluded.first_day, moved_from = i.first_day
            where excluded.first_day < i.first_day
        returning project_id, env, install, moved_from
        """;

    // A statement of its own before the generations are read: the snapshot of a statement is older than the locks that it takes.
    private const string LockScopesSql = "select pg_advisory_xact_lock_shared(key) from unnest($1) as key";

    private const string GenerationOfScope =
        "coalesce((select g.generation from install_generations g where g.project_id = s.project_id and g.env = s.env), 0)";

    private const string ReadGenerationsSql =
        $"select s.project_id, s.env, {GenerationOfScope} from unnest($1, $2) as s (project_id, env)";

    // Raises QuotaConflict if a generation isn't the expected one (migration 0008). The server would plan a query on the array of scopes
    // each time, which costs more than the query; the statements of the function keep their plans.
    private const string ConfirmGenerationsSql = "select commit_confirms($1, $2, $3, $4)";

    private const string InsertDeltasSql =
        """
        insert into rollup_deltas (project_id, env, day, id, committed_at, data)
        select project_id, env, day, id, $6, data from unnest($1, $2, $3, $4, $5) as delta (project_id, env, day, id, data)
        """;

    // The SQLSTATE raised by the function commit_requires (migration 0004).
    private const string QuotaConflict = "TK001";

    /// <summary>
    /// Whether the fault means that a key of a commit in one step isn't new, that its quota doesn't fit, or that installs were deleted.
    /// </summary>
    public static bool IsConflict(PostgresException fault) =>
        fault.SqlState == QuotaConflict || fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "batch_keys_pkey" };

    /// <summary>
    /// Reserves all keys. If one isn't new, the statement fails (<see cref="IsConflict"/>) and the transaction is rolled back.
    /// </summary>
    public static NpgsqlBatchCommand ReserveAllKeys(IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt) =>
        ReserveKeys(ReserveAllKeysSql, keys, receivedAt);

    /// <summary>Reserves all quota. If some doesn't fit, the statement fails like <see cref="ReserveAllKeys"/>.</summary>
    public static NpgsqlBatchCommand ReserveAllQuota(IReadOnlyList<QuotaRequest> requests) => ReserveQuota(ReserveAllQuotaSql, requests);

    /// <summary>Reserves the keys that are new and returns them, for <see cref="ReadNewKeys"/>.</summary>
    public static NpgsqlBatchCommand ReserveKeys(IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt) =>
        ReserveKeys(ReserveKeysSql, keys, receivedAt);

    /// <summary>Counts the keys that are stored.</summary>
    public static NpgsqlCommand CountKeys(NpgsqlConnection connection, IReadOnlyList<BatchKey> keys)
    {
        var command = new NpgsqlCommand(CountKeysSql, connection);
        command.Parameters
            .WithArray(Column(keys, key => key.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(keys, key => key.Key), NpgsqlDbType.Uuid);
        return command;
    }

    private static NpgsqlBatchCommand ReserveKeys(string sql, IReadOnlyList<BatchKey> keys, DateTimeOffset receivedAt)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .WithArray(Column(keys, key => key.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(keys, key => key.Key), NpgsqlDbType.Uuid)
            .With(receivedAt);
        return command;
    }

    /// <summary>Releases keys.</summary>
    public static NpgsqlBatchCommand ReleaseKeys(IReadOnlyList<BatchKey> keys)
    {
        var command = new NpgsqlBatchCommand(ReleaseKeysSql);
        command.Parameters
            .WithArray(Column(keys, key => key.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(keys, key => key.Key), NpgsqlDbType.Uuid);
        return command;
    }

    /// <summary>Reserves quota as far as it fits and returns the granted number for each request, for <see cref="ReadGranted"/>.</summary>
    public static NpgsqlBatchCommand ReserveQuota(IReadOnlyList<QuotaRequest> requests) => ReserveQuota(ReserveQuotaSql, requests);

    private static NpgsqlBatchCommand ReserveQuota(string sql, IReadOnlyList<QuotaRequest> requests)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters
            .WithArray(Column(requests, request => request.TenantId), NpgsqlDbType.Uuid)
            .WithArray(Column(requests, request => request.Month), NpgsqlDbType.Date)
            .WithArray(Column(requests, request => request.Wanted), NpgsqlDbType.Bigint)
            .WithArray(Column(requests, request => request.Limit), NpgsqlDbType.Bigint)
            .WithArray(Column(requests, request => (short)request.Environment), NpgsqlDbType.Smallint);
        return command;
    }

    /// <summary>Releases quota. Its rows are locked already, so their order doesn't matter.</summary>
    public static NpgsqlBatchCommand ReleaseQuota(IReadOnlyList<QuotaRelease> quotas)
    {
        var command = new NpgsqlBatchCommand(ReleaseQuotaSql);
        command.Parameters
            .WithArray(Column(quotas, quota => quota.TenantId), NpgsqlDbType.Uuid)
            .WithArray(Column(quotas, quota => quota.Month), NpgsqlDbType.Date)
            .WithArray(Column(quotas, quota => quota.Events), NpgsqlDbType.Bigint)
            .WithArray(Column(quotas, quota => (short)quota.Environment), NpgsqlDbType.Smallint);
        return command;
    }

    /// <summary>
    /// Takes the shared locks of the scopes until the transaction ends. Must come before their generations are read: then a deletion that
    /// has committed is seen, and one that commits later waits for this transaction.
    /// </summary>
    public static NpgsqlBatchCommand LockScopes(IEnumerable<InstallScope> scopes)
    {
        var command = new NpgsqlBatchCommand(LockScopesSql);
        command.Parameters.WithArray(LockKeysOf(scopes), NpgsqlDbType.Bigint);
        return command;
    }

    /// <summary>Reads the generations of installs, for <see cref="ReadGenerations(DbDataReader, IReadOnlyList{InstallScope})"/>.</summary>
    public static NpgsqlBatchCommand ReadGenerations(IReadOnlyList<InstallScope> scopes)
    {
        var command = new NpgsqlBatchCommand(ReadGenerationsSql);
        AddScopes(command, scopes, scope => scope);
        return command;
    }

    /// <summary>
    /// Takes the locks of the scopes, like <see cref="LockScopes"/>, and then reads their generations. If one isn't the given one, the
    /// statement fails (<see cref="IsConflict"/>).
    /// </summary>
    public static NpgsqlBatchCommand LockScopesAndConfirmGenerations(IReadOnlyList<InstallGeneration> generations)
    {
        var command = new NpgsqlBatchCommand(ConfirmGenerationsSql);
        command.Parameters.WithArray(LockKeysOf(generations.Select(generation => generation.Scope)), NpgsqlDbType.Bigint);
        AddScopes(command, generations, generation => generation.Scope);
        command.Parameters.WithArray(Column(generations, generation => generation.Generation), NpgsqlDbType.Bigint);
        return command;
    }

    // In their order, which prevents deadlocks.
    private static long[] LockKeysOf(IEnumerable<InstallScope> scopes) =>
        [.. scopes.Select(scope => ProjectLock.CommitKeyOf(scope.ProjectId, scope.Environment)).Distinct().Order()];

    private static void AddScopes<T>(NpgsqlBatchCommand command, IReadOnlyList<T> items, Func<T, InstallScope> scopeOf) =>
        command.Parameters
            .WithArray(Column(items, item => scopeOf(item).ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(items, item => (short)scopeOf(item).Environment), NpgsqlDbType.Smallint);

    /// <summary>Adds installs or moves their first days, and returns those that changed, for <see cref="ReadChanges"/>.</summary>
    public static NpgsqlBatchCommand AddInstalls(IReadOnlyList<SeenInstall> installs)
    {
        var command = new NpgsqlBatchCommand(AddInstallsSql);
        command.Parameters
            .WithArray(Column(installs, install => install.ProjectId), NpgsqlDbType.Uuid)
            .WithArray(Column(installs, install => (short)install.Environment), NpgsqlDbType.Smallint)
            .WithArray(Column(installs, install => install.Install), NpgsqlDbType.Bigint)
            .WithArray(Column(installs, install => install.Day), NpgsqlDbType.Date);
        return command;
    }

    /// <summary>Adds events to their tenants' usage by day. Each element must have a <see cref="CommitEvents.Usage"/>.</summary>
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

    /// <summary>
    /// Counts the billed events by hour. Must come after the statements that reserve and release quota. Rows of an hour are locked only by
    /// the transaction that has the lock of the tenant's usage, so their order doesn't matter.
    /// </summary>
    public static NpgsqlBatchCommand CountOverage(IReadOnlyList<BilledEvents> billed)
    {
        var command = new NpgsqlBatchCommand(CountOverageSql);
        command.Parameters
            .WithArray(Column(billed, events => events.TenantId), NpgsqlDbType.Uuid)
            .WithArray(Column(billed, events => events.Month), NpgsqlDbType.Date)
            .WithArray(Column(billed, events => events.Count.Hour), NpgsqlDbType.TimestampTz)
            .WithArray(Column(billed, events => events.Count.Included), NpgsqlDbType.Bigint)
            .WithArray(Column(billed, events => events.Accepted), NpgsqlDbType.Bigint);
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

    /// <summary>Reads which keys are new: those that are returned in a row.</summary>
    public static bool[] ReadNewKeys(DbDataReader reader, IReadOnlyList<BatchKey> keys)
    {
        var indices = IndexByKey(keys, key => key);
        var isNew = new bool[keys.Count];
        while (reader.Read())
            isNew[RemoveIndex(indices, new(reader.GetGuid(0), reader.GetGuid(1)))] = true;
        return isNew;
    }

    /// <summary>Reads the generation of each scope. Every scope has a row.</summary>
    public static long[] ReadGenerations(DbDataReader reader, IReadOnlyList<InstallScope> scopes)
    {
        var indices = IndexByKey(scopes, scope => scope);
        var generations = new long[scopes.Count];
        while (reader.Read())
            generations[RemoveIndex(indices, new(reader.GetGuid(0), (DataEnvironment)reader.GetInt16(1)))] = reader.GetInt64(2);
        return indices.Count == 0
            ? generations
            : throw new InvalidOperationException("The statement that reads generations returned fewer rows than there are scopes.");
    }

    /// <summary>Reads the changes of first days: those that are returned in a row.</summary>
    public static FirstDayChange[] ReadChanges(DbDataReader reader, IReadOnlyList<SeenInstall> installs)
    {
        var indices = IndexByKey(installs, install => (install.ProjectId, (short)install.Environment, install.Install));
        var changes = new FirstDayChange[installs.Count];
        while (reader.Read())
        {
            changes[RemoveIndex(indices, (reader.GetGuid(0), reader.GetInt16(1), reader.GetInt64(2)))] =
                new(true, reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3));
        }

        return changes;
    }

    /// <summary>
    /// Reads the number of events that each quota request was granted. Every request writes a row, so every one is returned.
    /// </summary>
    public static long[] ReadGranted(DbDataReader reader, IReadOnlyList<QuotaRequest> requests)
    {
        var indices = IndexByKey(requests, request => (request.TenantId, request.Month, (short)request.Environment));
        var granted = new long[requests.Count];
        while (reader.Read())
            granted[RemoveIndex(indices, (reader.GetGuid(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt16(3)))] = reader.GetInt64(0);
        return indices.Count == 0
            ? granted
            : throw new InvalidOperationException("The statement that reserves quota returned fewer rows than there are requests.");
    }

    private static Dictionary<TKey, int> IndexByKey<TItem, TKey>(IReadOnlyList<TItem> items, Func<TItem, TKey> keyOf)
        where TKey : notnull
    {
        var indices = new Dictionary<TKey, int>(items.Count);
        for (var i = 0; i < items.Count; i++)
            indices.Add(keyOf(items[i]), i);
        return indices;
    }

    // Removes the index, so that a key that is returned twice is a fault as well.
    private static int RemoveIndex<TKey>(Dictionary<TKey, int> indices, TKey key)
        where TKey : notnull =>
        indices.Remove(key, out var index)
            ? index
            : throw new InvalidOperationException("A statement returned a row that belongs to no request.");

    private static TValue[] Column<T, TValue>(IReadOnlyList<T> rows, Func<T, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }
}
