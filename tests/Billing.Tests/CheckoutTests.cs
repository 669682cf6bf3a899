using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class CheckoutTests
{
    [Fact]
    public async Task A_page_is_paid_and_the_plan_is_there()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        var page = await harness.Gateway.CreateCheckoutAsync(Harness.Request(customer), "key", harness.Cancellation);
        Assert.Equal((CheckoutStatus.Open, customer), (page.Status, page.CustomerId));
        Assert.NotNull(page.Address);
        Assert.Equal((Harness.Start + CheckoutRequest.Lifetime).ToUnixTimeSeconds(), page.ExpiresAt.ToUnixTimeSeconds());
        Assert.False(harness.Stripe.PayCheckout(page.Id, FakeCard.Declined));
        Assert.True(harness.Stripe.PayCheckout(page.Id));
        Assert.False(harness.Stripe.PayCheckout(page.Id));

        var paid = await harness.Gateway.FindCheckoutAsync(page.Id, harness.Cancellation);
        Assert.Equal((CheckoutStatus.Complete, null), (paid!.Status, paid.Address));
        var subscription = await harness.ReadAsync(customer);
        Assert.Equal(
            (SubscriptionStatus.Active, PlanId.Pro, BillingInterval.Month),
            (subscription.Status, subscription.Plan, subscription.Interval));
        Assert.Null(subscription.EndsAt);
        Assert.Null(subscription.Next);
        Assert.Null(subscription.UnpaidSince);
        Assert.Null(subscription.OverageCentsPerEvent);
    }

    [Fact]
    public async Task The_parameters_of_a_page_are_those_that_stripe_needs()
    {
        await using var harness = await Harness.CreateAsync();
        using var gateway = new StripeGateway(harness.Options(taxes: true), harness.Time);
        var request = Harness.Request(await harness.NewCustomerAsync());
        var page = await gateway.CreateCheckoutAsync(request, "key", harness.Cancellation);
        var session = harness.Stripe.Find(page.Id);
        Assert.Equal("https://kit.example/return?page={CHECKOUT_SESSION_ID}", session["success_url"]!.ToString());
        Assert.Equal(request.TenantId.ToString(), session["client_reference_id"]!.ToString());
        Assert.Equal(request.TenantId.ToString(), session["metadata"]!["telemetrykit_tenant"]!.ToString());
        Assert.Equal("true", session["allow_promotion_codes"]!.ToString());
        Assert.Equal("true", session["automatic_tax"]!["enabled"]!.ToString());
        Assert.True(harness.Stripe.PayCheckout(page.Id));
        var subscription = Assert.Single(harness.Stripe.All("subscription"));
        Assert.Equal("flexible", subscription["billing_mode"]!["type"]!.ToString());
        Assert.Equal(request.TenantId.ToString(), subscription["metadata"]!["telemetrykit_tenant"]!.ToString());
    }

    [Fact]
    public async Task Two_calls_with_one_key_return_one_page_also_in_the_next_hour()
    {
        await using var harness = await Harness.CreateAsync();
        var request = Harness.Request(await harness.NewCustomerAsync()) with { BegunAt = harness.Time.GetUtcNow() };
        var first = await harness.Gateway.CreateCheckoutAsync(request, "key", harness.Cancellation);
        harness.Stripe.Advance(TimeSpan.FromHours(3));
        Assert.Equal(first.Id, (await harness.Gateway.CreateCheckoutAsync(request, "key", harness.Cancellation)).Id);
        Assert.NotEqual(first.Id, (await harness.Gateway.CreateCheckoutAsync(request, "other", harness.Cancellation)).Id);
    }

    [Theory]
    [InlineData(BillingInterval.Month, "2026-02-15T10:00:00Z", 2900)]
    [InlineData(BillingInterval.Year, "2027-01-15T10:00:00Z", 29000)]
    public async Task Periods_begin_on_full_hours_and_the_first_one_is_charged_for_its_length(
        BillingInterval interval, string end, long price)
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(PlanId.Pro, interval);
        var subscription = await harness.ReadAsync(customer);
        Assert.Equal(DateTimeOffset.Parse(end), subscription.PeriodEnd);
        var paid = Assert.Single(await harness.SumsAsync(customer));
        Assert.InRange(paid, price - (price / 500), price - 1);

        harness.Stripe.Advance(subscription.PeriodEnd - harness.Time.GetUtcNow() + TimeSpan.FromHours(2));
        Assert.Equal([paid, price], await harness.SumsAsync(customer));
        Assert.Equal(subscription.PeriodEnd, (await harness.ReadAsync(customer)).PeriodStart);
    }

    [Fact]
    public async Task A_page_that_is_paid_a_day_later_has_the_hour_of_its_beginning()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        var page = await harness.Gateway.CreateCheckoutAsync(Harness.Request(customer), "key", harness.Cancellation);
        harness.Stripe.Advance(TimeSpan.FromHours(22.5));
        Assert.True(harness.Stripe.PayCheckout(page.Id));
        Assert.Equal(DateTimeOffset.Parse("2026-02-15T10:00:00Z"), (await harness.ReadAsync(customer)).PeriodEnd);
        Assert.InRange(Assert.Single(await harness.SumsAsync(customer)), 2700, 2850);
    }

    [Theory]
    [InlineData("2027-10-31T23:59:59Z", "2027-11-30T23:00:00Z", "2027-12-31T23:00:00Z", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z")]
    [InlineData("2027-01-29T00:00:00Z", "2027-02-28T00:00:00Z", "2027-03-29T00:00:00Z", "2027-04-29T00:00:00Z", "2027-05-29T00:00:00Z")]
    public async Task Months_without_the_day_are_renewed_on_their_last_day(string start, params string[] ends)
    {
        await using var harness = await Harness.CreateAsync(DateTimeOffset.Parse(start));
        var customer = await harness.SubscribeAsync();
        foreach (var end in ends)
        {
            var subscription = await harness.ReadAsync(customer);
            Assert.Equal(DateTimeOffset.Parse(end), subscription.PeriodEnd);
            harness.Stripe.Advance(subscription.PeriodEnd - harness.Time.GetUtcNow());
        }

        harness.Stripe.Advance(TimeSpan.FromHours(1));
        Assert.All((await harness.SumsAsync(customer)).Skip(1), cents => Assert.Equal(2900, cents));
    }

    [Fact]
    public async Task A_year_that_begins_on_29_february_ends_on_28_february()
    {
        await using var harness = await Harness.CreateAsync(new(2028, 2, 29, 12, 30, 0, TimeSpan.Zero));
        var customer = await harness.SubscribeAsync(PlanId.Business, BillingInterval.Year);
        Assert.Equal(DateTimeOffset.Parse("2029-02-28T12:00:00Z"), (await harness.ReadAsync(customer)).PeriodEnd);
    }

    [Fact]
    public async Task A_page_expires_by_itself_or_at_once()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        var first = await harness.Gateway.CreateCheckoutAsync(Harness.Request(customer), "1", harness.Cancellation);
        var second = await harness.Gateway.CreateCheckoutAsync(Harness.Request(customer), "2", harness.Cancellation);
        await harness.Gateway.ExpireCheckoutAsync(first.Id, harness.Cancellation);
        await harness.Gateway.ExpireCheckoutAsync(first.Id, harness.Cancellation);
        Assert.False(harness.Stripe.PayCheckout(first.Id));
        harness.Stripe.Advance(TimeSpan.FromDays(1));
        foreach (var page in (CheckoutPage[])[first, second])
        {
            var found = await harness.Gateway.FindCheckoutAsync(page.Id, harness.Cancellation);
            Assert.Equal(CheckoutStatus.Expired, found!.Status);
        }

        await harness.Gateway.ExpireCheckoutAsync("cs_unknown", harness.Cancellation);
        Assert.Null(await harness.Gateway.FindCheckoutAsync("cs_unknown", harness.Cancellation));
    }

    [Fact]
    public async Task An_account_that_is_not_set_up_sells_nothing()
    {
        await using var harness = await Harness.CreateAsync(isSetUp: false);
        var request = Harness.Request(await harness.NewCustomerAsync());
        var exception = await Assert.ThrowsAsync<BillingRefusedException>(
            () => harness.Gateway.CreateCheckoutAsync(request, "key", harness.Cancellation));
        Assert.Equal("price_missing", exception.Code);
    }
}
