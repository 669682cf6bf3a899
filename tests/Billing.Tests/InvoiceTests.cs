using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class InvoiceTests
{
    [Fact]
    public async Task Invoices_are_listed_newest_first_with_their_pages()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        harness.Stripe.Advance(TimeSpan.FromDays(95));
        var invoices = await harness.Gateway.ListInvoicesAsync(customer, 3, harness.Cancellation);
        Assert.Equal(3, invoices.Count);
        Assert.All(invoices, invoice => Assert.Equal(("paid", 2900, "usd"), (invoice.Status, invoice.Cents, invoice.Currency)));
        Assert.All(invoices, invoice => Assert.NotNull(invoice.Page));
        Assert.All(invoices, invoice => Assert.NotNull(invoice.Pdf));
        Assert.Equal(invoices.OrderByDescending(invoice => invoice.CreatedAt), invoices);
        Assert.Empty(await harness.Gateway.ListInvoicesAsync(await harness.NewCustomerAsync(), 3, harness.Cancellation));
    }

    [Fact]
    public async Task The_next_invoice_has_the_period_and_what_was_used()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync();
        var subscription = await harness.ReadAsync(customer);
        await harness.Gateway.SetOverageAsync(subscription.Id, isBilled: true, "on", harness.Cancellation);
        var hour = harness.Time.GetUtcNow().AddMinutes(-37).AddSeconds(-12);
        harness.Stripe.Advance(TimeSpan.FromMinutes(1));
        await harness.Gateway.ReportOverageAsync(customer, hour, 2000, harness.Cancellation);
        var next = await harness.Gateway.PreviewInvoiceAsync(customer, subscription.Id, harness.Cancellation);
        Assert.Equal((3000, "usd"), (next!.Cents, next.Currency));
        Assert.InRange(next.At, subscription.PeriodEnd, subscription.PeriodEnd.AddHours(1));
        await harness.Gateway.CancelNowAsync(subscription.Id, "end", harness.Cancellation);
        Assert.Null(await harness.Gateway.PreviewInvoiceAsync(customer, subscription.Id, harness.Cancellation));
    }

    [Fact]
    public async Task A_declined_card_is_tried_again_and_then_given_up()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(card: FakeCard.FailsLater);
        var end = (await harness.ReadAsync(customer)).PeriodEnd;
        harness.Stripe.Advance(end - harness.Time.GetUtcNow() + TimeSpan.FromHours(1));
        var failed = await harness.ReadAsync(customer);
        Assert.Equal((SubscriptionStatus.PastDue, end.AddHours(1)), (failed.Status, failed.UnpaidSince));
        foreach (var (days, attempts) in ((int, long)[])[(3, 2), (4, 3), (7, 4), (6, 4)])
        {
            harness.Stripe.Advance(TimeSpan.FromDays(days));
            Assert.Equal(SubscriptionStatus.PastDue, (await harness.ReadAsync(customer)).Status);
            Assert.Equal(attempts, (long)harness.Stripe.All("invoice")[^1]["attempt_count"]!);
        }

        harness.Stripe.Advance(TimeSpan.FromDays(1));
        Assert.Equal(SubscriptionStatus.Canceled, (await harness.ReadAsync(customer)).Status);
    }

    [Fact]
    public async Task A_new_card_pays_what_is_open()
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.SubscribeAsync(card: FakeCard.FailsLater);
        harness.Stripe.Advance(TimeSpan.FromDays(33));
        Assert.Equal(SubscriptionStatus.PastDue, (await harness.ReadAsync(customer)).Status);
        harness.Stripe.ChangeCard(customer, FakeCard.Good);
        var paid = await harness.ReadAsync(customer);
        Assert.Equal((SubscriptionStatus.Active, null), (paid.Status, paid.UnpaidSince));
    }

    [Fact]
    public async Task A_subscription_can_be_unpaid_instead_of_ended()
    {
        await using var harness = await Harness.CreateAsync();
        harness.Stripe.Settings.GiveUp = FakeGiveUp.Unpaid;
        var customer = await harness.SubscribeAsync(card: FakeCard.FailsLater);
        harness.Stripe.Advance(TimeSpan.FromDays(31 + 22));
        var unpaid = await harness.ReadAsync(customer);
        Assert.Equal(SubscriptionStatus.Unpaid, unpaid.Status);
        Assert.NotNull(unpaid.UnpaidSince);
        harness.Stripe.ChangeCard(customer, FakeCard.Good);
        Assert.Equal(SubscriptionStatus.Active, (await harness.ReadAsync(customer)).Status);
    }

    [Theory]
    [InlineData(PortalFlow.Home)]
    [InlineData(PortalFlow.Card)]
    public async Task The_portal_has_our_configuration(PortalFlow flow)
    {
        await using var harness = await Harness.CreateAsync();
        var customer = await harness.NewCustomerAsync();
        var page = await harness.Gateway.CreatePortalAsync(customer, flow, Harness.Page, harness.Cancellation);
        var session = Assert.Single(harness.Stripe.All("billing_portal.session"));
        Assert.Equal(page.AbsoluteUri, session["url"]!.ToString());
        Assert.Equal(
            Assert.Single(harness.Stripe.All("billing_portal.configuration"))["id"]!.ToString(), session["configuration"]!.ToString());
        Assert.Equal(flow == PortalFlow.Card ? "payment_method_update" : null, session["flow"]?["type"]?.ToString());
        Assert.Equal(Harness.Page.AbsoluteUri, session["return_url"]!.ToString());
    }
}
