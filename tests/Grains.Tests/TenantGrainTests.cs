using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Grains.Tenants;

namespace TelemetryKit.Grains.Tests;

public sealed class TenantGrainTests
{
    [Fact]
    public async Task The_usage_is_read_and_notices_are_queued()
    {
        await using var world = await GrainWorld.StartAsync();
        var tenant = await world.NewTenantAsync();
        await world.CommitAsync(Guid.NewGuid(), 80, tenant);

        var reading = await world.Get<ITenantOperations>().CheckUsageAsync(tenant, default);

        Assert.Equal(new(new(2026, 11, 1), 80, 10_000), reading);
        Assert.Equal([reading!], world.Readings);
    }

    [Fact]
    public async Task Notices_and_forecast_are_about_the_quota_without_the_events_that_are_billed_above_it()
    {
        await using var world = await GrainWorld.StartAsync();
        var (tenant, billing) = (await world.NewTenantAsync(), world.Store.Accounts.Billing);
        await billing.AddAsync(tenant, default);
        await billing.SetCustomerAsync(tenant, "cus_1", default);
        var sync = (await billing.BeginSyncAsync(tenant, default))!.Sync;
        var state = new BillingState { Plan = PlanId.Pro, Status = SubscriptionStatus.Active, OverageCentsPerEvent = 0.05m };
        await billing.ApplyAsync(tenant, sync, state, world.Time.GetUtcNow(), default);
        var line = new AuditLine(Actor.Operator, "test", world.Time.GetUtcNow());
        await billing.SetOverageCapAsync(tenant, 100_00, line, default);
        await world.CommitAsync(Guid.NewGuid(), 80, tenant);

        var reading = await world.Get<ITenantOperations>().CheckUsageAsync(tenant, default);
        var forecast = await world.Get<ITenantOperations>().ForecastAsync(tenant, default);

        Assert.Equal(new(new(2026, 11, 1), 80, 100_000, 200_000), reading);
        Assert.Null(forecast!.QuotaSpentAt);
        Assert.Equal(200_000, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.OverageEvents);
    }

    [Fact]
    public async Task A_plan_is_set_and_its_audit_line_is_written_once()
    {
        await using var world = await GrainWorld.StartAsync();
        var tenant = await world.NewTenantAsync();
        var tenants = world.Get<ITenantOperations>();

        var set = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => tenants.SetPlanAsync(tenant, PlanId.Pro, CustomLimits.None, default)));

        Assert.All(set, Assert.True);
        Assert.Equal(PlanId.Pro, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.PlanId);
        var lines = await world.Store.Accounts.Audit.ReadAsync(tenant, null, 100, default);
        Assert.Single(lines, line => line.Action == AuditActions.PlanChanged);
        Assert.False(await tenants.SetPlanAsync(Guid.NewGuid(), PlanId.Pro, CustomLimits.None, default));
    }

    [Fact]
    public async Task A_plan_of_the_operator_is_lifted_once_and_not_after_the_deadline()
    {
        await using var world = await GrainWorld.StartAsync();
        var tenant = await world.NewTenantAsync();
        var tenants = world.Get<ITenantOperations>();
        Assert.True(await tenants.SetPlanAsync(tenant, PlanId.Business, CustomLimits.None, default));
        var grain = world.Get<GrainHost>().Grains!.GetGrain<ITenantGrain>(tenant);
        var now = TimeProvider.System.GetUtcNow();
        await Assert.ThrowsAnyAsync<Exception>(() => grain.LiftPlanAsync(now - TimeSpan.FromSeconds(1), default));
        Assert.Equal(PlanId.Business, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.PlanId);

        var lifted = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => tenants.LiftPlanAsync(tenant, default)));

        Assert.All(lifted, Assert.True);
        Assert.Equal(PlanId.Free, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.PlanId);
        var lines = await world.Store.Accounts.Audit.ReadAsync(tenant, null, 100, default);
        Assert.Single(lines, line => line.Action == AuditActions.PlanLifted);
        Assert.False(await tenants.LiftPlanAsync(Guid.NewGuid(), default));
    }

    [Fact]
    public async Task A_change_that_is_delivered_after_its_deadline_is_not_made()
    {
        await using var world = await GrainWorld.StartAsync();
        var tenant = await world.NewTenantAsync();
        var grain = world.Get<GrainHost>().Grains!.GetGrain<ITenantGrain>(tenant);
        var now = TimeProvider.System.GetUtcNow();

        await Assert.ThrowsAnyAsync<Exception>(
            () => grain.SetPlanAsync(PlanId.Pro, CustomLimits.None, now - TimeSpan.FromSeconds(1), default));
        Assert.Equal(PlanId.Free, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.PlanId);

        Assert.True(await grain.SetPlanAsync(PlanId.Pro, CustomLimits.None, now + TimeSpan.FromMinutes(5), default));
        Assert.Equal(PlanId.Pro, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.PlanId);
    }

    [Fact]
    public async Task A_forecast_is_at_most_ten_seconds_old()
    {
        await using var world = await GrainWorld.StartAsync();
        var tenant = await world.NewTenantAsync();
        var tenants = world.Get<ITenantOperations>();
        await world.CommitAsync(Guid.NewGuid(), 100, tenant);
        var first = await tenants.ForecastAsync(tenant, default);
        await world.CommitAsync(Guid.NewGuid(), 900, tenant);

        Assert.Equal(first, await tenants.ForecastAsync(tenant, default));
        world.Time.Advance(TimeSpan.FromSeconds(11));
        var second = await tenants.ForecastAsync(tenant, default);

        // 100 events in the six and a half days until noon of the 20th, and ten and a half days to go.
        Assert.Equal(262, first!.Events);
        Assert.InRange(second!.Events, 2_614, 2_616);
        Assert.Null(await tenants.ForecastAsync(Guid.NewGuid(), default));
    }

    [Fact]
    public async Task Without_a_silo_the_process_runs_the_operation_itself()
    {
        await using var world = await GrainWorld.StartAsync();
        var tenant = await world.NewTenantAsync();
        await world.Get<GrainHost>().StopAsync(default);

        Assert.True(await world.Get<ITenantOperations>().SetPlanAsync(tenant, PlanId.Pro, CustomLimits.None, default));
        Assert.Equal(PlanId.Pro, (await world.Store.Accounts.Tenants.FindAsync(tenant, default))!.PlanId);
    }
}
