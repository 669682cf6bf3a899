using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class ChangeTests
{
    private static readonly TimeSpan TenDays = TimeSpan.FromDays(10);

    [Fact]
    public async Task An_upgrade_is_charged_at_once_for_the_rest_of_the_period()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var before = await harness.ReadAsync(customer);
        harness.Stripe.Advance(TenDays);
        await harness.Gateway.ChangeNowAsync(before.Id, PlanId.Business, BillingInterval.Month, "key", harness.Cancellation);
        var after = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Business, before.PeriodEnd), (after.Plan, after.PeriodEnd));
        var sums = await harness.SumsAsync(customer);
        // (99 − 29) dollars for 21 of 31 days.
        Assert.InRange(sums[1], 4700, 4760);

        await harness.Gateway.ChangeNowAsync(before.Id, PlanId.Business, BillingInterval.Month, "key", harness.Cancellation);
        await harness.Gateway.ChangeNowAsync(before.Id, PlanId.Business, BillingInterval.Month, "other", harness.Cancellation);
        Assert.Equal(sums, await harness.SumsAsync(customer));
    }

    [Fact]
    public async Task An_upgrade_with_a_declined_card_changes_nothing()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(card: FakeCard.FailsLater);
        var before = await harness.ReadAsync(customer);
        harness.Stripe.Advance(TenDays);
        var exception = await Assert.ThrowsAsync<BillingRefusedException>(() => harness.Gateway.ChangeNowAsync(
            before.Id, PlanId.Business, BillingInterval.Month, "key", harness.Cancellation));
        Assert.Equal("card_declined", exception.Code);
        Assert.Equal(before, await harness.ReadAsync(customer));
        Assert.Single(await harness.SumsAsync(customer));
    }

    [Fact]
    public async Task A_crash_after_the_change_is_repaired_by_the_same_call()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var id = (await harness.ReadAsync(customer)).Id;
        harness.Stripe.Advance(TenDays);
        harness.Stripe.Fail(FakeFault.ResetAfter, method: "POST", path: "/v1/subscriptions");
        await Assert.ThrowsAsync<BillingUnavailableException>(() => harness.Gateway.ChangeNowAsync(
            id, PlanId.Business, BillingInterval.Month, "key", harness.Cancellation));
        await harness.Gateway.ChangeNowAsync(id, PlanId.Business, BillingInterval.Month, "key", harness.Cancellation);
        Assert.Equal(2, (await harness.SumsAsync(customer)).Count);
    }

    [Fact]
    public async Task A_downgrade_is_made_at_the_end_of_the_period_and_shown_before()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(PlanId.Business);
        var before = await harness.ReadAsync(customer);
        for (var i = 0; i < 2; i++)
        {
            await harness.Gateway.ChangeAtPeriodEndAsync(before.Id, PlanId.Pro, BillingInterval.Month, "key", harness.Cancellation);
            var planned = await harness.ReadAsync(customer);
            Assert.Equal(PlanId.Business, planned.Plan);
            Assert.Equal(new(PlanId.Pro, BillingInterval.Month, before.PeriodEnd), planned.Next);
        }

        harness.Stripe.Advance(before.PeriodEnd - harness.Time.GetUtcNow() + TimeSpan.FromHours(2));
        var after = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Pro, null), (after.Plan, after.Next));
        Assert.Equal(2900, (await harness.SumsAsync(customer))[^1]);
        harness.Stripe.Advance(TimeSpan.FromDays(62));
        Assert.Equal([2900, 2900, 2900], (await harness.SumsAsync(customer)).Skip(1));
        Assert.Null((await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation))!.Subscriptions[0].Next);
    }

    [Fact]
    public async Task A_change_of_the_interval_waits_for_the_end_of_the_period()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var before = await harness.ReadAsync(customer);
        await harness.Gateway.ChangeAtPeriodEndAsync(before.Id, PlanId.Business, BillingInterval.Year, "key", harness.Cancellation);
        harness.Stripe.Advance(before.PeriodEnd - harness.Time.GetUtcNow() + TimeSpan.FromHours(2));
        var after = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Business, BillingInterval.Year), (after.Plan, after.Interval));
        Assert.Equal(before.PeriodEnd.AddYears(1), after.PeriodEnd);
        Assert.Equal(99000, (await harness.SumsAsync(customer))[^1]);
    }

    [Fact]
    public async Task Another_change_replaces_the_planned_one_and_undo_drops_it()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(PlanId.Business, BillingInterval.Year);
        var id = (await harness.ReadAsync(customer)).Id;
        await harness.Gateway.ChangeAtPeriodEndAsync(id, PlanId.Pro, BillingInterval.Month, "1", harness.Cancellation);
        await harness.Gateway.ChangeAtPeriodEndAsync(id, PlanId.Pro, BillingInterval.Year, "2", harness.Cancellation);
        Assert.Equal(BillingInterval.Year, (await harness.ReadAsync(customer)).Next!.Interval);
        await harness.Gateway.UndoChangeAsync(id, "3", harness.Cancellation);
        await harness.Gateway.UndoChangeAsync(id, "3", harness.Cancellation);
        Assert.Null((await harness.ReadAsync(customer)).Next);
        harness.Stripe.Advance(TimeSpan.FromDays(366));
        Assert.Equal((PlanId.Business, 99000), ((await harness.ReadAsync(customer)).Plan, (await harness.SumsAsync(customer))[^1]));
    }

    [Fact]
    public async Task A_cancel_keeps_the_plan_until_the_paid_end()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var before = await harness.ReadAsync(customer);
        await harness.Gateway.ChangeAtPeriodEndAsync(before.Id, PlanId.Business, BillingInterval.Month, "1", harness.Cancellation);
        await harness.Gateway.CancelAtPeriodEndAsync(before.Id, "2", harness.Cancellation);
        await harness.Gateway.CancelAtPeriodEndAsync(before.Id, "2", harness.Cancellation);
        var ending = await harness.ReadAsync(customer);
        Assert.Equal((SubscriptionStatus.Active, before.PeriodEnd, null), (ending.Status, ending.EndsAt, ending.Next));
        Assert.Null(await harness.Gateway.PreviewInvoiceAsync(customer, before.Id, harness.Cancellation));

        await harness.Gateway.UndoChangeAsync(before.Id, "3", harness.Cancellation);
        Assert.Null((await harness.ReadAsync(customer)).EndsAt);
        await harness.Gateway.CancelAtPeriodEndAsync(before.Id, "4", harness.Cancellation);
        harness.Stripe.Advance(before.PeriodEnd - harness.Time.GetUtcNow() - TimeSpan.FromSeconds(1));
        Assert.Equal(SubscriptionStatus.Active, (await harness.ReadAsync(customer)).Status);
        harness.Stripe.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SubscriptionStatus.Canceled, (await harness.ReadAsync(customer)).Status);
        Assert.Single(await harness.SumsAsync(customer));
    }

    [Fact]
    public async Task An_upgrade_drops_the_end()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var id = (await harness.ReadAsync(customer)).Id;
        await harness.Gateway.CancelAtPeriodEndAsync(id, "1", harness.Cancellation);
        await harness.Gateway.ChangeNowAsync(id, PlanId.Business, BillingInterval.Month, "2", harness.Cancellation);
        var after = await harness.ReadAsync(customer);
        Assert.Equal((PlanId.Business, null), (after.Plan, after.EndsAt));
    }

    [Fact]
    public async Task A_subscription_ends_at_once_without_a_refund()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var id = (await harness.ReadAsync(customer)).Id;
        await harness.Gateway.CancelNowAsync(id, "1", harness.Cancellation);
        await harness.Gateway.CancelNowAsync(id, "2", harness.Cancellation);
        Assert.Equal(SubscriptionStatus.Canceled, (await harness.ReadAsync(customer)).Status);
        Assert.Single(await harness.SumsAsync(customer));
        var exception = await Assert.ThrowsAsync<BillingRefusedException>(
            () => harness.Gateway.CancelAtPeriodEndAsync("sub_unknown", "3", harness.Cancellation));
        Assert.Equal("resource_missing", exception.Code);
    }

    [Fact]
    public async Task A_price_that_was_replaced_still_is_the_plan_of_its_subscribers()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var price = Assert.Single(harness.Stripe.All("price"), one => one["lookup_key"]?.ToString() == "tk_pro_month");
        await ReplaceAsync(harness, price["product"]!.ToString());
        Assert.Null(harness.Stripe.Find(price["id"]!.ToString())["lookup_key"]);
        Assert.Equal(PlanId.Pro, (await harness.ReadAsync(customer)).Plan);
    }

    private static async Task ReplaceAsync(Harness harness, string product)
    {
        using var calls = new StripeCalls(harness.Options(), harness.Time);
        await calls.V1.Prices.CreateAsync(
            new()
            {
                Product = product, Currency = "usd", UnitAmount = 3100, LookupKey = "tk_pro_month", TransferLookupKey = true,
                Recurring = new() { Interval = "month" },
            },
            cancellationToken: harness.Cancellation);
    }
}
