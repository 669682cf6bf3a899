using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Billing;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Api.Tests.Billing;

/// <summary>Webhooks that come in another order, several times, late or never, and those that aren't from Stripe.</summary>
public class WebhookTests(BilledServer server) : IClassFixture<BilledServer>, IAsyncLifetime
{
    private const string Created = "customer.subscription.created";
    private const string Path = "/v1/billing/webhook";

    public async ValueTask InitializeAsync()
    {
        await server.Stripe.WhenSentAsync();
        server.Stripe.HoldsWebhooks = true;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var webhook in server.Stripe.HeldWebhooks)
            server.Stripe.Drop(webhook);
        server.Stripe.HoldsWebhooks = false;
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Events_in_the_wrong_order_lead_to_the_state_of_now()
    {
        var (tenant, customer) = await PaidAsync();
        server.Stripe.ChangeCard(customer, FakeCard.FailsLater);
        var held = Held(customer);
        Assert.True(
            held.FindIndex(one => one.Type == Created) < held.FindIndex(one => one.Type == "customer.subscription.updated"),
            "the fake updates after it creates");
        held.Reverse();
        await DeliverAsync(held[0]);
        await UntilPlanAsync(tenant, PlanId.Pro);
        Assert.Equal("0341", (await server.AccountAsync(tenant)).State.Card!.LastFour);
        foreach (var webhook in held.Skip(1))
            await DeliverAsync(webhook);
        await server.SyncAsync(tenant);
        Assert.Equal("0341", (await server.AccountAsync(tenant)).State.Card!.LastFour);
        Assert.Equal(PlanId.Pro, await PlanAsync(tenant));
        Assert.Equal(1, await ChangesAsync(tenant));
    }

    [Fact]
    public async Task The_same_event_many_times_at_once_is_one_event()
    {
        var (tenant, customer) = await PaidAsync();
        // The operator gets one notice of each event of this type.
        server.Stripe.Refund(customer);
        var webhook = Held(customer).First(one => one.Type == "charge.refunded");
        var sent = Enumerable.Range(0, 10).SelectMany(_ => server.Replicas.Select(to => PostAsync(to, webhook.Body, webhook.Secret)));
        Assert.All(await Task.WhenAll(sent), status => Assert.Equal(HttpStatusCode.OK, status));
        await UntilPlanAsync(tenant, PlanId.Pro);
        Assert.Single(server.Replicas.SelectMany(one => one.Logs.Lines), line => line.Contains(webhook.EventId, StringComparison.Ordinal));
        Assert.False(await server.Accounts.Billing.ReceiveAsync(webhook.EventId, customer, server.Time.GetUtcNow(), default));
        Assert.Equal(1, await ChangesAsync(tenant));
        Assert.Single(server.Stripe.All("subscription"), one => (string?)one["customer"] == customer);
    }

