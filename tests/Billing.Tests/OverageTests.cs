using TelemetryKit.Billing.Setup;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class OverageTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Events_of_hours_are_on_the_invoice_of_their_period()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, end) = await SubscribeAsync(harness);
        Assert.Equal(0.05m, (await harness.ReadAsync(customer)).OverageCentsPerEvent);
        await ReportAsync(harness, customer, harness.Time.GetUtcNow(), 1000);
        harness.Stripe.Advance(end - harness.Time.GetUtcNow());
        // The last hour of the period is reported after its end, and the first one of the next period belongs to that.
        await harness.Gateway.ReportOverageAsync(customer, end - Hour, 3000, harness.Cancellation);
        await harness.Gateway.ReportOverageAsync(customer, end, 500, harness.Cancellation);
        harness.Stripe.Advance(2 * Hour);
        Assert.Equal(2900 + 200, (await harness.SumsAsync(customer))[^1]);
        harness.Stripe.Advance(TimeSpan.FromDays(32));
        Assert.Equal(2900 + 25, (await harness.SumsAsync(customer))[^1]);
        Assert.Equal(4500, harness.Stripe.InvoicedUsage(customer));
        Assert.Equal(4500, harness.Stripe.ReportedUsage(customer));
    }

    [Fact]
    public async Task A_later_report_of_an_hour_replaces_the_former_one_and_a_repeated_one_changes_nothing()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, _) = await SubscribeAsync(harness);
        var hour = HourOf(harness.Time.GetUtcNow());
        foreach (var events in (long[])[10, 10, 25, 25])
        {
            await harness.Gateway.ReportOverageAsync(customer, hour, events, harness.Cancellation);
            harness.Stripe.Advance(TimeSpan.FromMinutes(4));
        }

        harness.Stripe.Advance(Hour);
        await harness.Gateway.ReportOverageAsync(customer, hour, 40, harness.Cancellation);
        Assert.Equal(40, harness.Stripe.ReportedUsage(customer));
    }

    [Fact]
    public async Task A_report_whose_response_is_lost_is_repeated_without_an_effect()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, _) = await SubscribeAsync(harness);
        var hour = HourOf(harness.Time.GetUtcNow()) - Hour;
        harness.Stripe.Fail(FakeFault.ResetAfter, path: "/v1/billing/meter_events");
        await Assert.ThrowsAsync<BillingUnavailableException>(
            () => harness.Gateway.ReportOverageAsync(customer, hour, 7, harness.Cancellation));
        await harness.Gateway.ReportOverageAsync(customer, hour, 7, harness.Cancellation);
        harness.Stripe.Advance(TimeSpan.FromDays(2));
        await harness.Gateway.ReportOverageAsync(customer, hour, 7, harness.Cancellation);
        Assert.Equal(7, harness.Stripe.ReportedUsage(customer));
    }

    [Fact]
    public async Task An_hour_that_was_lost_because_the_meter_was_missing_can_be_reported_again()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, _) = await SubscribeAsync(harness);
        var hour = HourOf(harness.Time.GetUtcNow()) - Hour;
        harness.Stripe.Forget((string)Assert.Single(harness.Stripe.All("billing.meter"))["id"]!);
        await harness.Gateway.ReportOverageAsync(customer, hour, 7, harness.Cancellation);
        Assert.Equal(0, harness.Stripe.ReportedUsage(customer));
        harness.Stripe.Advance(TimeSpan.FromMinutes(10));
        await new StripeSetup(harness.Options(), harness.Time).ApplyAsync(Harness.Setup, harness.Cancellation);
        await harness.Gateway.ReportOverageAsync(customer, hour, 7, harness.Cancellation);
        Assert.Equal(7, harness.Stripe.ReportedUsage(customer));
    }

    [Fact]
    public async Task Hours_older_than_35_days_are_refused()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, _) = await SubscribeAsync(harness);
        var hour = HourOf(harness.Time.GetUtcNow());
        await harness.Gateway.ReportOverageAsync(customer, hour - TimeSpan.FromDays(34), 1, harness.Cancellation);
        await Assert.ThrowsAsync<BillingRefusedException>(
            () => harness.Gateway.ReportOverageAsync(customer, hour - TimeSpan.FromDays(36), 1, harness.Cancellation));
    }

    [Fact]
    public async Task Billing_ends_and_begins_again_without_losing_or_repeating_events()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, end) = await SubscribeAsync(harness);
        var id = (await harness.ReadAsync(customer)).Id;
        var hour = HourOf(harness.Time.GetUtcNow());
        await harness.Gateway.ReportOverageAsync(customer, hour, 100, harness.Cancellation);
        foreach (var key in (string[])["off", "off"])
            await harness.Gateway.SetOverageAsync(id, isBilled: false, key, harness.Cancellation);
        Assert.Null((await harness.ReadAsync(customer)).OverageCentsPerEvent);
        harness.Stripe.Advance(TimeSpan.FromMinutes(5));
        await harness.Gateway.SetOverageAsync(id, isBilled: true, "on again", harness.Cancellation);
        Assert.NotNull((await harness.ReadAsync(customer)).OverageCentsPerEvent);
        await harness.Gateway.ReportOverageAsync(customer, hour, 160, harness.Cancellation);
        harness.Stripe.Advance(end - harness.Time.GetUtcNow() + (2 * Hour));
        Assert.Equal(160, harness.Stripe.InvoicedUsage(customer));
    }

    [Fact]
    public async Task An_upgrade_bills_each_event_once_with_the_price_of_its_plan()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, end) = await SubscribeAsync(harness);
        var id = (await harness.ReadAsync(customer)).Id;
        var hour = HourOf(harness.Time.GetUtcNow());
        harness.Stripe.Advance(Hour);
        await harness.Gateway.ReportOverageAsync(customer, hour, 10_000, harness.Cancellation);
        await harness.Gateway.ChangeNowAsync(id, PlanId.Business, BillingInterval.Month, "up", harness.Cancellation);
        Assert.Equal(0.015m, (await harness.ReadAsync(customer)).OverageCentsPerEvent);
        harness.Stripe.Advance(Hour);
        await harness.Gateway.ReportOverageAsync(customer, hour + Hour, 20_000, harness.Cancellation);
        harness.Stripe.Advance(end - harness.Time.GetUtcNow() + (2 * Hour));
        Assert.Equal(30_000, harness.Stripe.InvoicedUsage(customer));
        Assert.Equal(9900 + 300, (await harness.SumsAsync(customer))[^1]);
    }

    [Fact]
    public async Task Events_of_a_year_are_billed_each_month()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, _) = await SubscribeAsync(harness, BillingInterval.Year);
        var subscription = await harness.ReadAsync(customer);
        Assert.Equal((BillingInterval.Year, 2027), (subscription.Interval, subscription.PeriodEnd.Year));
        await ReportAsync(harness, customer, harness.Time.GetUtcNow(), 2000);
        harness.Stripe.Advance(TimeSpan.FromDays(32));
        Assert.Equal(100, (await harness.SumsAsync(customer))[^1]);
        await harness.Gateway.CancelAtPeriodEndAsync(subscription.Id, "end", harness.Cancellation);
        Assert.Equal(subscription.PeriodEnd, (await harness.ReadAsync(customer)).EndsAt);
    }

    [Fact]
    public async Task A_planned_downgrade_keeps_the_billing_of_events_also_if_it_begins_afterwards()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(PlanId.Business);
        var before = await harness.ReadAsync(customer);
        await harness.Gateway.ChangeAtPeriodEndAsync(before.Id, PlanId.Pro, BillingInterval.Month, "down", harness.Cancellation);
        await harness.Gateway.SetOverageAsync(before.Id, isBilled: true, "on", harness.Cancellation);
        var planned = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Pro, 0.015m), (planned.Next!.Plan, planned.OverageCentsPerEvent));
        harness.Stripe.Advance(before.PeriodEnd - harness.Time.GetUtcNow());
        var after = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Pro, 0.05m), (after.Plan, after.OverageCentsPerEvent));
    }

    [Fact]
    public async Task Billing_that_begins_again_after_a_planned_downgrade_is_kept()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, end) = await SubscribeAsync(harness);
        var id = (await harness.ReadAsync(customer)).Id;
        await harness.Gateway.SetOverageAsync(id, isBilled: false, "off", harness.Cancellation);
        await harness.Gateway.ChangeAtPeriodEndAsync(id, PlanId.Business, BillingInterval.Month, "later", harness.Cancellation);
        await harness.Gateway.SetOverageAsync(id, isBilled: true, "on again", harness.Cancellation);
        Assert.Equal(PlanId.Business, (await harness.ReadAsync(customer)).Next!.Plan);
        harness.Stripe.Advance(end - harness.Time.GetUtcNow());
        var after = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Business, 0.015m), (after.Plan, after.OverageCentsPerEvent));
    }

    [Fact]
    public async Task What_was_used_is_billed_when_a_subscription_ends_at_once()
    {
        await using var harness = await Harness.CreateAsync();
        var (customer, _) = await SubscribeAsync(harness);
        await ReportAsync(harness, customer, harness.Time.GetUtcNow(), 4000);
        await harness.Gateway.CancelNowAsync((await harness.ReadAsync(customer)).Id, "end", harness.Cancellation);
        harness.Stripe.Advance(2 * Hour);
        Assert.Equal(200, (await harness.SumsAsync(customer))[^1]);
    }

    private static async Task<(string Customer, DateTimeOffset End)> SubscribeAsync(
        Harness harness, BillingInterval interval = BillingInterval.Month)
    {
        var customer = await harness.SubscribeAsync(PlanId.Pro, interval);
        var subscription = await harness.ReadAsync(customer);
        await harness.Gateway.SetOverageAsync(subscription.Id, isBilled: true, "on", harness.Cancellation);
        await harness.Gateway.SetOverageAsync(subscription.Id, isBilled: true, "on", harness.Cancellation);
        return (customer, subscription.PeriodEnd);
    }

    private static async Task ReportAsync(Harness harness, string customer, DateTimeOffset at, long events)
    {
        harness.Stripe.Advance(Hour);
        await harness.Gateway.ReportOverageAsync(customer, HourOf(at), events, harness.Cancellation);
    }

    private static DateTimeOffset HourOf(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
