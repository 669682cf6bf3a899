using System.Globalization;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Whatever the server does, the tool ends when it would have ended without telemetry, and prints what it would have printed.</summary>
[Collection(nameof(Alone))]
public sealed class NeverInTheWayTests
{
    private const int Pairs = 7;

    public static TheoryData<string> Servers => ["unreachable", "slow", "500", "429", "garbage", "closing", "endless"];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_bad_server_delays_no_exit_and_nothing_is_printed(string kind)
    {
        using var server = Misbehaving(kind);
        // On a build service what an earlier run left is due at once: every run is in the middle of sending when it ends.
        using var with = new Tool(
            ("TELEMETRYKIT_ENABLED", "1"), ("CI", "1"),
            ("TELEMETRYKIT_ENDPOINT", kind == "unreachable" ? "http://127.0.0.1:9" : server.Endpoint.ToString()));
        using var without = new Tool(("DO_NOT_TRACK", "1"));
        await with.Run("wait", "1");
        bool HasTried() => (kind == "unreachable" || !server.Requests.IsEmpty) && Directory.GetFiles(Path.Combine(with.Folder, "test"), "*-*").Length > 0;

        var delays = new List<double>();
        var bares = new List<double>();
        // On a machine on which nobody comes to send within the time of a run, runs take longer until somebody does.
        for (var i = 0; i < Pairs || (i < 4 * Pairs && !HasTried()); i++)
        {
            var time = (400 << i / Pairs).ToString(CultureInfo.InvariantCulture);
            // A failed attempt makes the next runs wait; here every run shall try.
            File.Delete(Path.Combine(with.Folder, "test", "retry"));
            var bare = await without.Run("wait", time);
            var sending = await with.Run("wait", time);
            Assert.Equal((0, "", ""), (sending.ExitCode, sending.Output, sending.Error));
            Assert.Equal(0, bare.ExitCode);
            delays.Add((sending.Elapsed - bare.Elapsed).TotalMilliseconds);
            if (i < Pairs)
                bares.Add(bare.Elapsed.TotalMilliseconds);
        }

        Assert.True(HasTried(), "No run came to send.");
        delays.Sort();
        // The median, and beyond what runs without telemetry differ by among themselves: that is what the machine does. Any wait for the server would be seconds.
        Assert.True(
            delays[delays.Count / 2] < 250 + bares.Max() - bares.Min(),
            "Exits were delayed by ms: " + string.Join(", ", delays.Select(delay => delay.ToString("0"))));
    }

    [Fact]
    public async Task A_home_that_cannot_be_written_is_no_trouble()
    {
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        // A file where the folder should be stops even an administrator.
        File.WriteAllText(Path.Combine(tool.Home, ".telemetry-kit"), "");
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_batch_that_another_user_left_stands_in_nobodys_way()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps a user's profile from others by itself.");
            return;
        }

        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        await tool.Run("greet");
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
        // The folder is the user's own, so what is in it can be deleted all the same.
        Assert.Empty(Waiting());

        string[] Waiting() => Directory.GetFiles(Path.Combine(tool.Folder, "test"), "*.open");
    }

    [Fact]
    public async Task A_full_disk_is_no_trouble()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no disk here that is always full.");
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        await tool.Run("greet");
        var batch = Assert.Single(Directory.GetFiles(Path.Combine(tool.Folder, "test"), "*.open"));
        File.Delete(batch);
        File.CreateSymbolicLink(batch, "/dev/full");
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_disk_with_no_room_for_a_single_byte_is_not_littered_with_empty_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell of other systems counts differently.");
        using var tool = new Tool(
            ("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"),
            // Writing code where it runs is done by the runtime through a file in memory, which counts as well.
            ("DOTNET_EnableWriteXorExecute", "0"));
        using var process = tool.Start("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" greet Ann", Tool.Program]);
        Assert.Equal("Hello, Ann!\n", await process.StandardOutput.ReadToEndAsync());
        Assert.Empty(await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Empty(Directory.GetFiles(tool.Home, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_is_no_command_of_the_tool_is_not_recorded_word_for_word()
    {
        using var tool = new Tool(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        Assert.Equal(64, (await tool.Run("secret-project")).ExitCode);
        var kept = File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(tool.Folder, "test"), "*.open")));
        Assert.Contains("\"command\":\"(unknown)\"", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_yes_a_run_leaves_no_file_and_asks_nobody_who_is_not_there()
    {
        using var tool = new Tool();
        var run = await tool.Run("greet", "Ann");
        Assert.Equal((0, "Hello, Ann!\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(Directory.GetFileSystemEntries(tool.Home));
    }

    private static FakeServer Misbehaving(string kind)
    {
        var server = new FakeServer();
        server.Answer = kind switch
        {
            "slow" => server.Silence,
            "500" => _ => FakeServer.Response(500, "oops"),
            "429" => _ => FakeServer.Problem(429, "rate_limited", "Retry-After: 3600\r\n"),
            "garbage" => _ => "\u0001\u0002 this is not HTTP \r\n\r\n",
            "endless" => _ => "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{\"received\":",
            _ => _ => null,
        };
        return server;
    }

    /// <summary>A run that obeys the modes of files, which an administrator's does not.</summary>
    private static Task<Tool.Ended> RunWithoutPrivilege(Tool tool, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? tool.RunProgram("setpriv", ["--bounding-set=-dac_override,-dac_read_search", "--", Tool.Program, .. arguments])
            : tool.Run(arguments);
}
