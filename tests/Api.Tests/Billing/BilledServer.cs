using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Billing;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Billing;
using TelemetryKit.Billing.Setup;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Api.Tests.Billing;

/// <summary>A hosted server that bills through a fake of Stripe. Both have the same clock.</summary>
public class BilledServer : AccountServer
{
    public const string WebhookSecret = "whsec_of_the_tests";
    public const string FormerSecret = "whsec_a_former_one";
    public const string ThinSecret = "whsec_of_thin_events";

    private FakeStripe? _stripe;

    public FakeStripe Stripe => _stripe!;

    /// <summary>All servers on the database.</summary>
    public virtual IReadOnlyList<TestServer> Replicas => [Server];

    protected override string[] Args =>
    [
        .. base.Args, "--TELEMETRYKIT_STRIPE_SECRET_KEY", FakeStripe.SecretKey, "--TELEMETRYKIT_STRIPE_API_BASE",
        Stripe.Address.ToString(), "--TELEMETRYKIT_STRIPE_WEBHOOK_SECRET", $"{FormerSecret},{WebhookSecret},{ThinSecret}",
    ];

    public override async ValueTask InitializeAsync()
    {
        _stripe = await FakeStripe.StartAsync(Time);
        var options = new StripeOptions { SecretKey = FakeStripe.SecretKey, ApiBase = Stripe.Address };
        await new StripeSetup(options, Time).ApplyAsync(new() { Webhook = new("https://telemetry.example.org/hook") }, default);
        await base.InitializeAsync();
        Stripe.AddWebhook(new Uri(Server.Url, "v1/billing/webhook"), WebhookSecret, ThinSecret);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Stripe.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins a Checkout, and returns the id of its page.</summary>
    public async Task<string> BeginCheckoutAsync(Person owner, Guid tenant, string plan = "pro", string interval = "month")
    {
        var body = await owner.JsonAsync(
            HttpMethod.Post, $"/v1/billing/checkout?tenant={tenant}", 200, new JsonObject { ["plan"] = plan, ["interval"] = interval });
        Assert.Equal("checkout", (string)body["kind"]!);
        return (await AccountAsync(tenant)).Checkout!.PageId!;
    }

    /// <summary>Subscribes through Checkout, and returns from it.</summary>
    public async Task SubscribeAsync(
        Person owner, Guid tenant, string plan = "pro", string interval = "month", FakeCard card = FakeCard.Good)
    {
        var page = await BeginCheckoutAsync(owner, tenant, plan, interval);
        Assert.True(Stripe.PayCheckout(page, card));
        // By the browser, and without the session.
        await ReturnAsync(tenant, page);
    }

    /// <summary>Returns from a Checkout as its page does, and returns the response.</summary>
    public async Task<JsonNode> ReturnAsync(Guid tenant, string checkout, int status = 200)
    {
        using var response = await Server.Client.PostAsJsonAsync(
            new Uri("/v1/billing/return", UriKind.Relative), new JsonObject { ["tenant"] = tenant, ["checkout"] = checkout });
        return await response.JsonAsync(status);
    }

    /// <summary>Fetches the state of a tenant.</summary>
    public Task<BillingSyncOutcome> SyncAsync(Guid tenant) =>
        Server.Services.GetRequiredService<ITenantOperations>().SyncBillingAsync(tenant, default);

    /// <summary>Reports events above the quota, and ends the subscriptions of deleted tenants.</summary>
    public Task ReportOverageAsync()
    {
        // Hours are reported when they have ended.
        Time.Advance(TimeSpan.FromHours(1));
        return Server.Services.GetRequiredService<BillingJobs>().ReportOverageAsync(default);
    }

    /// <summary>Counts live events of this month, without storing any.</summary>
    public async Task UseQuotaAsync(Guid tenant, long events)
    {
        var now = Time.GetUtcNow();
        await using var commit = await Server.Store.Commits.BeginAsync(default);
        await commit.ReserveAsync([], [new(tenant, QuotaMonth.Of(now).FirstDay, events, null)], [], now, default);
        await commit.WriteAndCommitAsync([], [], default);
    }

    public async Task<BillingAccount> AccountAsync(Guid tenant) => (await Accounts.Billing.FindAsync(tenant, default))!;
}
