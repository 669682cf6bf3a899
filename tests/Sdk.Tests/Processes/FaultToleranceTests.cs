using System.Globalization;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Ensures that the tool behaves as without telemetry, whatever the server, the network and the disk do.</summary>
[Collection(nameof(NotParallel))]
public sealed class FaultToleranceTests
{
    private const int Pairs = 7;

    public static TheoryData<string> Servers => ["unreachable", "slow", "500", "429", "garbage", "closing", "endless"];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_bad_server_neither_delays_the_exit_nor_prints_anything(string kind)
    {
        using var server = Misbehaving(kind);
        // On a build service, pending events are due immediately, so every run is sending when it ends.
        using var with = new Tool(
            ("TELEMETRYKIT_ENABLED", "1"), ("CI", "1"),
            ("TELEMETRYKIT_ENDPOINT", kind == "unreachable" ? "http://127.0.0.1:9" : server.Endpoint.ToString()));
        using var without = new Tool(("DO_NOT_TRACK", "1"));
        await with.Run("wait", "1");
        bool HasTried() =>
            (kind == "unreachable" || !server.Requests.IsEmpty) && Directory.GetFiles(Path.Combine(with.Folder, "test"), "*-*").Length > 0;

        var delays = new List<double>();
        var bares = new List<double>();
        // On a slow machine runs may end before they send, so they take longer until one has sent.
        for (var i = 0; i < Pairs || (i < 4 * Pairs && !HasTried()); i++)
        {
            var time = (400 << i / Pairs).ToString(CultureInfo.InvariantCulture);
            // Every run should try to send, also after a failed attempt.
            File.Delete(Path.Combine(with.Folder, "test", "retry"));
            var bare = await without.Run("wait", time);
            var sending = await with.Run("wait", time);
            Assert.Equal((0, "", ""), (sending.ExitCode, sending.Output, sending.Error));
            Assert.Equal(0, bare.ExitCode);
            delays.Add((sending.Elapsed - bare.Elapsed).TotalMilliseconds);
            if (i < Pairs)
                bares.Add(bare.Elapsed.TotalMilliseconds);
        }

        Assert.True(HasTried(), "No run tried to send.");
        delays.Sort();
        // The median must not exceed the variation among runs without telemetry, and the half second for which an exit may wait on a build
        // service, by much. Waiting for the server would take seconds.
        Assert.True(
            delays[delays.Count / 2] < 750 + bares.Max() - bares.Min(),
            "Exits were delayed by ms: " + string.Join(", ", delays.Select(delay => delay.ToString("0"))));
    }

    [Fact]
    public async Task A_read_only_home_does_not_affect_the_tool()
    {
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        // A file in place of the directory affects administrators, too.
        File.WriteAllText(Path.Combine(tool.Home, ".telemetry-kit"), "");
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_batch_of_another_user_does_not_affect_the_tool()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows protects the user's profile.");
            return;
        }

        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        await RunTwice(tool);
        var theirs = Assert.Single(Waiting());
        File.SetUnixFileMode(theirs, UnixFileMode.None);
        var run = await RunWithoutPrivilege(tool, "greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
        var mine = Assert.Single(Waiting(), path => path != theirs);
        Assert.Contains("\"command\":\"greet\"", File.ReadAllText(mine), StringComparison.Ordinal);

        var status = await RunWithoutPrivilege(tool, "telemetry", "status");
        Assert.Equal((0, ""), (status.ExitCode, status.Error));
        Assert.Matches("waiting: +[1-9]", status.Output);
        var off = await RunWithoutPrivilege(tool, "telemetry", "off");
        Assert.Equal((0, ""), (off.ExitCode, off.Error));
        // The directory belongs to the user, so the files in it can be deleted.
        Assert.Empty(Waiting());

        string[] Waiting() => Directory.GetFiles(Path.Combine(tool.Folder, "test"), "*.open");
    }

    [Fact]
    public async Task A_pipe_in_place_of_a_file_does_not_block_the_exit()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in the file system.");
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        await tool.Run("greet");
        var id = Path.Combine(tool.Folder, "user-id");
        File.Delete(id);
        await tool.RunProgram("mkfifo", [id]);
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
        // A run that blocks on the pipe never writes its events, and cannot replace the pipe.
        Assert.NotEqual(0, new FileInfo(id).Length);
    }

    [Fact]
    public async Task A_full_disk_does_not_affect_the_tool()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full does not exist.");
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        await RunTwice(tool);
        var batch = Assert.Single(Directory.GetFiles(Path.Combine(tool.Folder, "test"), "*.open"));
        File.Delete(batch);
        File.CreateSymbolicLink(batch, "/dev/full");
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_disk_without_space_contains_no_empty_files_afterwards()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems use different units for the limit.");
        using var tool = new Tool(
            ("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"),
            // The limit also applies to the in-memory file that the runtime uses for W^X.
            ("DOTNET_EnableWriteXorExecute", "0"));
        using var process = tool.Start("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" greet Ann", Tool.Program]);
        Assert.Equal("Hello, Ann!\n", await process.StandardOutput.ReadToEndAsync());
        Assert.Empty(await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Empty(Directory.GetFiles(tool.Home, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_unknown_command_is_not_recorded_literally()
    {
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        await RunTwice(tool);
        Assert.Equal(64, (await tool.Run("secret-project")).ExitCode);
        var stored = File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(tool.Folder, "test"), "*.open")));
        Assert.Contains("\"command\":\"(unknown)\"", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_consent_and_terminal_a_run_creates_no_file_and_asks_nothing()
    {
        using var tool = new Tool();
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(Directory.GetFileSystemEntries(tool.Home));
    }

    /// <summary>Lets the first run of the day try to send what it has recorded, so that only the second one leaves an open batch.</summary>
    private static async Task RunTwice(Tool tool)
    {
        await tool.Run("greet");
        await tool.Run("greet");
    }

    private static FakeServer Misbehaving(string kind)
    {
        var server = new FakeServer();
        server.Respond = kind switch
        {
            "slow" => server.NeverRespond,
            "500" => _ => FakeServer.Response(500, "oops"),
            "429" => _ => FakeServer.Problem(429, "rate_limited", "Retry-After: 3600\r\n"),
            "garbage" => _ => "\u0001\u0002 this is not HTTP \r\n\r\n",
            "endless" => _ => "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{\"received\":",
            _ => _ => null,
        };
        return server;
    }

    /// <summary>Runs the tool without the privileges that make an administrator ignore file permissions.</summary>
    private static Task<Tool.Ended> RunWithoutPrivilege(Tool tool, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? tool.RunProgram("setpriv", ["--bounding-set=-dac_override,-dac_read_search", "--", Tool.Program, .. arguments])
            : tool.Run(arguments);
}
