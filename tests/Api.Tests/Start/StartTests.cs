using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Start;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Storage;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Start;

public sealed class StartTests : IDisposable
{
    private const string Live = "tk_live_0123456789abcdefghijABCDEFGHIJ01";
    private const string Read = "tk_read_0123456789abcdefghijABCDEFGHIJ01";
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetrykit-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_first_start_creates_valid_keys_and_prints_them_once()
    {
        string key;
        await using (var server = await StartAsync())
        {
            var banner = await BannerAsync(server);
            Assert.Contains(server.Url.ToString().TrimEnd('/'), banner, StringComparison.Ordinal);
            Assert.Contains("telemetrykit.db", banner, StringComparison.Ordinal);
            key = server.PrintedKey(KeyKind.Live);
            var answer = await (await server.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent))).JsonAsync(200);
            Assert.Equal(1, (int?)answer["accepted"]);
            await (await server.Client.SendAsync(Request.Get("/v1/stats/overview", server.PrintedKey(KeyKind.Read)))).JsonAsync(200);
            await (await server.Client.SendAsync(Request.Ingest(server.PrintedKey(KeyKind.Test), TestProject.OneEvent))).JsonAsync(200);
            Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("tk_", StringComparison.Ordinal));
        }

        await using var again = await StartAsync();
        Assert.DoesNotMatch("tk_[a-z]+_[0-9A-Za-z]", await BannerAsync(again));
        await (await again.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent))).JsonAsync(200);
        Assert.Equal(3, (await KeysAsync(again)).Count);
    }

    [Fact]
    public async Task A_first_start_with_github_logs_no_errors()
    {
        await using var server = await StartAsync(
            "--TELEMETRYKIT_PUBLIC_URL", "https://example.org", "--TELEMETRYKIT_GITHUB_CLIENT_ID", "id",
            "--TELEMETRYKIT_GITHUB_CLIENT_SECRET", "secret");
        Assert.DoesNotContain(
            server.Logs.Lines,
            line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hosted_server_creates_and_prints_no_keys()
    {
        await using var server = await StartAsync("--TELEMETRYKIT_HOSTED", "true", "--TELEMETRYKIT_PUBLIC_URL", "https://example.org");
        Assert.DoesNotMatch("tk_[a-z]+_[0-9A-Za-z]", await BannerAsync(server));
        Assert.Empty(await KeysAsync(server));
    }

    [Fact]
    public async Task The_curl_commands_of_the_banner_work()
    {
        await using var server = await StartAsync();
        var lines = Regex.Matches(await BannerAsync(server), "(?m)^  (curl .*)$").Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"accepted\":1", await ShellAsync(lines[0]), StringComparison.Ordinal);
        Assert.Contains("\"value\":\"build\"", await ShellAsync(lines[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bootstrap_keys_are_created_once_and_never_printed_in_full()
    {
        for (var start = 0; start < 2; start++)
        {
            await using var server = await StartAsync("--TELEMETRYKIT_BOOTSTRAP_KEY", Live, "--TELEMETRYKIT_BOOTSTRAP_READ_KEY", Read);
            var banner = await BannerAsync(server);
            Assert.Contains("tk_live_0123…", banner, StringComparison.Ordinal);
            Assert.DoesNotContain(Live, banner, StringComparison.Ordinal);
            Assert.DoesNotContain(Read, banner, StringComparison.Ordinal);
            Assert.Equal(2, (await KeysAsync(server)).Count);
            await (await server.Client.SendAsync(Request.Ingest(Live, TestProject.OneEvent))).JsonAsync(200);
            await (await server.Client.SendAsync(Request.Get("/v1/stats/overview", Read))).JsonAsync(200);
        }
    }

    [Fact]
    public async Task A_revoked_bootstrap_key_ends_the_start_with_exit_code_2()
    {
        await using (var server = await StartAsync("--TELEMETRYKIT_BOOTSTRAP_KEY", Live))
        {
            var (project, keys) = await ProjectAsync(server);
            var line = new AuditLine(Actor.Operator, AuditActions.KeyRevoked, TimeProvider.System.GetUtcNow());
            await server.Store.Keys.RevokeAsync(project, keys.Single().Id, line, default);
        }

        string[] args = ["--urls", "http://127.0.0.1:0", "--TELEMETRYKIT_DATA", _folder, "--TELEMETRYKIT_BOOTSTRAP_KEY", Live];
        Assert.Equal(2, await Program.Main([.. args, "--Logging:LogLevel:Default=None"]));
    }

    [Fact]
    public async Task A_bootstrap_key_of_another_project_is_rejected()
    {
        await using var server = await StartAsync();
        var project = await server.NewProjectAsync();
        var settings = server.Services.GetRequiredService<Api.Settings.ServerSettings>() with { BootstrapKey = project.LiveKey };
        var bootstrap = new Bootstrap(server.Store.Projects, server.Store.Keys, server.Store.Accounts, settings, TimeProvider.System);
        var fault = await Assert.ThrowsAsync<BootstrapException>(() => bootstrap.RunAsync(default));
        Assert.DoesNotContain(project.LiveKey, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_one_of_several_starting_replicas_creates_and_prints_the_first_keys()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var connectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var options = new StorageOptions
        {
            DataFolder = _folder, PostgresConnectionString = connectionString,
            Secrets = new ServerSecrets(ServerSecret.TryParse(TestSecret.Text)!),
        };
        var stores = Enumerable.Range(0, 8).Select(_ => StoreFactory.Create(options, TimeProvider.System)).ToList();
        try
        {
            var shown = await Task.WhenAll(stores.Select(store => Task.Run(async () =>
            {
                await store.MigrateAsync(default);
                var settings = new Api.Settings.ServerSettings { DataFolder = _folder };
                return await new Bootstrap(store.Projects, store.Keys, store.Accounts, settings, TimeProvider.System).RunAsync(default);
            })));
            var keys = Assert.Single(shown, keys => keys.Count > 0);
            Assert.Equal(Enum.GetValues<KeyKind>(), keys.Select(key => key.Kind));
            var tenant = await stores[0].Projects.EnsureDefaultTenantAsync(default);
            var project = await stores[0].Projects.EnsureProjectAsync(tenant, Bootstrap.ProjectName, default);
            Assert.Equal(3, (await stores[0].Keys.ListAsync(project.Ref.ProjectId, TimeProvider.System.GetUtcNow(), default)).Count);
        }
        finally
        {
            foreach (var store in stores)
                await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Accepted_events_survive_a_restart()
    {
        string write, read;
        await using (var server = await StartAsync())
        {
            await BannerAsync(server);
            (write, read) = (server.PrintedKey(KeyKind.Live), server.PrintedKey(KeyKind.Read));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(
                async _ => await (await server.Client.SendAsync(Request.Ingest(write, TestProject.Batch(10)))).JsonAsync(200)));
        }

        await using var again = await StartAsync();
        var overview = await (await again.Client.SendAsync(Request.Get("/v1/stats/overview", read))).JsonAsync(200);
        Assert.Equal(500, (int?)overview["events"]);
    }

    private static async Task<(Guid Project, IReadOnlyList<ProjectKeyInfo> Keys)> ProjectAsync(TestServer server)
    {
        var tenant = await server.Store.Projects.EnsureDefaultTenantAsync(default);
        var project = await server.Store.Projects.EnsureProjectAsync(tenant, Bootstrap.ProjectName, default);
        return (project.Ref.ProjectId, await server.Store.Keys.ListAsync(project.Ref.ProjectId, TimeProvider.System.GetUtcNow(), default));
    }

    private static async Task<IReadOnlyList<ProjectKeyInfo>> KeysAsync(TestServer server) => (await ProjectAsync(server)).Keys;

    private static async Task<string> BannerAsync(TestServer server)
    {
        await Eventually.TrueAsync(
            () => server.Console.ToString().Contains("read it back", StringComparison.Ordinal), "the banner is printed");
        return server.Console.ToString();
    }

    private static async Task<string> ShellAsync(string command)
    {
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true };
        using var shell = System.Diagnostics.Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }

    private Task<TestServer> StartAsync(params string[] args) =>
        TestServer.StartAsync(new TestServerOptions { Args = args, Folder = _folder });
}
