using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>members</c>.</summary>
internal sealed class MemberTable(AccountDatabase database) : IMembers
{
    public Task<IReadOnlyList<Member>> ListAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Member>(
                """
                select a.id as account_id, a.name, a.email, m.role, m.joined_at, m.suspended_at,
                       exists (select 1 from totp f where f.account_id = a.id and f.confirmed_at is not null) as has_totp
                from members m join accounts a on a.id = m.account_id where m.tenant_id = @tenantId order by m.role desc, a.name, a.id
                """,
                new { tenantId }),
            cancellationToken);

    public Task<bool> SetRoleAsync(Guid tenantId, Guid accountId, Role role, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var changed = await sql.ExecuteAsync(
                    $"""
                    update members set role = @role
                    where tenant_id = @tenantId and account_id = @accountId and role <> {(int)Role.Owner}
                    """,
                    new { tenantId, accountId, role });
                if (changed == 0)
                    return false;
                await AuditTable.AddAsync(sql, tenantId, line);
                await InvitationTable.RevokeOfAsync(sql, tenantId, accountId, role, line);
                return true;
            },
            cancellationToken);

    public Task<bool> RemoveAsync(
        Guid tenantId, Guid accountId, bool endReadKeys, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await TenantTable.FindAsync(sql, tenantId, database.ForUpdate);
                var removed = await sql.ExecuteAsync(
                    $"delete from members where tenant_id = @tenantId and account_id = @accountId and role <> {(int)Role.Owner}",
                    new { tenantId, accountId });
                if (removed == 0)
                    return false;
                await sql.ExecuteAsync(
                    "delete from api_tokens where tenant_id = @tenantId and account_id = @accountId", new { tenantId, accountId });
                var keys = await KeyTable.LeaveReadKeysAsync(sql, tenantId, accountId, endReadKeys, line);
                await AuditTable.AddAsync(sql, tenantId, line with { Detail = keys });
                await InvitationTable.RevokeOfAsync(sql, tenantId, accountId, role: null, line);
                await Suspensions.UpdateAsync(sql, tenantId, line.At);
                return true;
            },
            cancellationToken);

    public Task<bool> HandOverAsync(
        Guid tenantId, Guid fromAccountId, Guid toAccountId, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                // A unique index allows one owner, so the old owner is changed before the new one.
                await TenantTable.FindAsync(sql, tenantId, database.ForUpdate);
                if (!await HasAsync(sql, tenantId, toAccountId)
                    || await SetAsync(sql, tenantId, fromAccountId, Role.Owner, Role.Admin) == 0)
                    return false;
                await sql.ExecuteAsync(
                    "update members set role = @role where tenant_id = @tenantId and account_id = @toAccountId",
                    new { tenantId, toAccountId, role = Role.Owner });
                await Suspensions.UpdateAsync(sql, tenantId, line.At);
                await AuditTable.AddAsync(sql, tenantId, line);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// Locks a tenant for a change that gives access, so that a concurrent removal of the change's author is before or after it.
    /// </summary>
    /// <exception cref="MembershipEndedException">The author is an account that isn't a member.</exception>
    public static async Task LockTenantAsync(Sql sql, AccountDatabase database, Guid tenantId, Actor by)
    {
        await TenantTable.FindAsync(sql, tenantId, database.ForUpdate);
        if (by.AccountId is { } accountId && !await HasAsync(sql, tenantId, accountId))
            throw new MembershipEndedException();
    }

    public static Task<int> AddAsync(Sql sql, Guid tenantId, Guid accountId, Role role, DateTimeOffset now) =>
        sql.ExecuteAsync(
            """
            insert into members (tenant_id, account_id, role, joined_at) values (@tenantId, @accountId, @role, @now)
            on conflict (tenant_id, account_id) do nothing
            """,
            new { tenantId, accountId, role, now });

    public static async Task<int> CountAsync(Sql sql, Guid tenantId) =>
        (int)await sql.ValueAsync<long>("select count(*) from members where tenant_id = @tenantId", new { tenantId });

    private static async Task<bool> HasAsync(Sql sql, Guid tenantId, Guid accountId) =>
        await sql.ValueAsync<long>(
            "select count(*) from members where tenant_id = @tenantId and account_id = @accountId", new { tenantId, accountId }) > 0;

    private static Task<int> SetAsync(Sql sql, Guid tenantId, Guid accountId, Role from, Role to) =>
        sql.ExecuteAsync(
            "update members set role = @to where tenant_id = @tenantId and account_id = @accountId and role = @from",
            new { tenantId, accountId, from, to });
}
