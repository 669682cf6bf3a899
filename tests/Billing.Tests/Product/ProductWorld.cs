using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Billing.Setup;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Storage.Sqlite;
using TelemetryKit.Support;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests.Product;

/// <summary>The operations of the product over a store on SQLite, with a fake of Stripe over HTTP. All have the same clock.</summary>
internal sealed class ProductWorld : IAsyncDisposable
{
    private const string Secret = "whsec_of_the_product";
    private static readonly CheckoutReturn Return = new(new("https://kit.example/return?page={CHECKOUT_SESSION_ID}"), Harness.Page);
    private readonly string _folder = Folder();
    private StripeGateway _gateway = null!;

    private ProductWorld(FakeStripe stripe, ManualTime time)
    {
        (Stripe, Time) = (stripe, time);
        Store = new SqliteStore(_folder, new ServerSecrets(ServerSecret.TryParse(TestSecret.Text)!), time);
        Restart();
    }

    public FakeStripe Stripe { get; }

    public ManualTime Time { get; }

    public SqliteStore Store { get; }

    public TenantOperations Tenants { get; private set; } = null!;

    public Checkouts Checkouts { get; private set; } = null!;

    public PlanChanges Changes { get; private set; } = null!;

    public Overage Overage { get; private set; } = null!;

    public DeletedTenants Deleted { get; private set; } = null!;

    public DateTimeOffset Now => Time.GetUtcNow();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StripeOptions Options => new()
    {
        SecretKey = FakeStripe.SecretKey, ApiBase = Stripe.Address, Retries = 0, WebhookSecrets = [Secret],
        Timeout = TimeSpan.FromSeconds(60), FailuresUntilPause = int.MaxValue, CreateHandler = Stripe.CreateHandler,
    };

    public static async Task<ProductWorld> CreateAsync(DateTimeOffset? start = null)
    {
        var time = new ManualTime(start ?? Harness.Start);
        var world = new ProductWorld(await FakeStripe.StartAsync(time), time);
        await new StripeSetup(world.Options, time).ApplyAsync(Harness.Setup, Cancellation);
        await world.Store.MigrateAsync(Cancellation);
        world.Stripe.HoldsWebhooks = true;
        world.Stripe.AddWebhook(new("http://127.0.0.1/v1/billing/webhook"), Secret, Secret);
        return world;
    }

    /// <summary>Starts the operations again, as a process that was killed: what it kept in memory is lost.</summary>
    public void Restart()
    {
        _gateway?.Dispose();
        _gateway = new(Options, Time);
        var sync = new BillingSync(Store.Accounts, _gateway, Time, NullLogger<BillingSync>.Instance);
        Tenants = new(Store.Accounts, new NoNotices(), Time, sync);
        Checkouts = new(Store.Accounts, _gateway, Tenants, Time);
        Overage = new(Store.Accounts, _gateway, Tenants, Time, NullLogger<Overage>.Instance);
        Changes = new(Store.Accounts, _gateway, Tenants, Overage, Time);
        Deleted = new(Store.Accounts, _gateway, Overage, NullLogger<DeletedTenants>.Instance);
    }

    /// <summary>Creates a tenant with a project.</summary>
    public async Task<(Guid Tenant, Guid Project)> NewTenantAsync()
    {
        var owner = new Account
        {
            Id = Guid.CreateVersion7(), Email = $"{Guid.NewGuid():N}@example.org", Name = "Ada", PasswordHash = "x", CreatedAt = Now,
        };
        var tenant = Guid.CreateVersion7();
        await Store.Accounts.Accounts.CreateAsync(owner, new Admission.OwnTenant(tenant, "Ada", PlanId.Free, null, Now), Cancellation);
        var project = await Store.Projects.EnsureProjectAsync(tenant, $"p{tenant:N}", Cancellation);
        return (tenant, project.Ref.ProjectId);
    }

    public async Task<Tenant> TenantAsync(Guid tenantId) => (await Store.Accounts.Tenants.FindAsync(tenantId, Cancellation))!;

    public Task<BillingAccount?> AccountAsync(Guid tenantId) => Store.Accounts.Billing.FindAsync(tenantId, Cancellation);

    public async Task<CheckoutResult> BeginCheckoutAsync(Guid tenantId, PlanId plan, BillingInterval interval) =>
        await Checkouts.BeginAsync(await TenantAsync(tenantId), "ada@example.org", plan, interval, Return, Cancellation);

