using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>What the system sees of a run whose user does not want to be tracked.</summary>
[Collection(nameof(Alone))]
public sealed class DoNotTrackTests
{
    [Fact]
    public async Task A_run_with_do_not_track_touches_no_file_of_ours_and_opens_no_socket()
    {
        var calls = await Trace(("DO_NOT_TRACK", "1"), ("TELEMETRYKIT_ENABLED", "1"));
        Assert.DoesNotContain(calls, call => call.Contains(".telemetry-kit", StringComparison.Ordinal));
        Assert.DoesNotContain(calls, call => call.Contains("socket(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_look_sees_the_files_of_a_run_that_records()
    {
        var calls = await Trace(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        Assert.Contains(calls, call => call.Contains(".telemetry-kit", StringComparison.Ordinal));
    }

    private static async Task<string[]> Trace(params (string Name, string Value)[] variables)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed.");
        using var tool = new Tool(variables);
        // The runtime's own debugging port is a socket, too.
        tool.Variables["DOTNET_EnableDiagnostics"] = "0";
        var log = Path.Combine(tool.Home, "calls");
        using var process = tool.Start("/usr/bin/strace", ["-f", "-e", "trace=%file,%network", "-o", log, Tool.Program, "greet", "Ann"]);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.SkipUnless(output.Length > 0 || process.ExitCode == 0, "strace may not trace here.");
        Assert.Equal("Hello, Ann!\n", output);
        return await File.ReadAllLinesAsync(log);
    }
}
