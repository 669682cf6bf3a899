using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests.Product;

/// <summary>
/// A process is killed at any request of an operation, before Stripe's write, or after it and before ours. Repeated by another process,
/// the operation leads to the same as one that wasn't interrupted: one customer, one page, one subscription, one change, each event billed
/// once.
/// </summary>
public class ProductCrashTests
{
    private const int MostRequests = 40;
    private const int Cap = 500;

    // What happens before, and the operation.
    private static readonly Dictionary<string, (Func<Run, Task>? Before, Func<Run, Task> Operation)> Operations = new()
    {
        ["checkout"] = (null, run => run.World.BeginCheckoutAsync(run.Tenant, PlanId.Pro, BillingInterval.Month)),
        ["checkout of another plan"] = (
            run => run.World.BeginCheckoutAsync(run.Tenant, PlanId.Business, BillingInterval.Year),
            run => run.World.BeginCheckoutAsync(run.Tenant, PlanId.Pro, BillingInterval.Month)),
        ["checkout after the customer was deleted"] = (
            async run =>
            {
                await run.SubscribeAsync();
                run.World.Stripe.DeleteCustomer((await run.World.AccountAsync(run.Tenant))!.CustomerId!);
            },
            run => run.World.BeginCheckoutAsync(run.Tenant, PlanId.Pro, BillingInterval.Month)),
        ["return from checkout"] = (
            async run =>
            {
                await run.World.BeginCheckoutAsync(run.Tenant, PlanId.Pro, BillingInterval.Month);
                Assert.True(run.World.Stripe.PayCheckout((await run.World.AccountAsync(run.Tenant))!.Checkout!.PageId!));
            },
            run => run.SynchroniseAsync()),
        ["checkout of a failed payment"] = (
            async run =>
            {
                await run.SubscribeAsync();
                run.World.Stripe.ChangeCard((await run.World.AccountAsync(run.Tenant))!.CustomerId!, FakeCard.Declined);
                run.World.Stripe.Advance(TimeSpan.FromDays(33));
            },
            async run => Assert.Equal(
                CheckoutOutcome.Card, (await run.World.BeginCheckoutAsync(run.Tenant, PlanId.Pro, BillingInterval.Month)).Outcome)),
        ["upgrade"] = (run => run.SubscribeAsync(), run => run.World.ChangeAsync(run.Tenant, PlanId.Business)),
        ["upgrade with events"] = (
            run => run.SubscribeAndUseAsync(), run => run.World.ChangeAsync(run.Tenant, PlanId.Business)),
        ["upgrade instead of the end"] = (
            async run =>
            {
                await run.SubscribeAsync();
                await run.World.ChangeAsync(run.Tenant, PlanId.Free);
            },
            run => run.World.ChangeAsync(run.Tenant, PlanId.Business)),
        ["downgrade"] = (run => run.SubscribeAsync(PlanId.Business), run => run.World.ChangeAsync(run.Tenant, PlanId.Pro)),
        ["downgrade with events"] = (
            run => run.SubscribeAndUseAsync(PlanId.Business), run => run.World.ChangeAsync(run.Tenant, PlanId.Pro)),
        ["cancel instead of a downgrade"] = (
            async run =>
            {
                await run.SubscribeAsync(PlanId.Business);
                await run.World.ChangeAsync(run.Tenant, PlanId.Pro);
            },
            run => run.World.ChangeAsync(run.Tenant, PlanId.Free)),
        ["undo"] = (
            async run =>
            {
                await run.SubscribeAsync(PlanId.Business);
                await run.World.ChangeAsync(run.Tenant, PlanId.Pro);
            },
            run => run.World.ChangeAsync(run.Tenant, PlanId.Business)),
        ["cap"] = (run => run.SubscribeAsync(), run => run.World.SetCapAsync(run.Tenant, Cap)),
        ["cap with a downgrade"] = (
            async run =>
            {
                await run.SubscribeAsync(PlanId.Business);
                await run.World.ChangeAsync(run.Tenant, PlanId.Pro);
            },
            run => run.World.SetCapAsync(run.Tenant, Cap)),
        ["report"] = (run => run.SubscribeAndUseAsync(), run => run.World.ReportAsync()),
    };

    public static TheoryData<string, FakeFault> Cases() =>
        [.. from name in Operations.Keys from fault in (FakeFault[])[FakeFault.ResetBefore, FakeFault.ResetAfter] select (name, fault)];