    /// <summary>Subscribes through Checkout, and returns from it.</summary>
    public async Task SubscribeAsync(Guid tenantId, PlanId plan = PlanId.Pro, BillingInterval interval = BillingInterval.Month)
    {
        Assert.Equal(CheckoutOutcome.Page, (await BeginCheckoutAsync(tenantId, plan, interval)).Outcome);
        Assert.True(Stripe.PayCheckout((await AccountAsync(tenantId))!.Checkout!.PageId!));
        await SyncAsync(tenantId);
    }

    public Task<BillingSyncOutcome> SyncAsync(Guid tenantId) => Tenants.SyncBillingAsync(tenantId, Cancellation);

    public Task<PlanChangeOutcome> ChangeAsync(Guid tenantId, PlanId plan, BillingInterval? interval = null) =>
        Changes.ChangeAsync(tenantId, plan, interval, Cancellation);

    public Task<bool> SetCapAsync(Guid tenantId, long? cents) =>
        Overage.SetCapAsync(tenantId, cents, new(Actor.Operator, AuditActions.OverageChanged, Now), Cancellation);

    /// <summary>Reports events above the quota, as the job of each minute does.</summary>
    public Task<int> ReportAsync() => Overage.ReportAsync(null, Cancellation);

    /// <summary>Receives a webhook, which marks its tenant as due.</summary>
    public async Task ReceiveAsync(FakeWebhook webhook)
    {
        var signature = FakeWebhook.Sign(webhook.Body, webhook.Secret, Now);
        var read = _gateway.ReadWebhook(System.Text.Encoding.UTF8.GetBytes(webhook.Body), signature);
        Assert.NotNull(read);
        await Store.Accounts.Billing.ReceiveAsync(read.Id, read.CustomerId, Now, Cancellation);
    }

    /// <summary>Synchronises the tenants that are due.</summary>
    public async Task SyncDueAsync()
    {
        foreach (var tenant in await Store.Accounts.Billing.ListDueAsync(Now, 100, Cancellation))
            await SyncAsync(tenant);
    }

    /// <summary>Counts events of this month as accepted, without storing any.</summary>
    public async Task UseQuotaAsync(Guid tenantId, long events)
    {
        await using var commit = await Store.Commits.BeginAsync(Cancellation);
        await commit.ReserveAsync([], [new(tenantId, QuotaMonth.Of(Now).FirstDay, events, null)], [], Now, Cancellation);
        await commit.WriteAndCommitAsync([], [], Cancellation);
    }

    /// <summary>Accepts events as the commit of the server does. Returns the number of accepted ones.</summary>
    public async Task<int> AcceptAsync(Guid tenantId, Guid project, int events, MonthLimits limits)
    {
        var now = Now;
        var (day, hour) = (DateOnly.FromDateTime(now.UtcDateTime), HourOf(now));
        await using var commit = await Store.Commits.BeginAsync(Cancellation);
        var granted = (int)(await commit.ReserveAsync(
            [], [new(tenantId, QuotaMonth.Of(now).FirstDay, events, limits.Most)], [], now, Cancellation)).Granted[0];
        var batch = new EventBatch(Math.Max(1, granted));
        for (var i = 0; i < granted; i++)
        {
            batch.Add(
                Guid.CreateVersion7(now), now.ToUnixTimeMilliseconds() * 1000, "used", null, 0, 0, null, null, float.NaN,
                EventContext.None);
        }

        OverageCount? overage = limits.Included is { } included ? new(hour, included) : null;
        CommitEvents[] written = granted == 0 ? [] : [new(project, DataEnvironment.Live, [batch], new UsageDay(tenantId, day), overage)];
        await commit.WriteAndCommitAsync(written, [], Cancellation);
        return granted;
    }

    public static DateTimeOffset HourOf(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await Stripe.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Where each commit needn't wait for a disk, if there is such a place.
    private static string Folder() => Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"telemetrykit-billing-{Guid.NewGuid():N}")).FullName;

    private sealed class NoNotices : ITenantNotices
    {
        public Task<int> QueueUsageAsync(Tenant tenant, UsageReading usage, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task<bool> QueueDowngradeAsync(Tenant tenant, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<int> QueueSuspensionsAsync(Tenant tenant, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task<int> QueueBillingAsync(Tenant tenant, BillingAccount account, CancellationToken cancellationToken) =>
            Task.FromResult(0);

        public Task<int> QueueOverageAsync(
            Tenant tenant, BillingAccount account, UsageReading usage, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
