using System.Net.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
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
    private int _failures;

    private NoticeWorld() => _settings = ServerSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_DATA"] = _folder, ["TELEMETRYKIT_HOSTED"] = "true", ["TELEMETRYKIT_PUBLIC_URL"] = "http://telemetry.example.org",
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

    /// <summary>How many of the next letters the mail server refuses.</summary>
    public int Failures
    {
        set => _failures = value;
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
            world._stores.Add(StoreFactory.Create(new StorageOptions { DataFolder = world._folder, PostgresConnectionString = postgres }, world.Time));
        await world._stores[0].MigrateAsync(default);
        return world;
    }

    /// <summary>The notices of a replica.</summary>
    public PlanNotices Replica(int number)
    {
        var accounts = _stores[number % _stores.Count].Accounts;
        return new PlanNotices(accounts, new NoticeSender(accounts, this, Time, NullLogger<NoticeSender>.Instance), new PlanLetters(new PublicAddress(_settings, null!)), Time);
    }

    /// <summary>All replicas look for notices at once.</summary>
    public Task TellAsync(int replicas, Func<PlanNotices, Task> tell) => Task.WhenAll(Enumerable.Range(0, replicas).Select(i => Task.Run(() => tell(Replica(i)))));

    public async Task<(Guid Tenant, string Email)> TenantAsync(PlanId plan)
    {
        var owner = new Account { Id = Guid.CreateVersion7(), Email = $"{Guid.NewGuid():N}@example.org", Name = "Ada", PasswordHash = "x", CreatedAt = Time.GetUtcNow() };
        var tenant = Guid.CreateVersion7();
        Assert.Equal(SignUpOutcome.Created, await Accounts.Accounts.CreateAsync(owner, new Admission.OwnTenant(tenant, "Ada's tools", plan, null, Time.GetUtcNow()), default));
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

    public async Task<string> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        // Others come in between.
        await Task.Yield();
        if (Interlocked.Decrement(ref _failures) >= 0)
            throw new SmtpException(SmtpStatusCode.ServiceNotAvailable);
        lock (_letters)
            _letters.Add(letter);
        return "the tests";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
