using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TelemetryKit.Bench.Support;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Abuse;

/// <summary>A hosted server with three tenants. Requests say in <c>X-Forwarded-For</c> where they come from.</summary>
internal sealed class TargetServer : IAsyncDisposable
{
    private const string Password = "a rather long passphrase";
    private readonly BenchDatabase _database;
    private readonly ServerProcess _process;

    private TargetServer(BenchDatabase database, ServerProcess process, Target target) =>
        (_database, _process, Target) = (database, process, target);

    /// <summary>The address, the keys and the account.</summary>
    public Target Target { get; }

    /// <summary>Processor seconds of the server.</summary>
    public double CpuSeconds => ProcessTree.CpuSeconds(_process.Id);

    /// <summary>Starts a server on an empty database.</summary>
    public static async Task<TargetServer> StartAsync(StorageKind storage)
    {
        var database = await BenchDatabase.CreateAsync(storage);
        var process = ServerProcess.Create(database.Folder, new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
            ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
            ["TELEMETRYKIT_DATA"] = database.Folder,
            ["TELEMETRYKIT_HOSTED"] = "true",
            ["TELEMETRYKIT_PUBLIC_URL"] = "http://telemetry.example.org",
            ["TELEMETRYKIT_TRUSTED_PROXIES"] = "127.0.0.1",
        });
        const string Email = "victim@example.org";
        Target target;
        await using (var store = StoreFactory.Create(
            new StorageOptions
            {
                PostgresConnectionString = database.ConnectionString, DataFolder = database.Folder, Secrets = BenchDatabase.Secrets,
            },
            TimeProvider.System))
        {
            await store.MigrateAsync(CancellationToken.None);
            target = new(
                process.Address, await AddTenantAsync(store, PlanId.Business, Email),
                await AddTenantAsync(store, PlanId.Free, "free@example.org"),
                await AddTenantAsync(store, PlanId.Free, "attacker@example.net"), Email, Password);
        }

        await process.StartAsync();
        return new(database, process, target);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<Keys> AddTenantAsync(IStore store, PlanId plan, string email)
    {
        var now = DateTimeOffset.UtcNow;
        var hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));
        var account = new Account
        {
            Id = Guid.CreateVersion7(now), Email = email, Name = "Ada", PasswordHash = hasher.HashPassword(new object(), Password),
            PasswordProved = true, CreatedAt = now,
        };
        var tenantId = Guid.CreateVersion7(now);
        var admission = new Admission.OwnTenant(tenantId, email, plan, null, now);
        if (await store.Accounts.Accounts.CreateAsync(account, admission, CancellationToken.None) != SignUpOutcome.Created)
            throw new InvalidOperationException($"The tenant of {email} could not be created.");
        var project = await store.Projects.EnsureProjectAsync(tenantId, "tool", CancellationToken.None);
        return new(await AddKeyAsync(KeyKind.Live), await AddKeyAsync(KeyKind.Read));

        async Task<string> AddKeyAsync(KeyKind kind)
        {
            var text = ApiKey.Generate(kind);
            await store.Keys.EnsureAsync(NewKey.Of(project.Ref.ProjectId, kind, text, now), CancellationToken.None);
            return text;
        }
    }
}
