using System.Globalization;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>usage</c>, read.</summary>
internal sealed class UsageTable(AccountDatabase database) : IUsage
{
    public Task<IReadOnlyList<TenantUsage>> ListTenantsAsync(DateOnly month, long atLeast, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<AcceptedRow, Tenant, TenantUsage>(
                $"""
                select u.accepted, {TenantTable.Columns("t")} from usage u join tenants t on t.id = u.tenant_id
                where u.month = {database.Day("@month")} and u.accepted >= @atLeast and t.deleted_at is null order by t.id
                """,
                (row, tenant) => new TenantUsage(tenant, row.Accepted),
                new { month = Text(month), atLeast }),
            cancellationToken);

    private static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    internal sealed class AcceptedRow
    {
        public long Accepted { get; init; }
    }
}
