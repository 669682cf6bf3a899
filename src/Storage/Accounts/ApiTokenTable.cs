using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>api_tokens</c>.</summary>
internal sealed class ApiTokenTable(AccountDatabase database) : IApiTokens
{
    private const string Columns = "id, tenant_id, account_id, name, shown, scopes, created_at, expires_at, last_used_at";

    public Task<bool> AddAsync(ApiToken token, byte[] hash, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await MemberTable.LockTenantAsync(sql, database, token.TenantId, new Actor(token.AccountId));
                var count = await sql.ValueAsync<long>(
                    "select count(*) from api_tokens where account_id = @AccountId", new { token.AccountId });
                if (count >= Limits.TokensPerAccount)
                    return false;
                await sql.ExecuteAsync(
                    """
                    insert into api_tokens (tenant_id, id, account_id, name, hash, shown, scopes, created_at, expires_at)
                    values (@TenantId, @Id, @AccountId, @Name, @hash, @Shown, @Scopes, @CreatedAt, @ExpiresAt)
                    """,
                    new
                    {
                        token.TenantId, token.Id, token.AccountId, token.Name, hash, token.Shown, token.Scopes, token.CreatedAt,
                        token.ExpiresAt,
                    });
                await AuditTable.AddAsync(sql, token.TenantId, line);
                return true;
            },
            cancellationToken);

    public Task<TokenBearer?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql =>
            {
                var token = await sql.FindAsync<ApiToken>(
                    $"select {Columns} from api_tokens where hash = @hash and expires_at > @now",
                    new { hash, now });
                if (token is null)
                    return null;
                var account = await AccountTable.FindAsync(sql, token.AccountId);
                var memberships = await TenantTable.ListMembershipsAsync(
                    sql, "t.id = @tenantId", new { accountId = token.AccountId, tenantId = token.TenantId });
                return account is null || memberships.SingleOrDefault() is not { } membership
                    ? null
                    : new TokenBearer(token, account, membership);
            },
            cancellationToken);

    public Task TouchAsync(Guid tokenId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync("update api_tokens set last_used_at = @now where id = @tokenId", new { tokenId, now }),
            cancellationToken);

    public Task<IReadOnlyList<ApiToken>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<ApiToken>(
                $"select {Columns} from api_tokens where account_id = @accountId order by id desc", new { accountId }),
            cancellationToken);

    public Task<bool> RevokeAsync(Guid accountId, Guid tokenId, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = await sql.ValueAsync<Guid?>(
                    "delete from api_tokens where account_id = @accountId and id = @tokenId returning tenant_id",
                    new { accountId, tokenId });
                if (tenantId is null)
                    return false;
                await AuditTable.AddAsync(sql, tenantId.Value, line);
                return true;
            },
            cancellationToken);

    /// <summary>Revokes all tokens of an account and records the reason in the audit logs.</summary>
    public static async Task RevokeAllAsync(Sql sql, Guid accountId, string reason, DateTimeOffset now)
    {
        var revoked = await sql.ListAsync<ApiToken>(
            $"delete from api_tokens where account_id = @accountId returning {Columns}", new { accountId });
        foreach (var token in revoked)
        {
            var line = new AuditLine(new Actor(accountId), AuditActions.TokenRevoked, now, token.Id.ToString(), reason);
            await AuditTable.AddAsync(sql, token.TenantId, line);
        }
    }
}