    [Fact]
    public async Task An_event_that_arrives_a_month_late_changes_nothing()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant);
        var customer = (await server.AccountAsync(tenant)).CustomerId!;
        var webhook = Held(customer).First(one => one.Type == Created);
        await owner.JsonAsync(
            HttpMethod.Post, $"/v1/billing/change?tenant={tenant}", 200, new JsonObject { ["plan"] = "business" });
        foreach (var days in (int[])[31, 61])
        {
            server.Stripe.Advance(TimeSpan.FromDays(days));
            await server.SyncAsync(tenant);
            var state = (await server.AccountAsync(tenant)).State;
            Assert.Equal(PlanId.Business, state.Plan);
            await DeliverAsync(webhook);
            await UntilNothingIsDueAsync();
            Assert.Equal(state, (await server.AccountAsync(tenant)).State);
            Assert.Equal(PlanId.Business, await PlanAsync(tenant));
        }
    }

    [Fact]
    public async Task A_webhook_that_is_lost_is_mended_within_a_day_and_counted()
    {
        var (tenant, customer) = await PaidAsync();
        Assert.NotEmpty(Held(customer));
        foreach (var webhook in Held(customer))
            server.Stripe.Drop(webhook);
        Assert.Equal(PlanId.Free, await PlanAsync(tenant));
        // Not with /metrics: it repeats a response for a moment, and the servers of a test process share what it exports.
        var drifted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "telemetrykit.billing.drift")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, number, _, _) => Interlocked.Add(ref drifted, number));
        listener.Start();
        await SyncAllAsync();
        await UntilPlanAsync(tenant, PlanId.Pro);
        await UntilDriftAsync(tenant);
        Assert.InRange(Interlocked.Read(ref drifted), 1, long.MaxValue);
    }

    [Fact]
    public async Task A_lost_webhook_is_counted_also_if_Stripe_is_away_at_night()
    {
        var (tenant, customer) = await PaidAsync();
        foreach (var webhook in Held(customer))
            server.Stripe.Drop(webhook);
        server.Stripe.Fail(FakeFault.ServerError, times: 10_000, "GET", "/v1/customers");
        await SyncAllAsync();
        Assert.Equal(PlanId.Free, await PlanAsync(tenant));
        server.Stripe.EndFaults();
        // The circuit closes again.
        server.Stripe.Advance(TimeSpan.FromHours(2));
        await UntilPlanAsync(tenant, PlanId.Pro);
        await UntilDriftAsync(tenant);
    }

    [Fact]
    public async Task A_change_with_a_webhook_is_no_drift_whoever_finds_it()
    {
        var (tenant, customer) = await PaidAsync();
        var webhook = Held(customer).First(one => one.Type == Created);
        // It arrives while the job of the night runs.
        Assert.True(await server.Accounts.Billing.ReceiveAsync(webhook.EventId, customer, server.Time.GetUtcNow(), default));
        await SyncAllAsync();
        await UntilPlanAsync(tenant, PlanId.Pro);
        await UntilNothingIsDueAsync();
        Assert.DoesNotContain(server.Replicas.SelectMany(one => one.Logs.Lines), line => IsDrift(line, tenant));
    }

    [Fact]
    public async Task An_event_whose_server_is_killed_before_it_is_processed_is_processed_by_another_one()
    {
        var (tenant, customer) = await PaidAsync();
        var webhook = Held(customer).First(one => one.Type == Created);
        // The server stores it, and ends.
        Assert.True(await server.Accounts.Billing.ReceiveAsync(webhook.EventId, customer, server.Time.GetUtcNow(), default));
        await server.Replicas[^1].Services.GetRequiredService<BillingJobs>().SyncDueAsync(default);
        await UntilPlanAsync(tenant, PlanId.Pro);
        Assert.Equal(1, await ChangesAsync(tenant));
    }

    [Fact]
    public async Task What_is_not_signed_by_Stripe_is_refused_without_a_detail_and_not_stored()
    {
        var (tenant, customer) = await PaidAsync();
        var webhook = Held(customer).First(one => one.Type == Created);
        var now = server.Time.GetUtcNow();
        var good = FakeWebhook.Sign(webhook.Body, BilledServer.WebhookSecret, now);
        foreach (var (body, signature) in ((string, string?)[])
        [
            (webhook.Body, null), (webhook.Body, ""), (webhook.Body, "nonsense"), (webhook.Body, "t=,v1="), (webhook.Body, "t=x,v1=zz"),
            (webhook.Body, FakeWebhook.Sign(webhook.Body, "whsec_another", now)), (webhook.Body + " ", good),
            (webhook.Body.Replace("active", "unpaid", StringComparison.Ordinal), good),
            (webhook.Body, FakeWebhook.Sign(webhook.Body, BilledServer.WebhookSecret, now - TimeSpan.FromSeconds(301))),
            (webhook.Body, FakeWebhook.Sign(webhook.Body, BilledServer.WebhookSecret, now - TimeSpan.FromDays(400))),
            ("{", FakeWebhook.Sign("{", BilledServer.WebhookSecret, now)), ("", FakeWebhook.Sign("", BilledServer.WebhookSecret, now)),
            ("[]", FakeWebhook.Sign("[]", BilledServer.WebhookSecret, now)),
        ])
        {
            using var response = await SendAsync(server.Server, body, signature);
            var problem = await response.Content.ReadAsStringAsync();
            Assert.True(HttpStatusCode.BadRequest == response.StatusCode, $"{response.StatusCode} for {signature} and {body}");
            Assert.Equal("invalid_signature", (string?)JsonNode.Parse(problem)!["code"]);
            Assert.Null(JsonNode.Parse(problem)!["errors"]);
            Assert.DoesNotContain("whsec", problem, StringComparison.OrdinalIgnoreCase);
        }

        var large = webhook.Body + new string(' ', Limits.WebhookBytes);
        using var tooLarge = await SendAsync(server.Server, large, FakeWebhook.Sign(large, BilledServer.WebhookSecret, now));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Equal(PlanId.Free, await PlanAsync(tenant));
        Assert.True(await server.Accounts.Billing.ReceiveAsync(webhook.EventId, customer, now, default), "it was stored");
    }

    [Fact]
    public async Task The_secret_before_a_rotation_and_a_signature_of_five_minutes_are_accepted()
    {
        var (tenant, customer) = await PaidAsync();
        var held = Held(customer);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server.Server, held[0].Body, BilledServer.FormerSecret));
        await UntilPlanAsync(tenant, PlanId.Pro);
        var old = FakeWebhook.Sign(held[1].Body, BilledServer.WebhookSecret, server.Time.GetUtcNow() - TimeSpan.FromSeconds(299));
        using var response = await SendAsync(server.Server, held[1].Body, old);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"object":"event","type":"made.up","api_version":"1999-01-01","data":{"object":{"customer":"CUS"}}}""", true)]
    [InlineData("""{"type":"customer.updated","api_version":"2099-01-01","data":{"object":{"object":"customer","id":"CUS"}}}""", true)]
    [InlineData("""{"type":"x.y","data":{"object":{"customer":{"id":"CUS","object":"customer"},"status":"unpaid"}}}""", true)]
    [InlineData("""{"object":"event","type":"made.up","data":{"object":{"object":"thing","customer":"cus_of_nobody"}}}""", false)]
    [InlineData("""{"object":"event","type":"made.up","data":{"object":{"object":"thing"}}}""", false)]
    [InlineData("""{"object":"event","type":"made.up","data":[1,2]}""", false)]
    [InlineData("""{"object":"v2.core.event","type":"v9.made.up","related_object":{"id":"CUS"}}""", false)]
    public async Task Events_of_unknown_types_and_versions_at_most_cause_a_synchronisation(string text, bool isAbout)
    {
        var (tenant, customer) = await PaidAsync();
        var id = $"evt_{Guid.NewGuid():N}";
        var body = JsonNode.Parse(text.Replace("CUS", customer, StringComparison.Ordinal))!;
        body["id"] = id;
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server.Server, body.ToJsonString(), BilledServer.WebhookSecret));
        Assert.False(await server.Accounts.Billing.ReceiveAsync(id, isAbout ? customer : null, server.Time.GetUtcNow(), default));
        if (isAbout)
        {
            await UntilPlanAsync(tenant, PlanId.Pro);
            return;
        }

        await UntilNothingIsDueAsync();
        Assert.Equal(PlanId.Free, await PlanAsync(tenant));
    }

    // A tenant that has paid, and whose server doesn't know it yet.
    private async Task<(Guid Tenant, string Customer)> PaidAsync()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var page = await server.BeginCheckoutAsync(owner, tenant);
        await UntilGrainIsIdleAsync(tenant);
        Assert.True(server.Stripe.PayCheckout(page));
        Assert.Equal(PlanId.Free, await PlanAsync(tenant));
        return (tenant, (await server.AccountAsync(tenant)).CustomerId!);
    }

    // On a slow machine the Checkout may have run the synchronisation itself. Its call of the grain, which runs calls in their order, would
    // find the payment later.
    private Task UntilGrainIsIdleAsync(Guid tenant) => Eventually.TrueAsync(
        async () =>
        {
            var began = TimeProvider.System.GetTimestamp();
            await server.SyncAsync(tenant);
            return TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1);
        },
        "the grain returns within its time-out");

    // On PostgreSQL, one of the servers has the lease of the day.
    private async Task SyncAllAsync()
    {
        server.Stripe.Advance(TimeSpan.FromDays(1));
        foreach (var replica in server.Replicas)
            await replica.Services.GetRequiredService<BillingJobs>().SyncAllAsync(default);
    }

    private Task UntilDriftAsync(Guid tenant) => Eventually.TrueAsync(
        () => server.Replicas.SelectMany(one => one.Logs.Lines).Any(line => IsDrift(line, tenant)), "the change is counted");

    private static bool IsDrift(string line, Guid tenant) => line.Contains($"{tenant} had changed at Stripe", StringComparison.Ordinal);

    private List<FakeWebhook> Held(string customer) => [.. server.Stripe.HeldWebhooks.Where(one => one.CustomerId == customer)];

    private async Task DeliverAsync(FakeWebhook webhook)
    {
        foreach (var replica in server.Replicas)
            Assert.Equal(HttpStatusCode.OK, await PostAsync(replica, webhook.Body, webhook.Secret));
    }

    private async Task<HttpStatusCode> PostAsync(TestServer to, string body, string secret)
    {
        using var response = await SendAsync(to, body, FakeWebhook.Sign(body, secret, server.Time.GetUtcNow()));
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer to, string body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        return await to.Client.SendAsync(request);
    }

    private async Task<PlanId> PlanAsync(Guid tenant) => (await server.Accounts.Tenants.FindAsync(tenant, default))!.PlanId;

    private Task UntilPlanAsync(Guid tenant, PlanId plan) =>
        Eventually.TrueAsync(async () => await PlanAsync(tenant) == plan, $"the plan is {plan}");

    private Task UntilNothingIsDueAsync() => Eventually.TrueAsync(
        async () => (await server.Accounts.Billing.ListDueAsync(server.Time.GetUtcNow(), 1, default)).Count == 0, "nothing is due");

    private async Task<int> ChangesAsync(Guid tenant) =>
        (await server.Accounts.Audit.ReadAsync(tenant, null, 100, default)).Count(line => line.Action == AuditActions.PlanBilled);
}

/// <summary>The same on three servers.</summary>
public sealed class ReplicatedWebhookTests(ReplicatedBilledServer server) : WebhookTests(server), IClassFixture<ReplicatedBilledServer>;
