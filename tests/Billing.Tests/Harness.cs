using TelemetryKit.Billing.Setup;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Support;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

/// <summary>A fake of Stripe with an account that is set up, and the gateway to it. Both have the same clock.</summary>
internal sealed class Harness : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 15, 10, 37, 12, TimeSpan.Zero);
    public static readonly StripeSetupOptions Setup = new() { Webhook = new("https://kit.example/v1/billing/webhook") };
    public static readonly Uri Page = new("https://kit.example/billing");
    private const string WebhookSecret = "whsec_tests";

    private Harness(FakeStripe stripe, ManualTime time)
    {
        Stripe = stripe;
        Time = time;
        Gateway = new(Options(), time);
    }

    public FakeStripe Stripe { get; }

    public ManualTime Time { get; }

    public StripeGateway Gateway { get; }

    public CancellationToken Cancellation { get; } = TestContext.Current.CancellationToken;

    public static async Task<Harness> CreateAsync(DateTimeOffset? start = null, bool isSetUp = true)
    {
        var time = new ManualTime(start ?? Start);
        var harness = new Harness(await FakeStripe.StartAsync(time), time);
        if (isSetUp)
            await new StripeSetup(harness.Options(), time).ApplyAsync(Setup, harness.Cancellation);
        return harness;
    }

    public StripeOptions Options(int retries = 0, string key = FakeStripe.SecretKey, TimeSpan? timeout = null, bool taxes = false) => new()
    {
        SecretKey = key, ApiBase = Stripe.Address, Retries = retries, WebhookSecrets = ["whsec_former", WebhookSecret],
        Timeout = timeout ?? TimeSpan.FromSeconds(60), AutomaticTax = taxes,
    };

    public Task<string> NewCustomerAsync(Guid? tenant = null) =>
        Gateway.CreateCustomerAsync(tenant ?? Guid.NewGuid(), "Ada", "ada@example.org", Cancellation);

    public static CheckoutRequest Request(string customer, PlanId plan = PlanId.Pro, BillingInterval interval = BillingInterval.Month) =>
        new(Guid.NewGuid(), customer, plan, interval, new("https://kit.example/return?page={CHECKOUT_SESSION_ID}"), Page);

    /// <summary>Subscribes through Checkout. Returns the customer.</summary>
    public async Task<string> SubscribeAsync(
        PlanId plan = PlanId.Pro, BillingInterval interval = BillingInterval.Month, FakeCard card = FakeCard.Good)
    {
        var customer = await NewCustomerAsync();
        var page = await Gateway.CreateCheckoutAsync(Request(customer, plan, interval), Guid.NewGuid().ToString(), Cancellation);
        Assert.True(Stripe.PayCheckout(page.Id, card));
        return customer;
    }

    public async Task<BillingSubscription> ReadAsync(string customer) =>
        Assert.Single((await Gateway.FindCustomerAsync(customer, Cancellation))!.Subscriptions);

    public async Task<List<long>> SumsAsync(string customer) =>
        [.. (await Gateway.ListInvoicesAsync(customer, 100, Cancellation)).Reverse().Select(invoice => invoice.Cents)];

    public static string NewKey() => Guid.NewGuid().ToString();

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        await Stripe.DisposeAsync();
    }
}
