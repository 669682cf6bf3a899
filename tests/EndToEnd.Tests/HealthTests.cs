using System.Diagnostics;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.EndToEnd.Tests;

/// <summary>The command <c>health</c>, as containers run it: another process with the environment of the server.</summary>
public class HealthTests
{
    [Fact]
    public async Task Health_is_0_while_the_server_is_ready_and_1_after_it_was_killed()
    {
        using var folder = new TestFolder();
        // The server refuses requests for localhost; the harness requests 127.0.0.1.
        const string hosts = "*.example.org;127.0.0.1";
        await using var server = ServerProcess.Create(folder.Path, new Dictionary<string, string?> { ["AllowedHosts"] = hosts });
        var port = server.Address.Port;
        var (exit, output) = await HealthAsync("--urls", server.Address.ToString());
        Assert.True(exit == 1 && output.Contains("can't be reached", StringComparison.Ordinal), output);

        await server.StartAsync();
        // A proxy of the environment doesn't apply to this machine.
        Dictionary<string, string?> environment = new() { ["AllowedHosts"] = hosts, ["http_proxy"] = "http://127.0.0.1:9" };
        foreach (var host in (string[])["127.0.0.1", "+", "0.0.0.0", "name.test"])
        {
            environment["ASPNETCORE_URLS"] = $"http://{host}:{port}";
            Assert.Equal((0, "ok"), await HealthAsync(environment));
            Assert.Equal((0, "ok"), await HealthAsync(environment, "--live"));
        }

        environment["ASPNETCORE_URLS"] = null;
        environment["ASPNETCORE_HTTP_PORTS"] = $"{port}";
        Assert.Equal((0, "ok"), await HealthAsync(environment));
        // As in Kestrel, URLs override ports.
        Assert.Equal(1, (await HealthAsync(environment, "--urls", "http://localhost:9")).ExitCode);

        server.KillHard();
        Assert.Equal(1, (await HealthAsync(environment)).ExitCode);
    }

    [Fact]
    public async Task Health_says_why_a_server_is_not_ready_and_live_does_not_depend_on_it()
    {
        using var folder = new TestFolder();
        // Nothing listens on this port, so the server waits for its database.
        Dictionary<string, string?> environment = new()
        {
            ["TELEMETRYKIT_POSTGRES"] = "Host=127.0.0.1;Port=9;Username=nobody;Database=none",
            ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
        };
        await using var server = ServerProcess.Create(folder.Path, environment);
        server.Launch();
        environment["ASPNETCORE_URLS"] = server.Address.ToString();
        for (var since = Stopwatch.StartNew(); (await HealthAsync(environment, "--live")).ExitCode != 0;)
            Assert.True(server.IsRunning && since.Elapsed < ServerExtensions.Timeout, server.Output);
        var (exit, output) = await HealthAsync(environment);
        Assert.Equal(1, exit);
        Assert.Contains("/health/ready returned 503: The server is starting.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "a port that isn't 0")]
    [InlineData("localhost:80", "not a listen address")]
    public async Task Health_explains_an_address_that_it_cannot_request(string urls, string reason)
    {
        var (exit, output) = await HealthAsync("--urls", urls);
        Assert.Equal(1, exit);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output)> HealthAsync(params string[] arguments) => HealthAsync(new(), arguments);

    private static async Task<(int ExitCode, string Output)> HealthAsync(Dictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("Api"), "health", .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(ServerExtensions.Timeout);
        return (process.ExitCode, (await output + await errors).Trim());
    }
}
