using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Suspends what a tenant has above its plan, the newest first, and resumes the rest.</summary>
internal static class Suspensions
{
    /// <summary>
    /// Must be called, with the tenant locked, after each change of its plan, its owner, its members or its projects. The owner is never
    /// suspended.
    /// </summary>
    public static async Task UpdateAsync(Sql sql, Guid tenantId, DateTimeOffset now)
    {
        if (await TenantTable.FindAsync(sql, tenantId) is not { Plan: var plan })
            return;
        await sql.ExecuteAsync(
            $"""
            with ranked as (
                select account_id, row_number() over (order by case role when {(int)Role.Owner} then 0 else 1 end, joined_at, account_id)
                    as place
                from members where tenant_id = @tenantId)
            update members set suspended_at = case when ranked.place > @most then @now end from ranked
            where members.tenant_id = @tenantId and members.account_id = ranked.account_id
                and (ranked.place > @most) <> (members.suspended_at is not null)
            """,
            new { tenantId, now, most = plan.Members ?? int.MaxValue });
        await sql.ExecuteAsync(
            """
            with ranked as (
                select id, row_number() over (order by created_at, id) as place
                from projects where tenant_id = @tenantId and deleted_at is null)
            update projects set suspended_at = case when ranked.place > @most then @now end from ranked
            where projects.tenant_id = @tenantId and projects.id = ranked.id
                and (ranked.place > @most) <> (projects.suspended_at is not null)
            """,
            new { tenantId, now, most = plan.Projects ?? int.MaxValue });
    }
}
