using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>tenants</c>.</summary>
internal sealed class TenantTable(AccountDatabase database) : ITenants
{
    public Task<Tenant?> FindAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, tenantId), cancellationToken);

    public Task<Membership?> FindMembershipAsync(Guid tenantId, Guid accountId, CancellationToken cancellationToken) =>
        FindMembershipAsync("t.id = @tenantId", new { tenantId, accountId }, cancellationToken);

    public Task<Membership?> FindMembershipOfProjectAsync(Guid projectId, Guid accountId, CancellationToken cancellationToken) =>
        FindMembershipAsync(
            "t.id = (select p.tenant_id from projects p where p.id = @projectId and p.deleted_at is null)",
            new { projectId, accountId },
            cancellationToken);

    public Task<IReadOnlyList<Membership>> ListOfAsync(Guid accountId, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => ListMembershipsAsync(sql, "true", new { accountId }), cancellationToken);

    public Task<IReadOnlyList<Tenant>> ListAsync(Guid? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Tenant>(
                $"select {Columns("t")} from tenants t where t.deleted_at is null and t.id > @after order by t.id limit @limit",
                new { after = after ?? Guid.Empty, limit }),
            cancellationToken);

    public Task<bool> CreateAsync(
        Guid tenantId, string name, PlanId planId, Guid ownerId, Func<IReadOnlyList<Membership>, bool> gate, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await sql.ValueAsync<Guid>($"select id from accounts where id = @ownerId{database.ForUpdate}", new { ownerId });
                return gate(await ListMembershipsAsync(sql, "true", new { accountId = ownerId }))
                    && await CreateAsync(sql, database, tenantId, name, planId, ownerId, now) > 0;
            },
            cancellationToken);

    public Task<bool> HasOwnerAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => HasOwnerAsync(sql, tenantId), cancellationToken);

    public Task RenameAsync(Guid tenantId, string name, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
                await sql.ExecuteAsync("update tenants set name = @name where id = @tenantId", new { tenantId, name })
                + await AuditTable.AddAsync(sql, tenantId, line),
            cancellationToken);

    public Task<Tenant?> SetPlanAsync(
        Guid tenantId, PlanId planId, CustomLimits custom, AuditLine line, Func<bool> isInTime, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (await FindAsync(sql, tenantId, database.ForUpdate) is not { } before)
                    return null;
                if (!isInTime())
                    throw new TooLateException("The plan is not changed, because the caller doesn't wait for it any more.");
                var isSame = before.PlanId == planId && before.Plan.Custom == custom;
                if (isSame && before.PlanByOperator)
                    return before;
                var after = isSame ? before : before.WithPlan(planId, custom, line.At);
                return await StorePlanAsync(sql, BilledPlan.WithoutOverage(after) with { PlanByOperator = true }, line);
            },
            cancellationToken);

    public Task<Tenant?> LiftPlanAsync(Guid tenantId, AuditLine line, Func<bool> isInTime, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (await FindAsync(sql, tenantId, database.ForUpdate) is not { } before)
                    return null;
                if (!isInTime())
                    throw new TooLateException("The plan is not changed, because the caller doesn't wait for it any more.");
                if (!before.PlanByOperator)
                    return before;
                var after = await BillingTable.FollowAsync(sql, database, before with { PlanByOperator = false }, line.At);
                return await StorePlanAsync(sql, after, line with { Detail = $"to {after.Plan.Plan.Code}" });
            },
            cancellationToken);

    public async Task<int> SuspendSurplusAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // No plan allows less, so all others are within theirs, unless they have limits of their own.
        var (members, projects) = (PlanTable.All.Min(plan => plan.Members), PlanTable.All.Min(plan => plan.Projects));
        var tenants = await database.ReadAsync(
            sql => sql.ListAsync<Guid>(
                """
                select t.id from tenants t
                where t.deleted_at is null and (
                    t.custom_members is not null or t.custom_projects is not null
                    or (select count(*) from members m where m.tenant_id = t.id and m.suspended_at is null) > @members
                    or (select count(*) from projects p
                        where p.tenant_id = t.id and p.deleted_at is null and p.suspended_at is null) > @projects)
                order by t.id
                """,
                new { members, projects }),
            cancellationToken);
        foreach (var tenantId in tenants)
        {
            await database.WriteAsync(
                async sql =>
                {
                    await FindAsync(sql, tenantId, database.ForUpdate);
                    await Suspensions.UpdateAsync(sql, tenantId, now);
                    return true;
                },
                cancellationToken);
        }

        return tenants.Count;
    }

    public Task<IReadOnlyList<Tenant>> ListSuspendedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Tenant>(
                $"""
                select {Columns("t")} from tenants t
                where t.deleted_at is null and t.id in (
                    select tenant_id from members where suspended_at is not null
                    union select tenant_id from projects where suspended_at is not null and deleted_at is null)
                order by t.id
                """),
            cancellationToken);

    public Task<IReadOnlyList<Tenant>> ListWithoutDowngradeNoticeAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Tenant>(
                $"""
                select {Columns("t")} from tenants t
                where t.deleted_at is null and t.downgraded_at is not null and t.downgrade_notice_at is null order by t.id
                """),
            cancellationToken);

    public Task<bool> SetDowngradeNoticeAsync(
        Guid tenantId, DateTimeOffset downgradedAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                """
                update tenants set downgrade_notice_at = @now
                where id = @tenantId and downgraded_at = @downgradedAt and downgrade_notice_at is null
                """,
                new { tenantId, downgradedAt, now }) > 0,
            cancellationToken);

    public async Task<Removed> DeleteAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deletion = await database.WriteAsync(
            async sql =>
            {
                if (await FindAsync(sql, tenantId, database.ForUpdate) is { PlanId: PlanId.Free })
                    await UsageTable.KeepSpentAsync(sql, database, tenantId, now);
                return await BeginDeletionAsync(sql, tenantId, now);
            },
            cancellationToken);
        return await deletion.FinishAsync(database, cancellationToken);
    }

    public static string Columns(string alias) =>
        $"""
        {alias}.id, {alias}.name, {alias}.created_at, {alias}.plan as plan_id, {alias}.monthly_quota as custom_events_per_month,
        {alias}.custom_kept_days, {alias}.custom_members, {alias}.custom_projects, {alias}.downgraded_at, {alias}.kept_days_before,
        {alias}.downgrade_notice_at, {alias}.plan_by_operator, {alias}.overage_events, {alias}.interim_month, {alias}.interim_quota,
        {alias}.interim_overage
        """;

    /// <summary>
    /// Stores the plan of a tenant that is locked, and suspends or resumes what the plan requires. Returns the tenant as it is stored:
    /// PostgreSQL rounds times to microseconds, and notices are identified by the time of the downgrade.
    /// </summary>
    public static async Task<Tenant> StorePlanAsync(Sql sql, Tenant tenant, AuditLine line)
    {
        await UpdatePlanAsync(sql, tenant);
        await Suspensions.UpdateAsync(sql, tenant.Id, line.At);
        await AuditTable.AddAsync(sql, tenant.Id, line);
        return await FindAsync(sql, tenant.Id) ?? throw new InvalidOperationException("The tenant was deleted although it is locked.");
    }

    /// <summary>Stores the plan of a tenant that is locked.</summary>
    public static Task<int> UpdatePlanAsync(Sql sql, Tenant tenant) =>
        sql.ExecuteAsync(
            """
            update tenants set plan = @PlanId, monthly_quota = @CustomEventsPerMonth, custom_kept_days = @CustomKeptDays,
                custom_members = @CustomMembers, custom_projects = @CustomProjects, downgraded_at = @DowngradedAt,
                kept_days_before = @KeptDaysBefore, downgrade_notice_at = @DowngradeNoticeAt, plan_by_operator = @PlanByOperator,
                overage_events = @OverageEvents, interim_month = @InterimMonth, interim_quota = @InterimQuota,
                interim_overage = @InterimOverage
            where id = @Id
            """,
            tenant);

    public static Task<Tenant?> FindAsync(Sql sql, Guid tenantId, string forUpdate = "") =>
        sql.FindAsync<Tenant>(
            $"select {Columns("t")} from tenants t where t.id = @tenantId and t.deleted_at is null{forUpdate}", new { tenantId });

    public static async Task<bool> HasOwnerAsync(Sql sql, Guid tenantId) =>
        await sql.ValueAsync<long>(
            $"select count(*) from members where tenant_id = @tenantId and role = {(int)Role.Owner}", new { tenantId }) > 0;

    public static async Task<int> CreateAsync(
        Sql sql, AccountDatabase database, Guid tenantId, string name, PlanId planId, Guid ownerId, DateTimeOffset now)
    {
        await sql.ExecuteAsync(
            "insert into tenants (id, name, plan, plan_by_operator, created_at) values (@tenantId, @name, @planId, @byOperator, @now)",
            new { tenantId, name, planId, byOperator = planId != PlanId.Free, now });
        await MemberTable.AddAsync(sql, tenantId, ownerId, Role.Owner, now);
        if (planId == PlanId.Free)
            await UsageTable.AddSpentAsync(sql, database, tenantId, ownerId, now);
        return await AuditTable.AddAsync(sql, tenantId, new AuditLine(new Actor(ownerId), AuditActions.TenantCreated, now));
    }

    /// <summary>
    /// Deletes a tenant except for its row, which is deleted after those of its projects, and the data of the projects, which must be
    /// deleted after the transaction with the returned <see cref="ProjectDeletion"/>.
    /// </summary>
    public static async Task<ProjectDeletion> BeginDeletionAsync(Sql sql, Guid tenantId, DateTimeOffset now)
    {
        var projects = await sql.ListAsync<Guid>(
            "select id from projects where tenant_id = @tenantId and deleted_at is null order by id", new { tenantId });
        var deletion = await ProjectTable.BeginDeletionAsync(sql, projects, now);
        foreach (var table in (string[])["api_tokens", "invitations", "members", "audit_log", "sent_notices", "usage", "usage_days"])
            await sql.ExecuteAsync($"delete from {table} where tenant_id = @tenantId", new { tenantId });
        await BillingTable.BeginDeletionAsync(sql, tenantId);
        await sql.ExecuteAsync("update tenants set deleted_at = @now, name = '' where id = @tenantId", new { tenantId, now });
        return deletion;
    }

    public static Task<IReadOnlyList<Membership>> ListMembershipsAsync(Sql sql, string condition, object parameters) =>
        sql.ListAsync<RoleRow, Tenant, Membership>(
            $"""
            select m.role, m.suspended_at, {Columns("t")} from members m join tenants t on t.id = m.tenant_id
            where m.account_id = @accountId and t.deleted_at is null and {condition} order by t.name, t.id
            """,
            (role, tenant) => new Membership(tenant, role.Role, role.SuspendedAt is not null),
            parameters);

    private Task<Membership?> FindMembershipAsync(string condition, object parameters, CancellationToken cancellationToken) =>
        database.ReadAsync(async sql => (await ListMembershipsAsync(sql, condition, parameters)).SingleOrDefault(), cancellationToken);

    internal sealed class RoleRow
    {
        public Role Role { get; init; }

        public DateTimeOffset? SuspendedAt { get; init; }
    }
}