    [Theory, MemberData(nameof(Cases))]
    public async Task An_interrupted_operation_that_is_repeated_has_its_effect_once(string name, FakeFault fault)
    {
        var (before, operation) = Operations[name];
        await using var world = await ProductWorld.CreateAsync();
        var (_, expected) = await RunAsync(world, before, operation, null, 0);
        for (var request = 0; request < MostRequests; request++)
        {
            var (failed, state) = await RunAsync(world, before, operation, fault, request);
            Assert.Equal(expected, state);
            if (failed)
                continue;
            Assert.NotEqual(0, request);
            return;
        }

        Assert.Fail("The operation makes too many requests.");
    }

    private static async Task<(bool Failed, string State)> RunAsync(
        ProductWorld world, Func<Run, Task>? before, Func<Run, Task> operation, FakeFault? fault, int after)
    {
        var (tenant, project) = await world.NewTenantAsync();
        // At the same time of each year, so that sums are the same.
        world.Stripe.Advance(new DateTimeOffset(world.Now.Year + 1, 5, 3, 10, 37, 0, TimeSpan.Zero) - world.Now);
        var run = new Run(world, tenant, project);
        if (before is not null)
            await before(run);
        if (fault is { } kind)
            world.Stripe.Fail(kind, after: after);
        var failed = false;
        world.Restart();
        try
        {
            await operation(run);
        }
        catch (BillingUnavailableException)
        {
            failed = true;
            world.Restart();
            await operation(run);
        }

        world.Stripe.EndFaults();
        return (failed, await run.DescribeAsync());
    }

    private sealed class Run(ProductWorld world, Guid tenant, Guid project)
    {
        private const int Above = 30;

        public ProductWorld World => world;

        public Guid Tenant => tenant;

        public Task SubscribeAsync(PlanId plan = PlanId.Pro) => world.SubscribeAsync(tenant, plan);

        public async Task SynchroniseAsync()
        {
            if (await world.SyncAsync(tenant) == BillingSyncOutcome.Unavailable)
                throw new BillingUnavailableException("It is repeated.");
        }

        /// <summary>Uses events above the quota in an hour that has ended.</summary>
        public async Task SubscribeAndUseAsync(PlanId plan = PlanId.Pro)
        {
            await SubscribeAsync(plan);
            Assert.True(await world.SetCapAsync(tenant, Cap));
            var limits = (await world.TenantAsync(tenant)).LimitsIn(QuotaMonth.Of(world.Now));
            await world.UseQuotaAsync(tenant, limits.Quota!.Value);
            Assert.Equal(Above, await world.AcceptAsync(tenant, project, Above, limits));
            world.Stripe.Advance(TimeSpan.FromHours(1));
        }

        public async Task<string> DescribeAsync()
        {
            await world.SyncAsync(tenant);
            await world.ReportAsync();
            var account = (await world.AccountAsync(tenant))!;
            var customer = account.CustomerId!;
            var owned = world.Stripe.All("customer").Where(
                one => (string?)one["metadata"]?["telemetrykit_tenant"] == tenant.ToString() && !one.ContainsKey("deleted")).ToList();
            var pages = string.Join(' ', Of("checkout.session").Select(one => one["status"]));
            var subscriptions = string.Join(' ', Of("subscription").Select(
                one => $"{one["status"]} with {one["items"]!["data"]!.AsArray().Count} items"));
            var schedules = Of("subscription_schedule").Count(one => (string?)one["status"] == "active");
            var sums = string.Join(' ', Of("invoice").Select(one => $"{one["total"]} {one["status"]}"));
            var plan = (await world.TenantAsync(tenant)).PlanId;
            var reported = world.Stripe.ReportedUsage(customer);
            world.Stripe.Advance(TimeSpan.FromDays(40));
            var later = string.Join(' ', Of("invoice").Select(one => $"{one["total"]} {one["status"]}"));
            // Without ids and times.
            var state = account.State with
            {
                SubscriptionId = null, PeriodStart = null, PeriodEnd = null, EndsAt = null, Next = null, UnpaidSince = null,
            };
            var invoiced = world.Stripe.InvoicedUsage(customer);
            world.Stripe.Forget(customer);
            return $"{plan}, {state}, next {account.State.Next?.Plan}, ends {account.State.EndsAt is not null}; "
                + $"{owned.Count} customers; pages {pages}; subscriptions {subscriptions}; {schedules} schedules; invoices {sums}, "
                + $"then {later}; {reported} events reported and {invoiced} invoiced";

            IEnumerable<System.Text.Json.Nodes.JsonObject> Of(string kind) =>
                world.Stripe.All(kind).Where(one => (string?)one["customer"] == customer);
        }
    }
}
