using System.Diagnostics;
using TelemetryKit.Billing.Setup;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing.Tests;

/// <summary>
/// The same calls against a sandbox of Stripe, whose key is in an environment variable. It creates objects in the sandbox.
/// </summary>
public class SandboxTests
{
    private const string Variable = "TELEMETRYKIT_TEST_STRIPE_KEY";

    [Fact]
    public async Task A_sandbox_of_stripe_accepts_every_call()
    {
        var key = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(key), $"{Variable} is not set: nothing was tested against a sandbox of Stripe.");
        Assert.Matches("^[sr]k_test_", key);
        var cancellation = TestContext.Current.CancellationToken;
        var options = new StripeOptions { SecretKey = key, Timeout = TimeSpan.FromSeconds(60) };
        var setup = new StripeSetup(options, TimeProvider.System);
        var wanted = new StripeSetupOptions { Webhook = new("https://telemetry-kit.example.com/v1/billing/webhook") };
        await setup.ApplyAsync(wanted, cancellation);
        Assert.True((await setup.CheckAsync(wanted, cancellation)).IsComplete);

        using var gateway = new StripeGateway(options, TimeProvider.System);
        using var calls = new StripeCalls(options, TimeProvider.System);
        var tenant = Guid.NewGuid();
        var customer = await gateway.CreateCustomerAsync(tenant, "Test", "test@example.com", cancellation);
        Assert.Equal(customer, await gateway.CreateCustomerAsync(tenant, "Test", "test@example.com", cancellation));
        await CheckOutAsync(gateway, tenant, customer, cancellation);
        await gateway.CreatePortalAsync(customer, PortalFlow.Home, wanted.Webhook, cancellation);

        var id = await SubscribeAsync(calls, customer, cancellation);
        Assert.Equal(PlanId.Pro, (await ReadAsync(gateway, customer, cancellation)).Plan);
        await gateway.SetOverageAsync(id, isBilled: true, NewKey(), cancellation);
        Assert.Equal(0.05m, (await ReadAsync(gateway, customer, cancellation)).OverageCentsPerEvent);
        var now = DateTimeOffset.UtcNow;
        var hour = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        foreach (var events in (long[])[10, 10, 20])
            await gateway.ReportOverageAsync(customer, hour, events, cancellation);

        await gateway.ChangeNowAsync(id, PlanId.Business, BillingInterval.Month, NewKey(), cancellation);
        var business = await ReadAsync(gateway, customer, cancellation);
        Assert.Equal((PlanId.Business, 0.015m), (business.Plan, business.OverageCentsPerEvent));
        Assert.Equal(0, business.PeriodEnd.Minute + business.PeriodEnd.Second);
        await gateway.ChangeAtPeriodEndAsync(id, PlanId.Pro, BillingInterval.Year, NewKey(), cancellation);
        var planned = await ReadAsync(gateway, customer, cancellation);
        Assert.Equal(new(PlanId.Pro, BillingInterval.Year, business.PeriodEnd), planned.Next);
        await gateway.CancelAtPeriodEndAsync(id, NewKey(), cancellation);
        Assert.Equal(business.PeriodEnd, (await ReadAsync(gateway, customer, cancellation)).EndsAt);
        await gateway.UndoChangeAsync(id, NewKey(), cancellation);
        var undone = await ReadAsync(gateway, customer, cancellation);
        Assert.Equal((null, null), (undone.EndsAt, undone.Next));
        Assert.NotNull(await gateway.PreviewInvoiceAsync(customer, id, cancellation));
        Assert.NotEmpty(await gateway.ListInvoicesAsync(customer, 10, cancellation));
        await gateway.ChangeNowAsync(id, PlanId.Business, BillingInterval.Year, NewKey(), cancellation);
        Assert.Equal(0, (await ReadAsync(gateway, customer, cancellation)).PeriodEnd.Minute);

        await gateway.CancelNowAsync(id, NewKey(), cancellation);
        Assert.Equal(SubscriptionStatus.Canceled, (await ReadAsync(gateway, customer, cancellation)).Status);
        await calls.V1.Customers.DeleteAsync(customer, cancellationToken: cancellation);
        Assert.True((await gateway.FindCustomerAsync(customer, cancellation))!.IsDeleted);
    }

    private static async Task CheckOutAsync(
        StripeGateway gateway, Guid tenant, string customer, CancellationToken cancellation)
    {
        var page = new Uri("https://telemetry-kit.example.com/billing?page={CHECKOUT_SESSION_ID}");
        foreach (var interval in Enum.GetValues<BillingInterval>())
        {
            var request = new CheckoutRequest(tenant, customer, PlanId.Pro, interval, page, page);
            var session = await gateway.CreateCheckoutAsync(request, NewKey(), cancellation);
            Assert.Equal(CheckoutStatus.Open, session.Status);
            await gateway.ExpireCheckoutAsync(session.Id, cancellation);
            Assert.Equal(CheckoutStatus.Expired, (await gateway.FindCheckoutAsync(session.Id, cancellation))!.Status);
        }
    }

    // Nobody can pay a Checkout page through the API, so the subscription is created as Checkout does.
    private static async Task<string> SubscribeAsync(StripeCalls calls, string customer, CancellationToken cancellation)
    {
        var method = await calls.V1.PaymentMethods.AttachAsync(
            "pm_card_visa", new() { Customer = customer }, cancellationToken: cancellation);
        var now = DateTime.UtcNow;
        var price = await new PriceBook(calls, TimeProvider.System).IdOfAsync("tk_pro_month", cancellation);
        var subscription = await calls.V1.Subscriptions.CreateAsync(
            new()
            {
                Customer = customer,
                DefaultPaymentMethod = method.Id,
                Items = [new() { Price = price }],
                BillingMode = new() { Type = "flexible" },
                BillingCycleAnchorConfig = new() { DayOfMonth = now.Day, Hour = now.Hour, Minute = 0, Second = 0 },
            },
            cancellationToken: cancellation);
        return subscription.Id;
    }

    private static async Task<BillingSubscription> ReadAsync(StripeGateway gateway, string customer, CancellationToken cancellation)
    {
        // Stripe's reads may be a moment behind its writes.
        var since = Stopwatch.StartNew();
        BillingCustomer? found;
        do
            found = await gateway.FindCustomerAsync(customer, cancellation);
        while (found is not { Subscriptions.Count: 1 } && since.Elapsed < TimeSpan.FromSeconds(30));
        return Assert.Single(found!.Subscriptions);
    }

    private static string NewKey() => Guid.NewGuid().ToString();
}
