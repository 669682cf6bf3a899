using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stripe;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

/// <summary>What the fake does, seen through Stripe.net.</summary>
public class FakeStripeTests
{
    private const string Secret = "whsec_tests";
    private const string ThinSecret = "whsec_former";

    [Fact]
    public void The_fake_has_the_version_of_stripe_net() => Assert.Equal(FakeStripe.ApiVersion, StripeConfiguration.ApiVersion);

    [Fact]
    public async Task A_key_returns_the_first_response_for_a_day_and_refuses_other_parameters()
    {
        await using var harness = await Harness.CreateAsync();
        using var calls = new StripeCalls(harness.Options(), harness.Time);
        Task<Customer> CreateAsync(string name) => calls.V1.Customers.CreateAsync(
            new() { Name = name }, StripeCalls.Once("key"), harness.Cancellation);
        var first = await CreateAsync("Ada");
        Assert.Equal(first.Id, (await CreateAsync("Ada")).Id);
        var exception = await Assert.ThrowsAsync<StripeException>(() => CreateAsync("Bob"));
        Assert.Equal((HttpStatusCode.BadRequest, "idempotency_error"), (exception.HttpStatusCode, exception.StripeError.Type));
        harness.Stripe.Advance(TimeSpan.FromDays(1));
        Assert.NotEqual(first.Id, (await CreateAsync("Ada")).Id);
    }

    [Fact]
    public async Task Requests_of_another_version_and_without_the_key_are_refused()
    {
        await using var harness = await Harness.CreateAsync();
        using var http = new HttpClient { BaseAddress = harness.Stripe.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/v1/invoices")).StatusCode);
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {FakeStripe.SecretKey}");
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync("/v1/invoices")).StatusCode);
        http.DefaultRequestHeaders.Add("Stripe-Version", FakeStripe.ApiVersion);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/invoices")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/v1/unknown")).StatusCode);
    }

    [Fact]
    public async Task Webhooks_are_signed_and_sent_in_order()
    {
        await using var harness = await Harness.CreateAsync();
        await using var receiver = await Receiver.StartAsync();
        harness.Stripe.AddWebhook(receiver.Address, Secret, ThinSecret);
        var customer = await harness.SubscribeAsync();
        harness.Stripe.Refund(customer);
        harness.Stripe.Dispute(customer);
        harness.Stripe.ReportMeterError();
        await harness.Stripe.WhenSentAsync();
        var webhooks = receiver.Received.Select(one => harness.Gateway.ReadWebhook(one.Body, one.Signature)!).ToList();
        Assert.DoesNotContain(null, webhooks);
        var types = webhooks.ConvertAll(one => one.Type);
        Assert.Equal("customer.created", types[0]);
        Assert.True(types.IndexOf("customer.subscription.created") < types.IndexOf("invoice.paid"));
        Assert.True(types.IndexOf("invoice.paid") < types.IndexOf("checkout.session.completed"));
        Assert.All(webhooks.Where(one => one.Kind == BillingWebhookKind.Customer), one => Assert.Equal(customer, one.CustomerId));
        Assert.Equal(2, webhooks.Count(one => one.Kind == BillingWebhookKind.Dispute));
        Assert.Equal(BillingWebhookKind.OverageFault, webhooks[^1].Kind);
    }

    [Fact]
    public async Task Webhooks_can_be_held_dropped_repeated_and_reordered()
    {
        await using var harness = await Harness.CreateAsync();
        await using var receiver = await Receiver.StartAsync();
        harness.Stripe.AddWebhook(receiver.Address, Secret, ThinSecret);
        harness.Stripe.HoldsWebhooks = true;
        await harness.SubscribeAsync();
        var held = harness.Stripe.HeldWebhooks;
        harness.Stripe.Drop(held[0]);
        Assert.Equal(HttpStatusCode.OK, await harness.Stripe.SendAsync(held[2]));
        Assert.Equal(HttpStatusCode.OK, await harness.Stripe.SendAsync(held[2]));
        Assert.Equal(HttpStatusCode.OK, await harness.Stripe.SendAsync(held[1]));
        await harness.Stripe.SendHeldAsync();
        Assert.Empty(harness.Stripe.HeldWebhooks);
        var ids = receiver.Received.Select(one => harness.Gateway.ReadWebhook(one.Body, one.Signature)!.Id);
        Assert.Equal([held[2].EventId, held[2].EventId, held[1].EventId, .. held.Skip(3).Select(one => one.EventId)], ids);
    }

    [Fact]
    public async Task A_webhook_that_is_not_received_waits()
    {
        await using var harness = await Harness.CreateAsync();
        await using (var receiver = await Receiver.StartAsync())
            harness.Stripe.AddWebhook(receiver.Address, Secret, ThinSecret);
        await harness.NewCustomerAsync();
        await harness.Stripe.WhenSentAsync();
        Assert.Equal(["customer.created", "customer.updated"], harness.Stripe.HeldWebhooks.Select(one => one.Type));
    }

    [Fact]
    public async Task Events_of_unknown_customers_are_reported_as_errors_of_the_meter()
    {
        await using var harness = await Harness.CreateAsync();
        harness.Stripe.HoldsWebhooks = true;
        harness.Stripe.AddWebhook(new("http://127.0.0.1:9/"), Secret, ThinSecret);
        await harness.Gateway.ReportOverageAsync("cus_unknown", harness.Time.GetUtcNow(), 5, harness.Cancellation);
        var webhook = Assert.Single(harness.Stripe.HeldWebhooks);
        Assert.Equal("v1.billing.meter.error_report_triggered", webhook.Type);
        var signature = FakeWebhook.Sign(webhook.Body, webhook.Secret, harness.Time.GetUtcNow());
        var read = harness.Gateway.ReadWebhook(Encoding.UTF8.GetBytes(webhook.Body), signature);
        Assert.Equal(BillingWebhookKind.OverageFault, read!.Kind);
    }

    [Fact]
    public async Task The_clock_of_the_fake_can_be_ahead_of_another_clock()
    {
        await using var stripe = await FakeStripe.StartAsync(TimeProvider.System);
        var before = stripe.Now;
        stripe.Advance(TimeSpan.FromDays(40));
        Assert.True(stripe.Now - before >= TimeSpan.FromDays(40));
    }

    /// <summary>A server that receives webhooks.</summary>
    private sealed class Receiver(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<(byte[] Body, string Signature)> Received { get; } = new();

        public Uri Address => new(app.Urls.First());

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var receiver = new Receiver(app);
            app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                receiver.Received.Enqueue((body.ToArray(), context.Request.Headers["Stripe-Signature"].ToString()));
                context.Response.StatusCode = StatusCodes.Status200OK;
            });
            await app.StartAsync();
            return receiver;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
