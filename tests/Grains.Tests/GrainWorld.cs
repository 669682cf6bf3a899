using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Grains.Tests;

/// <summary>A silo on an embedded store.</summary>
internal sealed class GrainWorld : IAsyncDisposable, ITenantNotices, ISiloFaultHandler
{
    public static readonly DateOnly Today = new(2026, 11, 20);
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-grains-").FullName;
    private readonly ServiceProvider _services;

    private GrainWorld()
    {
        var secrets = new ServerSecrets(ServerSecret.TryParse(TestSecret.Text)!);
        Store = StoreFactory.Create(new StorageOptions { DataFolder = _folder, Secrets = secrets }, Time);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        Rollups = new ObservedRollups(Store.Rollups);
        services.AddSingleton<IRollupStore>(Rollups);
        services.AddSingleton(Store.Accounts);
        services.AddSingleton<ITenantNotices>(this);
        services.AddSingleton<ISiloFaultHandler>(this);
        services.AddTelemetryKitGrains(_ => new());
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(Today, new TimeOnly(12, 0), TimeSpan.Zero));

    public IStore Store { get; }

    public ObservedRollups Rollups { get; }

    public List<UsageReading> Readings { get; } = [];

    public static async Task<GrainWorld> StartAsync()
    {
        var world = new GrainWorld();
        await world.Store.MigrateAsync(default);
        await world.Get<GrainHost>().StartAsync(default);
        return world;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<Guid> NewTenantAsync()
    {
        var owner = new Account
        {
            Id = Guid.CreateVersion7(), Email = $"{Guid.NewGuid():N}@example.org", Name = "Ada", PasswordHash = "x",
            CreatedAt = Time.GetUtcNow(),
        };
        var tenant = Guid.CreateVersion7();
        var admission = new Admission.OwnTenant(tenant, "Ada's tools", PlanId.Free, null, Time.GetUtcNow());
        Assert.Equal(default, await Store.Accounts.Accounts.CreateAsync(owner, admission, default));
        return tenant;
    }

    /// <summary>Commits events of today and returns their delta.</summary>
    public async Task<RollupDelta> CommitAsync(Guid project, int events, Guid tenant = default)
    {
        var batch = new EventBatch();
        for (var i = 0; i < events; i++)
        {
            batch.Add(
                Guid.NewGuid(), Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000, "feature_used", "search", i + 1, 0, "1.0.0", true, 5,
                EventContext.None);
        }

        var rollup = new Rollup(RollupScale.Day);
        rollup.Add(batch, 0, batch.Count);
        var delta = new RollupDelta(Guid.NewGuid(), project, DataEnvironment.Live, Today, rollup.Serialize());
        await using var commit = await Store.Commits.BeginAsync(default);
        await commit.ReserveAsync([], [new(tenant, new(Today.Year, Today.Month, 1), events, null)], [], Time.GetUtcNow(), default);
        await commit.WriteAndCommitAsync(
            [new(project, DataEnvironment.Live, [batch], new UsageDay(tenant, Today))], [delta], default);
        return delta;
    }

    public Task<int> QueueUsageAsync(Tenant tenant, UsageReading usage, CancellationToken cancellationToken)
    {
        Readings.Add(usage);
        return Task.FromResult(1);
    }

    public Task<bool> QueueDowngradeAsync(Tenant tenant, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<int> QueueSuspensionsAsync(Tenant tenant, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<int> QueueBillingAsync(Tenant tenant, BillingAccount account, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<int> QueueOverageAsync(
        Tenant tenant, BillingAccount account, UsageReading usage, CancellationToken cancellationToken) => Task.FromResult(0);

    public void OnSiloFault(string reason) => Assert.Fail(reason);

    public async ValueTask DisposeAsync()
    {
        await Get<GrainHost>().StopAsync(default);
        await _services.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
