using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Ensures that the command of a run is recorded with its outcome, however the process ends.</summary>
[Collection(nameof(NotParallel))]
public sealed class EndingTests : IDisposable
{
    private readonly Tool _tool = new(("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", "http://127.0.0.1:9"));

    [Theory]
    [InlineData("exit", 7, "success=false exit_code=7")]
    [InlineData("exit", 0, "success=true")]
    [InlineData("exit", 130, "cancelled=true")]
    [InlineData("return", 3, "success=false exit_code=3")]
    [InlineData("return", 0, "success=true")]
    [InlineData("forget", 0, "")]
    [InlineData("idiom", 0, "success=true")]
    [InlineData("idiom", 3, "success=false exit_code=3")]
    public async Task An_exit_ends_the_open_operation_with_the_exit_code(string way, int exitCode, string outcome)
    {
        var run = await _tool.RunProgram(Tool.EndingProgram, [way, exitCode.ToString(CultureInfo.InvariantCulture)]);
        Assert.Equal((exitCode, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(way + " " + outcome, Assert.Single(Recorded()));
    }

    [Theory]
    [InlineData("throw", "System.InvalidOperationException")]
    [InlineData("throw-on-thread", "System.FormatException")]
    [InlineData("idiom-throw", "System.InvalidOperationException")]
    public async Task An_unhandled_exception_ends_the_open_operation(string way, string type)
    {
        var run = await _tool.RunProgram(Tool.EndingProgram, [way]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal($"{way} success=false error_type={type}", Assert.Single(Recorded()));
    }

    [Fact]
    public async Task What_was_recorded_just_before_a_crash_is_kept()
    {
        await _tool.RunProgram(Tool.EndingProgram, ["feature-then-throw"]);
        Assert.Equal(["feature-then-throw success=true", "last "], Recorded());
    }

    [Fact]
    public async Task A_command_that_is_run_by_the_client_returns_its_exit_code()
    {
        var run = await _tool.RunProgram(Tool.EndingProgram, ["run", "5"]);
        Assert.Equal(5, run.ExitCode);
        Assert.Equal(["inner success=false exit_code=5", "run success=false exit_code=5"], Recorded());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public async Task A_signal_cancels_the_open_operation(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that another process could send.");
        Assert.Equal(exitCode, await Interrupt("sleep", signal));
        Assert.Equal("sleep cancelled=true", Assert.Single(Recorded()));
        // The process ends in the same way without telemetry.
        _tool.Variables["DO_NOT_TRACK"] = "1";
        Assert.Equal(exitCode, await Interrupt("sleep", signal));
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("INT")]
    public async Task A_signal_that_the_process_ignores_ends_nothing(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that another process could send.");
        // As nohup does.
        using var process = _tool.Start("/bin/sh", ["-c", $"trap '' {signal}; exec \"$0\" \"$@\"", Tool.EndingProgram, "read", "4"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        await Kill(process, signal);
        await process.StandardInput.WriteLineAsync();
        await process.WaitForExitAsync();
        Assert.Equal(4, process.ExitCode);
        Assert.Equal(["after ", "read success=false exit_code=4"], Recorded());
    }

    [Fact]
    public async Task A_tool_that_handles_ctrl_c_itself_continues_to_record()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that another process could send.");
        Assert.Equal(9, await Interrupt("handle", "INT", 9));
        Assert.Equal(["after ", "handle cancelled=true"], Recorded());
    }

    public void Dispose() => _tool.Dispose();

    private async Task<int> Interrupt(string way, string signal, int number = 0)
    {
        // SIGQUIT would write the memory of the process to a file.
        using var process = _tool.Start(
            "/bin/sh",
            ["-c", "ulimit -c 0; exec \"$0\" \"$@\"", Tool.EndingProgram, way, number.ToString(CultureInfo.InvariantCulture)]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        await Kill(process, signal);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task Kill(Process process, string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Returns the name and the outcome of each event, in the order in which they were recorded.</summary>
    private string[] Recorded() =>
    [
        .. Directory.GetFiles(ServicePaths.Service(Path.Combine(_tool.Home, ".telemetry-kit"), "tool"), "*-*", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(ServicePaths.Service(Path.Combine(_tool.Home, ".telemetry-kit"), "tool"), "*.open"))
            .SelectMany(File.ReadAllLines).Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line.Split('\t')[0]).RootElement).Select(Describe),
    ];

    private static string Describe(JsonElement e)
    {
        var metadata = e.GetProperty("metadata");
        var success = e.TryGetProperty("success", out var value) ? "success=" + (value.GetBoolean() ? "true" : "false") : null;
        string?[] outcome =
        [
            success,
            .. ((string[])["exit_code", "cancelled", "error_type"])
                .Select(name => metadata.TryGetProperty(name, out var found) ? name + "=" + Text(found) : null),
        ];
        var name = metadata.TryGetProperty("command", out var command) ? command : metadata.GetProperty("feature");
        return name.GetString() + " " + string.Join(' ', outcome.Where(part => part is not null));
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
