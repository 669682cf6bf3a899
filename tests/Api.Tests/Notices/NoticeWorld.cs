using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.Server;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Notices;

/// <summary>Several replicas on one store, with a mailer that only notes what it gets.</summary>
internal sealed class NoticeWorld : IAsyncDisposable, IMailer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-notices-").FullName;
    private readonly List<IStore> _stores = [];
    private readonly List<Letter> _letters = [];
    private readonly ServerSettings _settings;
    private readonly TelemetryKitMetrics _metrics = new();
    private readonly Dictionary<int, (PlanNotices Notices, MailDelivery Delivery)> _replicas = [];
    private readonly Queue<MailFailure> _failures = [];

    private NoticeWorld() => _settings = ServerSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_DATA"] = _folder, ["TELEMETRYKIT_HOSTED"] = "true", ["TELEMETRYKIT_PUBLIC_URL"] = "http://telemetry.example.org",
            ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
        }).Build(),
        CommandLine.Parse([])).Value;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 20, 10, 30, 0, TimeSpan.Zero));

    public IAccountStore Accounts => _stores[0].Accounts;

    /// <summary>The letters that went, oldest first.</summary>
    public IReadOnlyList<Letter> Letters
    {
        get
        {
            lock (_letters)
                return [.. _letters];
        }
    }

    /// <summary>Has the mail server refuse the next letters.</summary>
    public void Refuse(MailFailure failure, int letters = 1)
    {
        for (var i = 0; i < letters; i++)
            _failures.Enqueue(failure);
    }

    /// <summary>Makes a store of that kind, as so many replicas have it; SQLite has one.</summary>
    public static async Task<NoticeWorld> CreateAsync(string storage, int replicas)
    {
        var world = new NoticeWorld();
        string? postgres = null;
        if (storage == "postgres")
        {
            if (PostgresServer.MissingReason is { } reason)
                Assert.Skip(reason);
            postgres = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        }

        for (var i = 0; i < (postgres is null ? 1 : replicas); i++)
            world._stores.Add(StoreFactory.Create(world._settings.Storage with { PostgresConnectionString = postgres }, world.Time));
        await world._stores[0].MigrateAsync(default);
        return world;
    }

    /// <summary>All replicas look for notices at once, and then for mails.</summary>
    public async Task QueueAsync(int replicas, Func<PlanNotices, Task> queue)
    {
        var all = Enumerable.Range(0, replicas).Select(Replica).ToArray();
        await Task.WhenAll(all.Select(replica => Task.Run(() => queue(replica.Notices))));
        await DeliverAsync(replicas);
    }

    /// <summary>All replicas look for mails at once.</summary>
    public async Task DeliverAsync(int replicas)
    {
        var all = Enumerable.Range(0, replicas).Select(Replica).ToArray();
        await Task.WhenAll(all.Select(replica => Task.Run(async () => await Task.WhenAll(await replica.Delivery.BeginAsync(default)))));
    }

    public async Task<(Guid Tenant, string Email)> TenantAsync(PlanId plan)
    {
        var owner = new Account
        {
            Id = Guid.CreateVersion7(), Email = $"{Guid.NewGuid():N}@example.org", Name = "Ada", PasswordHash = "x",
            CreatedAt = Time.GetUtcNow(),
        };
        var tenant = Guid.CreateVersion7();
        Assert.Equal(
            SignUpOutcome.Created,
            await Accounts.Accounts.CreateAsync(
                owner, new Admission.OwnTenant(tenant, "Ada's tools", plan, null, Time.GetUtcNow()), default));
        return (tenant, owner.Email);
    }

    /// <summary>Has live events accepted for a tenant, this month.</summary>
    public async Task UseAsync(Guid tenant, long events)
    {
        var today = Time.GetUtcNow().UtcDateTime;
        await using var commit = await _stores[0].Commits.BeginAsync(default);
        await commit.ReserveAsync([], [new(tenant, new DateOnly(today.Year, today.Month, 1), events, null)], [], Time.GetUtcNow(), default);
        await commit.WriteAndCommitAsync([], [], default);
    }

    public async Task<MailAttempt> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        // Other notices are queued in between.
        await Task.Yield();
        lock (_letters)
        {
            if (_failures.TryDequeue(out var failure))
                return new(failure, failure.Code());
            _letters.Add(letter);
        }

        return new(null, "the tests");
    }

    private (PlanNotices Notices, MailDelivery Delivery) Replica(int number)
    {
        if (_replicas.TryGetValue(number, out var replica))
            return replica;
        var accounts = _stores[number % _stores.Count].Accounts;
        var address = new PublicAddress(_settings, null!);
        var mails = new PlanMails(accounts, new PlanLetters(address), new BillingLetters(address), Time);
        var delivery = new MailDelivery(accounts, this, [mails], new Readiness(), _metrics, Time, NullLogger<MailDelivery>.Instance);
        return _replicas[number] = (new PlanNotices(accounts, new Outbox(accounts, delivery, _metrics, Time), Time), delivery);
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        foreach (var store in _stores)
            await store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
