using System.Diagnostics;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests.Accounts;

/// <summary>Runs <c>stranger.sh</c> against real processes: a new customer uses the service with curl only.</summary>
public class StrangerTests
{
    private const string OperatorToken = "operator-token-of-the-tests-0123456789";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData("sqlite", 1)]
    [InlineData("postgres", 3)]
    public async Task A_stranger_with_curl_becomes_a_customer(string storage, int replicas)
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && File.Exists("/usr/bin/curl"), "This needs a shell and curl.");
        await using var store = await TestStore.CreateAsync(storage);
        var environment = new Dictionary<string, string?>(store.Environment)
        {
            ["TELEMETRYKIT_HOSTED"] = "true",
            ["TELEMETRYKIT_PUBLIC_URL"] = "http://telemetry.example.org",
            ["TELEMETRYKIT_OPERATOR_TOKEN"] = OperatorToken,
        };
        var servers = Enumerable.Range(0, replicas).Select(_ => ServerProcess.Create(store.Folder, environment)).ToList();
        try
        {
            await Task.WhenAll(servers.Select(server => server.StartAsync()));
            var (exit, output) = await RunScriptAsync(store, environment, servers);
            Assert.True(exit == 0, $"{output}\n{string.Join("\n\n", servers.Select(server => server.Output))}");
            Assert.EndsWith("DONE", output.TrimEnd(), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }

    private static async Task<(int Exit, string Output)> RunScriptAsync(
        TestStore store, Dictionary<string, string?> environment, List<ServerProcess> servers)
    {
        var work = Directory.CreateDirectory(Path.Combine(store.Folder, "stranger")).FullName;
        var script = Path.Combine(BuildOutput.Root, "tests", "EndToEnd.Tests", "Accounts", "stranger.sh");
        var start = new ProcessStartInfo("/bin/sh", [script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment["SERVERS"] = string.Join(' ', servers.Select(server => server.Address.ToString().TrimEnd('/')));
        start.Environment["MAIL"] = Path.Combine(store.Folder, "mail");
        start.Environment["OPERATOR"] = OperatorToken;
        start.Environment["ADMIN"] = $"dotnet {BuildOutput.Of("Api")} admin";
        start.Environment["WORK"] = work;
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await shell.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
        }

        return (shell.HasExited ? shell.ExitCode : -1, await output + await errors);
    }
}
