using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Keys;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>keys</c>. Key lookup is a hot path, so each database has its own <paramref name="lookup"/>.</summary>
internal sealed class KeyTable(AccountDatabase database, IKeyLookup lookup) : IKeyStore
{
    private const string IsValid = "revoked_at is null and (expires_at is null or expires_at > @now)";
    private const string Insert =
        """
        insert into keys (project_id, id, kind, hash, shown, created_at, created_by)
        values (@ProjectId, @KeyId, @Kind, @Hash, @Shown, @CreatedAt, @accountId)
        """;

    private static readonly TimeSpan ListedAfterEnd = TimeSpan.FromDays(90);

    public Task<IReadOnlyList<ProjectKeyInfo>> ListAsync(Guid projectId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<ProjectKeyInfo>(
                """
                select id, kind, shown, created_at, last_used_at, expires_at, revoked_at from keys
                where project_id = @projectId
                    and (revoked_at is null or revoked_at > @since) and (expires_at is null or expires_at > @since) order by id desc
                """,
                new { projectId, since = now - ListedAfterEnd }),
            cancellationToken);

    public Task<ProjectKey?> FindKeyAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        lookup.FindKeyAsync(hash, now, cancellationToken);

    public Task<bool> EnsureAsync(NewKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(async sql => await InsertAsync(sql, key, null, "on conflict (hash) do nothing") == 1, cancellationToken);

    public Task<bool> AddAsync(NewKey key, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = await LockAsync(sql, key.ProjectId, line.By);
                if (tenantId is null || await CountAsync(sql, key.ProjectId, key.CreatedAt) >= Limits.KeysPerProject)
                    return false;
                await InsertAsync(sql, key, line.By.AccountId);
                await AuditTable.AddAsync(sql, tenantId.Value, line);
                return true;
            },
            cancellationToken);

    public Task<KeyRotation> RotateAsync(
        Guid projectId, Guid keyId, DateTimeOffset oldEndsAt, Func<KeyKind, NewKey> make, AuditLine line,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = await LockAsync(sql, projectId, line.By);
                var kind = await sql.ValueAsync<int?>(
                    $"select kind from keys where project_id = @projectId and id = @keyId and {IsValid}",
                    new { projectId, keyId, now = line.At });
                if (tenantId is null || kind is null)
                    return default;
                var replaced = oldEndsAt > line.At ? 0 : 1;
                if (await CountAsync(sql, projectId, line.At) - replaced >= Limits.KeysPerProject)
                    return new KeyRotation(LimitReached: true);
                var key = make((KeyKind)kind.Value);
                await InsertAsync(sql, key, line.By.AccountId);
                // A key that expires sooner keeps its expiry.
                await sql.ExecuteAsync(
                    """
                    update keys set expires_at = @oldEndsAt
                    where project_id = @projectId and id = @keyId and (expires_at is null or expires_at > @oldEndsAt)
                    """,
                    new { projectId, keyId, oldEndsAt });
                await AuditTable.AddAsync(sql, tenantId.Value, line);
                return new KeyRotation(key);
            },
            cancellationToken);

    public Task<bool> RevokeAsync(Guid projectId, Guid keyId, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = await LockAsync(sql, projectId, line.By);
                var revoked = await sql.ExecuteAsync(
                    $"update keys set revoked_at = @now where project_id = @projectId and id = @keyId and {IsValid}",
                    new { projectId, keyId, now = line.At });
                if (tenantId is null || revoked == 0)
                    return false;
                await AuditTable.AddAsync(sql, tenantId.Value, line);
                return true;
            },
            cancellationToken);

    public Task TouchAsync(IReadOnlyCollection<KeyUse> uses, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                // Updated in the order of ids, so that two replicas that update the same keys can't deadlock.
                foreach (var use in uses.OrderBy(use => use.KeyId))
                {
                    await sql.ExecuteAsync(
                        """
                        update keys set last_used_at = @At
                        where project_id = @ProjectId and id = @KeyId and (last_used_at is null or last_used_at < @At)
                        """,
                        new { use.At, use.ProjectId, use.KeyId });
                }

                return uses.Count;
            },
            cancellationToken);

    /// <summary>
    /// Ends the valid read keys that an account created in a tenant if <paramref name="ends"/> is set, with a line in the audit log for
    /// each. Returns the description for the line of the member.
    /// </summary>
    public static async Task<string?> LeaveReadKeysAsync(Sql sql, Guid tenantId, Guid accountId, bool ends, AuditLine line)
    {
        var keys = await sql.ListAsync<CreatedKey>(
            $"""
            select project_id, id from keys
            where project_id in (select id from projects where tenant_id = @tenantId and deleted_at is null)
                and created_by = @accountId and kind = {(int)KeyKind.Read} and {IsValid}
            order by id
            """,
            new { tenantId, accountId, now = line.At });
        foreach (var key in ends ? keys : [])
        {
            await sql.ExecuteAsync(
                "update keys set revoked_at = @At where project_id = @ProjectId and id = @Id", new { line.At, key.ProjectId, key.Id });
            await AuditTable.AddAsync(
                sql, tenantId,
                line with { Action = AuditActions.KeyRevoked, Target = key.Id.ToString(), Detail = $"of project {key.ProjectId}" });
        }

        return keys.Count == 0 ? null : $"read keys of the member: {keys.Count} {(ends ? "ended" : "still valid")}";
    }

    private static Task<int> InsertAsync(Sql sql, NewKey key, Guid? accountId, string suffix = "") =>
        sql.ExecuteAsync(
            $"{Insert} {suffix}", new { key.ProjectId, key.KeyId, key.Kind, key.Hash, key.Shown, key.CreatedAt, accountId });

    private static Task<long> CountAsync(Sql sql, Guid projectId, DateTimeOffset now) =>
        sql.ValueAsync<long>($"select count(*) from keys where project_id = @projectId and {IsValid}", new { projectId, now });

    // The tenant is locked before its project, as in changes of its plan and its members.
    private async Task<Guid?> LockAsync(Sql sql, Guid projectId, Actor by)
    {
        var tenantId = await sql.ValueAsync<Guid?>(
            "select tenant_id from projects where id = @projectId and deleted_at is null", new { projectId });
        if (tenantId is null)
            return null;
        await MemberTable.LockTenantAsync(sql, database, tenantId.Value, by);
        return await sql.ValueAsync<Guid?>(
            $"select tenant_id from projects where id = @projectId and deleted_at is null{database.ForUpdate}", new { projectId });
    }

    private sealed class CreatedKey
    {
        public Guid ProjectId { get; init; }

        public Guid Id { get; init; }
    }
}
