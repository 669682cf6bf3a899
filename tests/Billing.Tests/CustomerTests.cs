using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class CustomerTests
{
    [Fact]
    public async Task A_tenant_has_one_customer_whatever_is_repeated()
    {
        await using var harness = await Harness.CreateAsync();
        var tenant = Guid.NewGuid();
        var first = await harness.Gateway.CreateCustomerAsync(tenant, "Ada", "ada@example.org", harness.Cancellation);
        // The search doesn't find it yet, and the name differs.
        Assert.Equal(first, await harness.Gateway.CreateCustomerAsync(tenant, "Bob", "bob@example.org", harness.Cancellation));
        harness.Stripe.Advance(TimeSpan.FromDays(400));
        Assert.Equal(first, await harness.Gateway.CreateCustomerAsync(tenant, "Eve", "eve@example.org", harness.Cancellation));
        Assert.Single(harness.Stripe.All("customer"));
        var customer = await harness.Gateway.FindCustomerAsync(first, harness.Cancellation);
        Assert.Equal(tenant, customer!.TenantId);
    }

    [Fact]
    public async Task A_customer_that_was_deleted_a_moment_ago_is_replaced()
    {
        await using var harness = await Harness.CreateAsync();
        var tenant = Guid.NewGuid();
        var first = await harness.NewCustomerAsync(tenant);
        harness.Stripe.DeleteCustomer(first);
        var second = await harness.NewCustomerAsync(tenant);
        Assert.NotEqual(first, second);
        Assert.Equal(second, await harness.NewCustomerAsync(tenant));
    }

    [Fact]
    public async Task A_deleted_customer_is_deleted_and_an_unknown_one_is_null()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        harness.Stripe.DeleteCustomer(customer);
        var found = await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation);
        Assert.True(found!.IsDeleted);
        Assert.Equal(BillingState.None, BillingState.Of(found));
        Assert.Null(await harness.Gateway.FindCustomerAsync("cus_unknown", harness.Cancellation));
    }

    [Fact]
    public async Task The_card_is_the_one_that_is_charged()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        Assert.Null((await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation))!.Card);
        harness.Stripe.Subscribe(customer, "tk_pro_month");
        Assert.Equal(new("visa", "4242"), (await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation))!.Card);
        harness.Stripe.ChangeCard(customer, FakeCard.FailsLater);
        Assert.Equal(new("visa", "0341"), (await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation))!.Card);
    }

    [Fact]
    public async Task All_subscriptions_are_read_page_by_page()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        for (var i = 0; i < 130; i++)
        {
            var id = harness.Stripe.Subscribe(customer, "tk_pro_month");
            await harness.Gateway.CancelNowAsync(id, Harness.NewKey(), harness.Cancellation);
        }

        var found = await harness.Gateway.FindCustomerAsync(customer, harness.Cancellation);
        Assert.Equal(130, found!.Subscriptions.DistinctBy(one => one.Id).Count());
        Assert.All(found.Subscriptions, one => Assert.Equal(SubscriptionStatus.Canceled, one.Status));
    }

    [Theory]
    [InlineData(FakeCard.Declined, 0, SubscriptionStatus.Incomplete)]
    [InlineData(FakeCard.Good, 14, SubscriptionStatus.Trialing)]
    [InlineData(FakeCard.Good, 0, SubscriptionStatus.Active)]
    public async Task The_status_is_that_of_stripe(FakeCard card, int trialDays, SubscriptionStatus status)
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        harness.Stripe.Subscribe(customer, "tk_pro_month", card, trialDays);
        Assert.Equal(status, (await harness.ReadAsync(customer)).Status);
    }

    [Fact]
    public async Task A_subscription_that_is_never_paid_expires()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        harness.Stripe.Subscribe(customer, "tk_pro_month", FakeCard.Declined);
        harness.Stripe.Advance(TimeSpan.FromHours(24));
        Assert.Equal(SubscriptionStatus.IncompleteExpired, (await harness.ReadAsync(customer)).Status);
    }

    [Fact]
    public async Task A_trial_without_a_card_is_paused_at_its_end()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        harness.Stripe.Subscribe(customer, "tk_business_month", null, 14);
        harness.Stripe.Advance(TimeSpan.FromDays(13));
        Assert.Equal(SubscriptionStatus.Trialing, (await harness.ReadAsync(customer)).Status);
        harness.Stripe.Advance(TimeSpan.FromDays(1));
        Assert.Equal(SubscriptionStatus.Paused, (await harness.ReadAsync(customer)).Status);
    }
}
