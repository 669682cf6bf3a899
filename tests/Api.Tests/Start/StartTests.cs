using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Start;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Keys;
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
    public async Task The_first_start_makes_keys_that_work_and_shows_them_once()
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
            Assert.Equal(200, (int)(await server.Client.SendAsync(Request.Get("/v1/stats/overview", server.PrintedKey(KeyKind.Read)))).StatusCode);
            await (await server.Client.SendAsync(Request.Ingest(server.PrintedKey(KeyKind.Test), TestProject.OneEvent))).JsonAsync(200);
            Assert.DoesNotContain(server.Logs.Lines, line => line.Contains("tk_", StringComparison.Ordinal));
        }

        await using var again = await StartAsync();
        Assert.DoesNotMatch("tk_[a-z]+_[0-9A-Za-z]", await BannerAsync(again));
        await (await again.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent))).JsonAsync(200);
        Assert.Equal(3, (await KeysAsync(again)).Count);
    }

    [Fact]
    public async Task The_curl_lines_of_the_banner_are_ready_to_paste()
    {
        await using var server = await StartAsync();
        var lines = Regex.Matches(await BannerAsync(server), "(?m)^  (curl .*)$").Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"accepted\":1", await ShellAsync(lines[0]), StringComparison.Ordinal);
        Assert.Contains("\"value\":\"build\"", await ShellAsync(lines[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bootstrap_keys_are_made_once_and_never_shown_whole()
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
    public async Task A_bootstrap_key_that_was_revoked_stops_the_start_with_exit_code_2()
    {
        await using (var server = await StartAsync("--TELEMETRYKIT_BOOTSTRAP_KEY", Live))
        {
            var (project, keys) = await ProjectAsync(server);
            await server.Store.Keys.RevokeAsync(project, keys.Single().Id, new AuditLine(Actor.Operator, AuditActions.KeyRevoked, TimeProvider.System.GetUtcNow()), default);
        }

        Assert.Equal(2, await Program.RunAsync(["--urls", "http://127.0.0.1:0", "--TELEMETRYKIT_DATA", _folder, "--TELEMETRYKIT_BOOTSTRAP_KEY", Live, "--Logging:LogLevel:Default=None"]));
    }

    [Fact]
    public async Task A_bootstrap_key_of_another_project_stops_the_start()
    {
        await using var server = await StartAsync();
        var project = await server.NewProjectAsync();
        var settings = server.Services.GetRequiredService<Api.Settings.ServerSettings>() with { BootstrapKey = project.LiveKey };
        var bootstrap = new Bootstrap(server.Store.Projects, server.Store.Keys, server.Store.Accounts, settings, TimeProvider.System);
        var fault = await Assert.ThrowsAsync<BootstrapException>(() => bootstrap.RunAsync(default));
        Assert.DoesNotContain(project.LiveKey, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_replicas_that_start_together_one_makes_the_first_keys_and_shows_them()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var options = new StorageOptions { DataFolder = _folder, PostgresConnectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() };
        var stores = Enumerable.Range(0, 8).Select(_ => StoreFactory.Create(options, TimeProvider.System)).ToList();
        try
        {
            var shown = await Task.WhenAll(stores.Select(store => Task.Run(async () =>
            {
                await store.MigrateAsync(default);
                return await new Bootstrap(store.Projects, store.Keys, store.Accounts, new() { DataFolder = _folder }, TimeProvider.System).RunAsync(default);
            })));
            var keys = Assert.Single(shown, keys => keys.Count > 0);
            Assert.Equal(Enum.GetValues<KeyKind>(), keys.Select(key => key.Kind));
            var project = await stores[0].Projects.EnsureProjectAsync(await stores[0].Projects.EnsureDefaultTenantAsync(default), Bootstrap.ProjectName, default);
            Assert.Equal(3, (await stores[0].Keys.ListAsync(project.Ref.ProjectId, TimeProvider.System.GetUtcNow(), default)).Count);
        }
        finally
        {
            foreach (var store in stores)
                await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_was_answered_before_a_stop_is_there_after_the_next_start()
    {
        string write, read;
        await using (var server = await StartAsync())
        {
            await BannerAsync(server);
            (write, read) = (server.PrintedKey(KeyKind.Live), server.PrintedKey(KeyKind.Read));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => await (await server.Client.SendAsync(Request.Ingest(write, TestProject.Batch(10)))).JsonAsync(200)));
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
        await Eventually.TrueAsync(() => server.Console.ToString().Contains("read it back", StringComparison.Ordinal), "the banner is printed");
        return server.Console.ToString();
    }

    private static async Task<string> ShellAsync(string command)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }

    private Task<TestServer> StartAsync(params string[] args) => TestServer.StartAsync(new TestServerOptions { Args = args, Folder = _folder });
}
