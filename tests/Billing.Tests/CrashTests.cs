using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

/// <summary>
/// Whichever request of an operation fails, before or after it had its effect, the repeated operation leads to the same state as one that
/// didn't fail.
/// </summary>
public class CrashTests
{
    private const int MaxRequests = 20;
    private static readonly Guid Tenant = new("0d6e4d4f-6ed1-4a1c-a3a4-0f4d3a2a5b11");

    // What happens before, and the operation.
    private static readonly Dictionary<string, (Func<Run, Task>? Before, Func<Run, Task> Operation)> Operations = new()
    {
        ["customer"] = (null, run => run.Gateway.CreateCustomerAsync(Tenant, "Bob", "bob@example.org", run.Cancellation)),
        ["checkout"] = (null, run => run.Gateway.CreateCheckoutAsync(run.Request, "checkout", run.Cancellation)),
        ["expire"] = (
            async run => run.Page = (await run.Gateway.CreateCheckoutAsync(run.Request, "page", run.Cancellation)).Id,
            run => run.Gateway.ExpireCheckoutAsync(run.Page, run.Cancellation)),
        ["upgrade"] = (
            run => run.ChangeLaterAsync(PlanId.Pro, BillingInterval.Year),
            run => run.Gateway.ChangeNowAsync(run.Id, PlanId.Business, BillingInterval.Month, "up", run.Cancellation)),
        ["upgrade instead of the end"] = (
            run => run.Gateway.CancelAtPeriodEndAsync(run.Id, "end", run.Cancellation),
            run => run.Gateway.ChangeNowAsync(run.Id, PlanId.Business, BillingInterval.Month, "up", run.Cancellation)),
        ["change later"] = (
            run => run.Gateway.CancelAtPeriodEndAsync(run.Id, "end", run.Cancellation),
            run => run.Gateway.ChangeAtPeriodEndAsync(run.Id, PlanId.Business, BillingInterval.Year, "later", run.Cancellation)),
        ["other change later"] = (
            run => run.ChangeLaterAsync(PlanId.Pro, BillingInterval.Year),
            run => run.Gateway.ChangeAtPeriodEndAsync(run.Id, PlanId.Business, BillingInterval.Year, "later", run.Cancellation)),
        ["cancel later"] = (
            run => run.ChangeLaterAsync(PlanId.Pro, BillingInterval.Year),
            run => run.Gateway.CancelAtPeriodEndAsync(run.Id, "end", run.Cancellation)),
        ["undo"] = (
            run => run.ChangeLaterAsync(PlanId.Pro, BillingInterval.Year),
            run => run.Gateway.UndoChangeAsync(run.Id, "undo", run.Cancellation)),
        ["undo the end"] = (
            run => run.Gateway.CancelAtPeriodEndAsync(run.Id, "end", run.Cancellation),
            run => run.Gateway.UndoChangeAsync(run.Id, "undo", run.Cancellation)),
        ["cancel now"] = (null, run => run.Gateway.CancelNowAsync(run.Id, "now", run.Cancellation)),
        ["overage"] = (null, run => run.Gateway.SetOverageAsync(run.Id, isBilled: true, "on", run.Cancellation)),
        ["overage with a change later"] = (
            run => run.ChangeLaterAsync(PlanId.Business, BillingInterval.Month),
            run => run.Gateway.SetOverageAsync(run.Id, isBilled: true, "on", run.Cancellation)),
        ["no overage"] = (
            run => run.Gateway.SetOverageAsync(run.Id, isBilled: true, "on", run.Cancellation),
            run => run.Gateway.SetOverageAsync(run.Id, isBilled: false, "off", run.Cancellation)),
        ["report"] = (
            null,
            run => run.Gateway.ReportOverageAsync(run.Customer, new(2026, 1, 15, 10, 0, 0, TimeSpan.Zero), 5, run.Cancellation)),
    };

    public static TheoryData<string, FakeFault> Cases() => [.. from name in Operations.Keys
        from fault in (FakeFault[])[FakeFault.ServerError, FakeFault.ResetBefore, FakeFault.ResetAfter]
        select (name, fault)];

    [Theory, MemberData(nameof(Cases))]
    public async Task A_repeated_operation_has_its_effect_once(string name, FakeFault fault)
    {
        var (before, operation) = Operations[name];
        var (_, expected) = await RunAsync(before, operation, null, 0);
        for (var request = 0; request < MaxRequests; request++)
        {
            var (failed, state) = await RunAsync(before, operation, fault, request);
            Assert.Equal(expected, state);
            if (!failed)
                return;
        }

        Assert.Fail("The operation makes too many requests.");
    }

    private static async Task<(bool Failed, string State)> RunAsync(
        Func<Run, Task>? before, Func<Run, Task> operation, FakeFault? fault, int after)
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync(Tenant);
        var id = harness.Stripe.Subscribe(customer, "tk_pro_month");
        var run = new Run(harness, customer, id);
        if (before is not null)
            await before(run);
        // Caches of a process that starts again are empty.
        using var gateway = new StripeGateway(harness.Options(), harness.Time);
        run.Gateway = gateway;
        if (fault is { } kind)
            harness.Stripe.Fail(kind, after: after);
        var failed = false;
        try
        {
            await operation(run);
        }
        catch (BillingUnavailableException)
        {
            failed = true;
            await operation(run);
        }

        harness.Stripe.EndFaults();
        return (failed, await run.DescribeAsync());
    }

    private sealed class Run(Harness harness, string customer, string id)
    {
        public StripeGateway Gateway { get; set; } = harness.Gateway;

        public CancellationToken Cancellation => harness.Cancellation;

        public string Customer => customer;

        public string Id => id;

        public string Page { get; set; } = "";

        public CheckoutRequest Request => new(Tenant, customer, PlanId.Pro, BillingInterval.Month, Harness.Page, Harness.Page);

        public Task ChangeLaterAsync(PlanId plan, BillingInterval interval) =>
            Gateway.ChangeAtPeriodEndAsync(id, plan, interval, "before", harness.Cancellation);

        public async Task<string> DescribeAsync()
        {
            var state = BillingState.Of(await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation));
            var sums = string.Join(' ', await harness.SumsAsync(customer));
            var sessions = string.Join(' ', harness.Stripe.All("checkout.session").Select(one => one["status"]));
            var schedules = harness.Stripe.All("subscription_schedule").Count(one => one["status"]!.ToString() == "active");
            var items = harness.Stripe.Find(id)["items"]!["data"]!.AsArray().Count;
            return $"{state with { SubscriptionId = null }}; invoices {sums}; pages {sessions}; schedules {schedules}; items {items}; "
                + $"customers {harness.Stripe.All("customer").Count}; usage {harness.Stripe.ReportedUsage(customer)}";
        }
    }
}
