using TelemetryKit.Billing.Setup;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class SetupTests
{
    private const int Objects = 14;

    [Fact]
    public async Task An_account_is_set_up_once_whatever_is_repeated()
    {
        await using var harness = await Harness.CreateAsync(isSetUp: false);
        var setup = new StripeSetup(harness.Options(), harness.Time);
        var check = await setup.CheckAsync(Harness.Setup, harness.Cancellation);
        Assert.False(check.IsComplete);
        Assert.Equal(Objects, check.Steps.Count);
        Assert.All(check.Steps, step => Assert.Equal(StripeSetupOutcome.Missing, step.Outcome));
        Assert.DoesNotContain(harness.Stripe.Requests, request => !request.StartsWith("GET ", StringComparison.Ordinal));

        var applied = await setup.ApplyAsync(Harness.Setup, harness.Cancellation);
        Assert.True(applied.IsComplete);
        Assert.Equal(2, applied.NewWebhookSecrets.Distinct().Count());
        Assert.All(applied.Steps, step => Assert.Equal(StripeSetupOutcome.Created, step.Outcome));
        foreach (var again in (StripeSetupResult[])
            [await setup.ApplyAsync(Harness.Setup, harness.Cancellation), await setup.CheckAsync(Harness.Setup, harness.Cancellation)])
        {
            Assert.True(again.IsComplete);
            Assert.Empty(again.NewWebhookSecrets);
            Assert.Equal(Objects, again.Steps.Count);
            Assert.All(again.Steps, step => Assert.Equal(StripeSetupOutcome.Unchanged, step.Outcome));
        }

        Assert.Equal(6, harness.Stripe.All("price").Count);
        Assert.Equal("hour", Assert.Single(harness.Stripe.All("billing.meter"))["event_time_window"]!.ToString());
        Assert.Equal(
            FakeStripe.ApiVersion, Assert.Single(harness.Stripe.All("webhook_endpoint"))["api_version"]!.ToString());
        Assert.DoesNotContain("whsec", applied.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setup_that_was_interrupted_is_continued()
    {
        await using var harness = await Harness.CreateAsync(isSetUp: false);
        var setup = new StripeSetup(harness.Options(), harness.Time);
        harness.Stripe.Fail(FakeFault.ServerError, path: "/v1/webhook_endpoints");
        await Assert.ThrowsAsync<BillingUnavailableException>(() => setup.ApplyAsync(Harness.Setup, harness.Cancellation));
        var result = await setup.ApplyAsync(Harness.Setup, harness.Cancellation);
        Assert.Equal(
            ["webhook", "event destination"],
            result.Steps.Where(step => step.Outcome == StripeSetupOutcome.Created).Select(step => step.Kind));
        Assert.Equal(6, harness.Stripe.All("price").Count);
    }

    [Fact]
    public async Task Another_price_of_events_replaces_the_former_one()
    {
        await using var harness = await Harness.CreateAsync();
        var setup = new StripeSetup(harness.Options(), harness.Time);
        var options = Harness.Setup with
        {
            OverageCentsPerThousand = new Dictionary<PlanId, decimal> { [PlanId.Pro] = 72.5m },
        };
        var check = await setup.CheckAsync(options, harness.Cancellation);
        Assert.False(check.IsComplete);
        Assert.Equal(6, harness.Stripe.All("price").Count);
        foreach (var result in (StripeSetupResult[])[check, await setup.ApplyAsync(options, harness.Cancellation)])
        {
            var step = Assert.Single(result.Steps, step => step.Outcome != StripeSetupOutcome.Unchanged);
            Assert.Equal(("price", "tk_pro_overage", "unit_amount"), (step.Kind, step.Name, step.Detail));
        }

        Assert.True((await setup.CheckAsync(options, harness.Cancellation)).IsComplete);
        var customer = await harness.SubscribeAsync();
        await harness.Gateway.SetOverageAsync((await harness.ReadAsync(customer)).Id, isBilled: true, "on", harness.Cancellation);
        Assert.Equal(0.0725m, (await harness.ReadAsync(customer)).OverageCentsPerEvent);
    }

    [Fact]
    public async Task What_was_changed_by_hand_is_reported_and_repaired()
    {
        await using var harness = await Harness.CreateAsync();
        using (var calls = new StripeCalls(harness.Options(), harness.Time))
        {
            await calls.V1.Products.UpdateAsync(
                "tk_pro", new() { Name = "Other", Active = false }, cancellationToken: harness.Cancellation);
            var webhook = Assert.Single(harness.Stripe.All("webhook_endpoint"))["id"]!.ToString();
            await calls.V1.WebhookEndpoints.UpdateAsync(
                webhook, new() { EnabledEvents = ["charge.refunded"], Disabled = true }, cancellationToken: harness.Cancellation);
            var portal = Assert.Single(harness.Stripe.All("billing_portal.configuration"))["id"]!.ToString();
            await calls.V1.BillingPortal.Configurations.UpdateAsync(
                portal,
                new() { Features = new() { InvoiceHistory = new() { Enabled = false }, SubscriptionCancel = new() { Enabled = true } } },
                cancellationToken: harness.Cancellation);
        }

        var setup = new StripeSetup(harness.Options(), harness.Time);
        var check = await setup.CheckAsync(Harness.Setup, harness.Cancellation);
        Assert.Equal(
            ["name, active", "invoice_history, subscription_cancel", "status, enabled_events"],
            check.Steps.Where(step => step.Outcome == StripeSetupOutcome.Different).Select(step => step.Detail));
        var applied = await setup.ApplyAsync(Harness.Setup, harness.Cancellation);
        Assert.Equal(3, applied.Steps.Count(step => step.Outcome == StripeSetupOutcome.Updated));
        Assert.True((await setup.CheckAsync(Harness.Setup, harness.Cancellation)).IsComplete);
    }

    [Fact]
    public async Task A_webhook_of_another_version_is_deleted_by_the_run_after_the_one_that_creates_its_successor()
    {
        await using var harness = await Harness.CreateAsync(isSetUp: false);
        using (var calls = new StripeCalls(harness.Options(), harness.Time))
        {
            await calls.V1.WebhookEndpoints.CreateAsync(
                new() { Url = Harness.Setup.Webhook.AbsoluteUri, ApiVersion = "2025-06-30.basil", EnabledEvents = ["*"] },
                cancellationToken: harness.Cancellation);
        }

        var setup = new StripeSetup(harness.Options(), harness.Time);
        var first = await setup.ApplyAsync(Harness.Setup, harness.Cancellation);
        Assert.Equal(2, first.NewWebhookSecrets.Count);
        Assert.Equal(2, harness.Stripe.All("webhook_endpoint").Count);
        Assert.False((await setup.CheckAsync(Harness.Setup, harness.Cancellation)).IsComplete);
        var second = await setup.ApplyAsync(Harness.Setup, harness.Cancellation);
        Assert.Single(second.Steps, step => step.Outcome == StripeSetupOutcome.Deleted);
        Assert.Single(harness.Stripe.All("webhook_endpoint"));
    }

    [Fact]
    public async Task A_meter_that_counts_otherwise_is_a_conflict()
    {
        await using var harness = await Harness.CreateAsync(isSetUp: false);
        using (var calls = new StripeCalls(harness.Options(), harness.Time))
        {
            await calls.V1.Billing.Meters.CreateAsync(
                new()
                {
                    DisplayName = "Other", EventName = PlanPrices.MeterName, EventTimeWindow = "day",
                    DefaultAggregation = new() { Formula = "sum" },
                },
                cancellationToken: harness.Cancellation);
        }

        var result = await new StripeSetup(harness.Options(), harness.Time).ApplyAsync(Harness.Setup, harness.Cancellation);
        Assert.False(result.IsComplete);
        Assert.Contains("event_time_window", Assert.Single(
            result.Steps, step => step.Outcome == StripeSetupOutcome.Conflict).Detail, StringComparison.Ordinal);
    }
}
