using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TelemetryKit.Image.Tests.Images;
using TelemetryKit.Support;

namespace TelemetryKit.Image.Tests;

/// <summary>
/// The Dockerfile without a container engine: its commands run in empty folders with only the files that it copies, and the result runs
/// with its variables as its user on a read-only root.
/// </summary>
public class ImageTests
{
    private const string SecretPath = "/run/secrets/telemetrykit_secret";
    private static readonly string WriteKey = "tk_live_" + new string('w', 32);
    private static readonly string ReadKey = "tk_read_" + new string('r', 32);

    [Fact]
    public async Task The_server_runs_as_its_user_on_a_read_only_root()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounts need root on Linux.");
        await using var build = await ImageBuild.ReadAsync();
        var root = await build.BuildAsync("api");
        Assert.True(File.Exists(root + "/app/LICENSE-MIT"));
        Directory.CreateDirectory(root + "/run/secrets");
        await File.WriteAllTextAsync(root + SecretPath, TestSecret.Text);

        var port = FreePort();
        Dictionary<string, string> environment = new()
        {
            ["ASPNETCORE_HTTP_PORTS"] = port,
            ["TELEMETRYKIT_SECRET_FILE"] = SecretPath,
            ["TELEMETRYKIT_BOOTSTRAP_KEY"] = WriteKey,
            ["TELEMETRYKIT_BOOTSTRAP_READ_KEY"] = ReadKey,
        };
        await using var container = await ContainerProcess.StartAsync(build, "api", environment);
        var smoke = await new NodeFolder(BuildOutput.Root).RunAsync(
            Path.Combine(BuildOutput.Root, "eng", "smoke"), [$"http://127.0.0.1:{port}", WriteKey, ReadKey]);
        Assert.True(smoke.ExitCode == 0, smoke.ExitCode == 0 ? "" : $"{smoke}\n{(await container.StopAsync()).Output}");
        var health = await container.CheckHealthAsync();
        Assert.Equal((0, "ok\n", ""), (health.ExitCode, health.Output, health.Error));

        // The conditions under which it ran.
        Assert.Equal("1654\n", (await container.ExecuteAsync("id", "-u")).Output);
        foreach (var path in (string[])["/file", "/app/file", "/usr/file", "/run/secrets/file", "/etc/file"])
            Assert.Contains("Read-only file system", (await container.ExecuteAsync("touch", path)).Error, StringComparison.Ordinal);
        foreach (var path in (string[])["/tmp/file", "/data/file"])
            Assert.Equal(0, (await container.ExecuteAsync("touch", path)).ExitCode);

        var (exit, output) = await container.StopAsync();
        Assert.True(exit == 0, $"It exited with {exit}:\n{output}");
        Assert.True(File.Exists(root + "/data/telemetrykit.db"));
    }

    [Fact]
    public async Task All_stages_parse_and_the_last_one_is_the_server()
    {
        await using var build = await ImageBuild.ReadAsync();
        Assert.Equal(
            ["dashboard", "build", "build-api", "build-silo", "runtime", "silo", "api"], build.Stages.Keys);
        foreach (var target in (string[])["api", "silo"])
        {
            Assert.Single(build.Stages[target].Instructions, i => i.Name == "HEALTHCHECK");
            Assert.Equal("runtime", build.Stages[target].Base);
        }

        Assert.Equal("1654", build.Stages["runtime"].Instructions.Single(i => i.Name == "USER").Arguments);
    }

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
    }
}
