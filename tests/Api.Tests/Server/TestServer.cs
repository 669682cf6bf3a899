using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Server;

/// <summary>Runs the server in the test process on a free port, with a database in a temporary folder.</summary>
public sealed partial class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private TestServer(WebApplication app, string folder, bool ownsFolder, ConsoleRecorder console, LogRecorder logs)
    {
        (_app, Folder, _ownsFolder, Console, Logs) = (app, folder, ownsFolder, console, logs);
        Url = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public string Folder { get; }

    public ConsoleRecorder Console { get; }

    public LogRecorder Logs { get; }

    public IServiceProvider Services => _app.Services;

    public IStore Store => Services.GetRequiredService<IStore>();

    public static Task<TestServer> StartAsync(params string[] args) => StartAsync(new TestServerOptions { Args = args });

    public static async Task<TestServer> StartAsync(TestServerOptions options)
    {
        var folder = options.Folder ?? Directory.CreateTempSubdirectory("telemetrykit-api-").FullName;
        var commandLine = CommandLine.Parse(
            ["--urls", "http://127.0.0.1:0", "--TELEMETRYKIT_DATA", folder, "--TELEMETRYKIT_SECRET", TestSecret.Text,
             "--hostBuilder:reloadConfigOnChange=false",
             "--Logging:LogLevel:Default=" + options.LogLevel, "--Logging:LogLevel:Microsoft=" + options.LogLevel, .. options.Args]);
        var builder = Program.CreateBuilder(commandLine);
        var (settings, faults) = ServerSettings.Read(builder.Configuration, commandLine);
        Assert.Empty(faults.Sentences);
        var (console, logs) = (new ConsoleRecorder(), new LogRecorder());
        var app = Program.Build(builder, settings, host =>
        {
            host.Services.AddSingleton<TextWriter>(console);
            host.Logging.ClearProviders().AddProvider(logs);
            options.Services?.Invoke(host.Services);
        });
        await app.StartAsync();
        var server = new TestServer(app, folder, options.Folder is null, console, logs);
        if (options.WaitUntilReady)
            await server.WaitUntilReadyAsync();
        return server;
    }

    public async Task WaitUntilReadyAsync() =>
        await Eventually.TrueAsync(async () => (await Client.GetAsync("/health/ready")).IsSuccessStatusCode, "the server becomes ready");

    /// <summary>Creates a project, so tests that share a server don't count each other's events.</summary>
    public async Task<TestProject> NewProjectAsync() => await NewProjectAsync(await Store.Projects.EnsureDefaultTenantAsync(default));

    /// <summary>Creates a project of a tenant.</summary>
    public async Task<TestProject> NewProjectAsync(Guid tenant) =>
        await WithKeysAsync(await Store.Projects.EnsureProjectAsync(tenant, NewName(), default));

    /// <summary>Creates a project of a tenant, with a secret: hashes of installs and sessions are the same in each run.</summary>
    public async Task<TestProject> NewProjectAsync(Guid tenant, byte[] secret)
    {
        var now = TimeProvider.System.GetUtcNow();
        var info = new ProjectInfo { Id = Guid.CreateVersion7(), TenantId = tenant, Name = NewName(), CreatedAt = now, Settings = new() };
        var line = new AuditLine(Actor.Operator, AuditActions.ProjectCreated, now);
        Assert.Equal(default, await Store.Accounts.Projects.CreateAsync(info, secret, _ => null, line, default));
        return await WithKeysAsync((await Store.Projects.FindProjectAsync(info.Id, default))!);
    }

    /// <summary>Creates a tenant in addition to the default one.</summary>
    public async Task<Guid> NewTenantAsync(PlanId plan = PlanId.Free)
    {
        var now = TimeProvider.System.GetUtcNow();
        var owner = new Account
        {
            Id = Guid.CreateVersion7(), Email = $"{Guid.NewGuid():N}@example.org", Name = "Ada", PasswordHash = "x", CreatedAt = now,
        };
        var tenant = Guid.CreateVersion7();
        var admission = new Admission.OwnTenant(tenant, "Ada's tools", plan, null, now);
        Assert.Equal(SignUpOutcome.Created, await Store.Accounts.Accounts.CreateAsync(owner, admission, default));
        return tenant;
    }

    public string PrintedKey(KeyKind kind) => PrintedKeys().Matches(Console.ToString())
        .Select(m => m.Value)
        .First(key => ApiKey.TryParse(key, out var k) && k == kind);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    private static string NewName() => "test-" + Guid.NewGuid().ToString("N");

    private async Task<TestProject> WithKeysAsync(Project project) => new(
        this,
        project,
        await KeyAsync(project, KeyKind.Live),
        await KeyAsync(project, KeyKind.Test),
        await KeyAsync(project, KeyKind.Read));

    private async Task<string> KeyAsync(Project project, KeyKind kind)
    {
        var text = ApiKey.Generate(kind);
        var now = TimeProvider.System.GetUtcNow();
        var key = new NewKey(Guid.CreateVersion7(), project.Ref.ProjectId, kind, ApiKey.Hash(text), text[..ApiKey.ShownLength], now);
        Assert.True(await Store.Keys.EnsureAsync(key, default));
        return text;
    }

    [GeneratedRegex("tk_(live|test|read)_[0-9A-Za-z]{32}")]
    private static partial Regex PrintedKeys();
}

/// <summary>The options of a test server.</summary>
public sealed record TestServerOptions
{
    public string[] Args { get; init; } = [];

    /// <summary>A data folder that is not deleted with the server, or <c>null</c> for a temporary one.</summary>
    public string? Folder { get; init; }

    public string LogLevel { get; init; } = "Warning";

    public bool WaitUntilReady { get; init; } = true;

    public Action<IServiceCollection>? Services { get; init; }
}
