using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Plans of an earlier version, which only the operator could set.</summary>
public sealed class BillingMigrationTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Plans_other_than_the_free_one_are_those_of_the_operator(string kind)
    {
        await using var earlier = await EarlierDatabase.CreateAsync(kind, before: "billing", Now);
        var tenants = new Dictionary<PlanId, Guid>();
        foreach (var plan in Enum.GetValues<PlanId>())
        {
            tenants[plan] = Guid.CreateVersion7();
            await earlier.ExecuteAsync(
                "insert into tenants (id, name, plan, created_at) values (@tenant, 't', @plan, @now)",
                ("tenant", tenants[plan]), ("plan", (int)plan), ("now", Now));
        }

        await using var store = await earlier.MigrateAsync();
        foreach (var (plan, id) in tenants)
        {
            var tenant = await store.Accounts.Tenants.FindAsync(id, default);
            Assert.Equal((plan, plan != PlanId.Free), (tenant!.PlanId, tenant.PlanByOperator));
            Assert.Equal(tenant.Plan.EventsPerMonth, tenant.LimitsIn(Core.Quotas.QuotaMonth.Of(Now)).Most);
        }
    }
}
