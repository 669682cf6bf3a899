using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Tests the sample in a pseudo-terminal, which the program <c>script</c> creates.</summary>
[Collection(nameof(NotParallel))]
public sealed class TerminalTests
{
    private const string Script = "/usr/bin/script";
    private const string Question = "[Y] yes  [N] no  [?]";

    [Fact]
    public async Task The_first_run_asks_and_a_no_is_stored()
    {
        using var tool = new Tool();
        var first = await Type(tool, "", Tool.Program + " greet Ann");
        Assert.Contains(Question, first, StringComparison.Ordinal);
        Assert.Contains("Hello, Ann!", first, StringComparison.Ordinal);
        Assert.Contains("\"consent\": \"denied\"", Decision(tool), StringComparison.Ordinal);
        Assert.False(Directory.Exists(tool.Folder));
        Assert.Equal("Hello, Ann!", (await Type(tool, "", Tool.Program + " greet Ann")).Trim());
    }

    [Fact]
    public async Task A_yes_is_stored_and_the_question_mark_shows_what_is_recorded()
    {
        using var tool = new Tool();
        var first = await Type(tool, "?\ny", Tool.Program + " greet Ann");
        Assert.Contains("\"service_name\": \"hello\"", first, StringComparison.Ordinal);
        Assert.Contains("\"event_type\": \"command_executed\"", first, StringComparison.Ordinal);
        Assert.Contains("\"consent\": \"granted\"", Decision(tool), StringComparison.Ordinal);
        Assert.Equal("Hello, Ann!", (await Type(tool, "", Tool.Program + " greet Ann")).Trim());
        var stored = string.Concat(Directory.GetFiles(Path.Combine(tool.Folder, "test")).Select(File.ReadAllText));
        Assert.Contains("\"terminal\":true", stored, StringComparison.Ordinal);
        Assert.Contains("\"command\":\"greet\"", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("Ann", stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CI", "1")]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("ENVIRONMENT", "development")]
    public async Task The_user_is_not_asked_if_a_variable_disables_telemetry_or_indicates_a_build(string name, string value)
    {
        using var tool = new Tool((name, value));
        Assert.Equal("Hello, Ann!", (await Type(tool, "", Tool.Program + " greet Ann")).Trim());
        Assert.False(Directory.Exists(Path.Combine(tool.Home, ".telemetry-kit")));
    }

    [Theory]
    [InlineData("> \"$HOME/out\"")]
    [InlineData("2> \"$HOME/out\"")]
    [InlineData("< /dev/null")]
    public async Task The_user_is_not_asked_if_a_stream_is_not_a_terminal(string redirection)
    {
        using var tool = new Tool();
        Assert.DoesNotContain(Question, await Type(tool, "", Tool.Program + " greet Ann " + redirection), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tool.Home, ".telemetry-kit")));
    }

    [Fact]
    public async Task A_process_in_the_background_of_its_terminal_does_not_ask()
    {
        using var tool = new Tool();
        var output = await Type(tool, "y", "/bin/bash -c 'set -m; " + Tool.Program + " greet Ann & wait'");
        Assert.Contains("Hello, Ann!", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Question, output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tool.Home, ".telemetry-kit")));
    }

    private static string Decision(Tool tool) => File.ReadAllText(tool.Folder + "-consent.json");

    /// <summary>Runs a command, types lines and returns what appears on the terminal, including the echo of the lines.</summary>
    private static async Task<string> Type(Tool tool, string lines, string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Script), "The program script of Linux is not installed.");
        // Without this, the framework's console writes escape sequences.
        tool.Variables["TERM"] = "dumb";
        using var process = tool.Start(Script, ["-qec", command, "/dev/null"]);
        await process.StandardInput.WriteAsync(lines + "\n");
        await process.StandardInput.FlushAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
