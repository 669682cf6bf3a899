using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Traces the system calls of a run whose user has opted out.</summary>
[Collection(nameof(NotParallel))]
public sealed class DoNotTrackTests
{
    [Fact]
    public async Task A_run_with_do_not_track_accesses_no_telemetry_file_and_opens_no_socket()
    {
        var calls = await Trace(("DO_NOT_TRACK", "1"), ("TELEMETRYKIT_ENABLED", "1"));
        Assert.DoesNotContain(calls, call => call.Contains(".telemetry-kit", StringComparison.Ordinal));
        Assert.DoesNotContain(calls, call => call.Contains("socket(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_trace_contains_the_files_of_a_run_that_records()
    {
        var calls = await Trace(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));
        Assert.Contains(calls, call => call.Contains(".telemetry-kit", StringComparison.Ordinal));
    }

    private static async Task<string[]> Trace(params (string Name, string Value)[] variables)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed.");
        using var tool = new Tool(variables);
        // The runtime's diagnostic port is a socket as well.
        tool.Variables["DOTNET_EnableDiagnostics"] = "0";
        var log = Path.Combine(tool.Home, "calls");
        using var process = tool.Start("/usr/bin/strace", ["-f", "-e", "trace=%file,%network", "-o", log, Tool.Program, "greet", "Ann"]);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.SkipUnless(output.Length > 0 || process.ExitCode == 0, "strace is not allowed to trace.");
        Assert.Equal("Hello, Ann!\n", output);
        return await File.ReadAllLinesAsync(log);
    }
}
