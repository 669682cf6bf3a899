using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests.Product;

/// <summary>What is wrong with one tenant, or with the account at Stripe, doesn't harm others and isn't taken for an end.</summary>
public class ProductFaultTests
{
    private const int Above = 30;
    private const int Cap = 500;

    [Fact]
    public async Task A_refused_report_delays_no_other_tenant_and_is_repeated()
    {
        await using var world = await ProductWorld.CreateAsync();
        var first = await UseAsync(world);
        var second = await UseAsync(world);
        world.Stripe.Advance(TimeSpan.FromHours(1));
        world.Stripe.Fail(FakeFault.Refused, path: "/v1/billing/meter_events");

        await world.ReportAsync();
        Assert.Equal(Above, world.Stripe.ReportedUsage(first) + world.Stripe.ReportedUsage(second));
        await world.ReportAsync();
        Assert.Equal((Above, Above), (world.Stripe.ReportedUsage(first), world.Stripe.ReportedUsage(second)));
    }

    [Fact]
    public async Task Hours_that_are_always_refused_do_not_fill_the_page()
    {
        await using var world = await ProductWorld.CreateAsync();
        var (tenant, project) = await SubscribeAsync(world);
        for (var hour = 0; hour < 101; hour++)
        {
            await AcceptAsync(world, tenant, project, 1);
            world.Stripe.Advance(TimeSpan.FromHours(1));
        }

        var refused = (await world.AccountAsync(tenant))!.CustomerId!;
        var other = await UseAsync(world);
        world.Stripe.Advance(TimeSpan.FromHours(1));
        // Its first hour is the oldest one.
        world.Stripe.Fail(FakeFault.Refused, path: "/v1/billing/meter_events");
        await world.ReportAsync();
        Assert.Equal((0, Above), (world.Stripe.ReportedUsage(refused), world.Stripe.ReportedUsage(other)));
        await world.ReportAsync();
        Assert.Equal(101, world.Stripe.ReportedUsage(refused));
    }

