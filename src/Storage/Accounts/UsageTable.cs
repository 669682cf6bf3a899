using System.Globalization;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>Reads the tables <c>usage</c> and <c>usage_days</c>, which commits write.</summary>
internal sealed class UsageTable(AccountDatabase database) : IUsage
{
    /// <summary>
    /// Moves the usage of a deleted project to the project id 0, which represents all deleted projects. The quota remains used, and the
    /// sums of the days still equal the totals.
    /// </summary>
    public static async Task DetachProjectAsync(Sql sql, Guid projectId)
    {
        const string OfProject = "project_id = @projectId and tenant_id = (select tenant_id from projects where id = @projectId)";
        var parameters = new { projectId, deleted = Guid.Empty };
        await sql.ExecuteAsync(
            $"""
            insert into usage_days (tenant_id, day, project_id, env, accepted)
            select tenant_id, day, @deleted, env, accepted from usage_days where {OfProject} order by day, env
            on conflict (tenant_id, day, project_id, env) do update set accepted = usage_days.accepted + excluded.accepted
            """,
            parameters);
        await sql.ExecuteAsync($"delete from usage_days where {OfProject}", parameters);
    }

    /// <summary>
    /// Stores what a tenant used of the current month for its owner, before the tenant is deleted. Otherwise a tenant on the Free plan
    /// could be deleted and created again for another quota.
    /// </summary>
    public static async Task KeepSpentAsync(Sql sql, AccountDatabase database, Guid tenantId, DateTimeOffset now)
    {
        var parameters = new { tenantId, month = Text(QuotaMonth.Of(now).FirstDay) };
        await sql.ExecuteAsync(
            $"""
            delete from spent_quotas where month < {database.Day("@month")} and account_id in
                (select account_id from members where tenant_id = @tenantId and role = {(int)Role.Owner})
            """,
            parameters);
        await sql.ExecuteAsync(
            $"""
            insert into spent_quotas (account_id, month, env, accepted)
            select m.account_id, u.month, u.env, u.accepted
            from usage u join members m on m.tenant_id = u.tenant_id and m.role = {(int)Role.Owner}
            where u.tenant_id = @tenantId and u.month = {database.Day("@month")}
            on conflict (account_id, month, env) do update
                set accepted = excluded.accepted where excluded.accepted > spent_quotas.accepted
            """,
            parameters);
    }

    /// <summary>Adds what deleted tenants of the owner used of the current month to a new tenant, as that of deleted projects.</summary>
    public static async Task AddSpentAsync(Sql sql, AccountDatabase database, Guid tenantId, Guid ownerId, DateTimeOffset now)
    {
        var parameters = new { tenantId, ownerId, deleted = Guid.Empty, month = Text(QuotaMonth.Of(now).FirstDay) };
        var spent = $"from spent_quotas where account_id = @ownerId and month = {database.Day("@month")}";
        await sql.ExecuteAsync(
            $"insert into usage (tenant_id, month, env, accepted) select @tenantId, month, env, accepted {spent}", parameters);
        await sql.ExecuteAsync(
            $"""
            insert into usage_days (tenant_id, day, project_id, env, accepted)
            select @tenantId, month, @deleted, env, accepted {spent}
            """,
            parameters);
    }

    public Task<IReadOnlyList<TenantUsage>> ListTenantsAsync(DateOnly month, long atLeast, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<AcceptedRow, Tenant, TenantUsage>(
                $"""
                select u.accepted, {TenantTable.Columns("t")} from usage u join tenants t on t.id = u.tenant_id
                where u.month = {database.Day("@month")} and u.env = {(int)DataEnvironment.Live} and u.accepted >= @atLeast
                    and t.deleted_at is null order by t.id
                """,
                (row, tenant) => new TenantUsage(tenant, row.Accepted),
                new { month = Text(month), atLeast }),
            cancellationToken);

    public Task<MonthUsage> ReadAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql =>
            {
                // One statement, so that totals and days are from the same snapshot.
                var rows = await sql.ListAsync<Row>(
                    $"""
                    select cast(null as text) as day, @deleted as project_id, env, accepted from usage
                    where tenant_id = @tenantId and month = {database.Day("@month")}
                    union all
                    select cast(day as text), project_id, env, accepted from usage_days
                    where tenant_id = @tenantId and day >= {database.Day("@month")} and day < {database.Day("@next")} order by 1, 2, 3
                    """,
                    new { tenantId, deleted = Guid.Empty, month = Text(month), next = Text(month.AddMonths(1)) });
                return new MonthUsage(
                    TotalOf(rows, DataEnvironment.Live),
                    TotalOf(rows, DataEnvironment.Test),
                    [.. rows.Where(row => row.Day is not null).Select(row => row.ToDay())]);
            },
            cancellationToken);

    private static long TotalOf(IEnumerable<Row> rows, DataEnvironment environment) =>
        rows.Where(row => row.Day is null && row.Env == (int)environment).Sum(row => row.Accepted);

    /// <summary>Returns the text of a day, for <see cref="AccountDatabase.Day"/>.</summary>
    public static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    internal sealed class AcceptedRow
    {
        public long Accepted { get; init; }
    }

    private sealed class Row
    {
        public string? Day { get; init; }

        public Guid ProjectId { get; init; }

        public int Env { get; init; }

        public long Accepted { get; init; }

        public DayUsage ToDay() =>
            new(
                DateOnly.ParseExact(Day!, "O", CultureInfo.InvariantCulture),
                ProjectId == Guid.Empty ? null : ProjectId,
                (DataEnvironment)Env,
                Accepted);
    }
}