    [Fact]
    public async Task A_deleted_tenant_whose_subscription_can_not_be_ended_delays_no_other_one()
    {
        await using var world = await ProductWorld.CreateAsync();
        List<string> customers = [];
        for (var i = 0; i < 2; i++)
        {
            var (tenant, _) = await SubscribeAsync(world);
            customers.Add((await world.AccountAsync(tenant))!.CustomerId!);
            await world.Store.Accounts.Tenants.DeleteAsync(tenant, world.Now, default);
        }

        world.Stripe.Fail(FakeFault.Refused, method: "DELETE", path: "/v1/subscriptions");
        await EndDeletedAsync(world);
        Assert.Single(customers, customer => StatusOf(world, customer) == "canceled");
        await EndDeletedAsync(world);
        Assert.All(customers, customer => Assert.Equal("canceled", StatusOf(world, customer)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_of_a_deleted_tenant_can_not_be_paid(bool isLost)
    {
        await using var world = await ProductWorld.CreateAsync();
        var (tenant, _) = await world.NewTenantAsync();
        if (isLost)
        {
            // The process is killed before it stores the page.
            world.Stripe.Fail(FakeFault.ResetAfter, path: "/v1/checkout/sessions");
            await Assert.ThrowsAsync<BillingUnavailableException>(
                () => world.BeginCheckoutAsync(tenant, PlanId.Pro, BillingInterval.Month));
        }
        else
        {
            await world.BeginCheckoutAsync(tenant, PlanId.Pro, BillingInterval.Month);
        }

        var customer = (await world.AccountAsync(tenant))!.CustomerId!;
        var page = (string)Assert.Single(world.Stripe.All("checkout.session"), one => (string?)one["customer"] == customer)["id"]!;
        await world.Store.Accounts.Tenants.DeleteAsync(tenant, world.Now, default);
        await EndDeletedAsync(world);
        Assert.False(world.Stripe.PayCheckout(page));
    }

    [Fact]
    public async Task A_customer_that_the_account_does_not_have_keeps_its_plan()
    {
        // The server runs with the key of another account, such as that of a sandbox.
        await using var world = await ProductWorld.CreateAsync();
        var (tenant, _) = await SubscribeAsync(world);
        var before = (await world.AccountAsync(tenant))!;
        world.Stripe.Forget(before.CustomerId!);

        Assert.Equal(BillingSyncOutcome.Unavailable, await world.SyncAsync(tenant));
        Assert.Equal(PlanId.Pro, (await world.TenantAsync(tenant)).PlanId);
        await Assert.ThrowsAsync<BillingUnavailableException>(
            () => world.BeginCheckoutAsync(tenant, PlanId.Pro, BillingInterval.Month));
        var after = (await world.AccountAsync(tenant))!;
        Assert.Equal((before.CustomerId, before.State), (after.CustomerId, after.State));
        Assert.NotNull(after.DueAt);
    }

    [Fact]
    public async Task A_customer_without_a_subscription_that_the_account_does_not_have_is_replaced()
    {
        await using var world = await ProductWorld.CreateAsync();
        var (tenant, _) = await world.NewTenantAsync();
        await world.BeginCheckoutAsync(tenant, PlanId.Pro, BillingInterval.Month);
        world.Stripe.Forget((await world.AccountAsync(tenant))!.CustomerId!);
        await world.SubscribeAsync(tenant);
        Assert.Equal(PlanId.Pro, (await world.TenantAsync(tenant)).PlanId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plan_and_a_cap_that_change_at_once_have_the_price_of_the_plan(bool isCapFirst)
    {
        await using var world = await ProductWorld.CreateAsync();
        var (tenant, _) = await world.NewTenantAsync();
        await world.SubscribeAsync(tenant);
        // When one of them has read the subscription and is about to change it, the other one is done in another tab.
        var isDone = false;
        world.Stripe.OnRequest = async request =>
        {
            if (isDone || !request.StartsWith("POST /v1/subscriptions/", StringComparison.Ordinal))
                return;
            isDone = true;
            await (isCapFirst ? (Task)world.SetCapAsync(tenant, Cap) : world.ChangeAsync(tenant, PlanId.Business));
        };
        await (isCapFirst ? world.ChangeAsync(tenant, PlanId.Business) : (Task)world.SetCapAsync(tenant, Cap));
        Assert.True(isDone);
        world.Stripe.OnRequest = null;
        await world.SyncAsync(tenant);

        var state = (await world.AccountAsync(tenant))!.State;
        Assert.Equal((PlanId.Business, 0.015m), (state.Plan, state.OverageCentsPerEvent));
    }

    [Fact]
    public async Task A_subscription_whose_payment_failed_can_be_ended()
    {
        await using var world = await ProductWorld.CreateAsync();
        var (tenant, _) = await SubscribeAsync(world);
        world.Stripe.ChangeCard((await world.AccountAsync(tenant))!.CustomerId!, FakeCard.Declined);
        world.Stripe.Advance(TimeSpan.FromDays(33));
        Assert.Equal(PlanChangeOutcome.Unpaid, await world.ChangeAsync(tenant, PlanId.Business));
        Assert.Equal(PlanChangeOutcome.Ends, await world.ChangeAsync(tenant, PlanId.Free));
        Assert.Equal(PlanChangeOutcome.Unchanged, await world.ChangeAsync(tenant, PlanId.Free));
        var state = (await world.AccountAsync(tenant))!.State;
        Assert.Equal((SubscriptionStatus.PastDue, PlanId.Pro, state.PeriodEnd), (state.Status, state.Plan, state.EndsAt));
    }

    private static string? StatusOf(ProductWorld world, string customer) =>
        (string?)Assert.Single(world.Stripe.All("subscription"), one => (string?)one["customer"] == customer)["status"];

    private static Task<int> EndDeletedAsync(ProductWorld world) => world.Deleted.EndAsync(TestContext.Current.CancellationToken);

    private static async Task<(Guid Tenant, Guid Project)> SubscribeAsync(ProductWorld world)
    {
        var (tenant, project) = await world.NewTenantAsync();
        await world.SubscribeAsync(tenant);
        Assert.True(await world.SetCapAsync(tenant, Cap));
        await world.UseQuotaAsync(tenant, (await LimitsAsync(world, tenant)).Quota!.Value);
        return (tenant, project);
    }

    // Returns the customer of a tenant with events above the quota in the current hour.
    private static async Task<string> UseAsync(ProductWorld world)
    {
        var (tenant, project) = await SubscribeAsync(world);
        await AcceptAsync(world, tenant, project, Above);
        return (await world.AccountAsync(tenant))!.CustomerId!;
    }

    private static async Task AcceptAsync(ProductWorld world, Guid tenant, Guid project, int events) =>
        Assert.Equal(events, await world.AcceptAsync(tenant, project, events, await LimitsAsync(world, tenant)));

    private static async Task<MonthLimits> LimitsAsync(ProductWorld world, Guid tenant) =>
        (await world.TenantAsync(tenant)).LimitsIn(QuotaMonth.Of(world.Now));
}
