using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>What a person sees at a terminal: the sample in a pseudo-terminal that <c>script</c> makes.</summary>
[Collection(nameof(Alone))]
public sealed class TerminalTests
{
    private const string Script = "/usr/bin/script";
    private const string Question = "[Y] yes  [N] no  [?]";

    [Fact]
    public async Task A_first_run_asks_and_a_no_is_remembered()
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
    public async Task A_yes_is_remembered_and_what_the_question_mark_shows_is_what_is_kept()
    {
        using var tool = new Tool();
        var first = await Type(tool, "?\ny", Tool.Program + " greet Ann");
        Assert.Contains("\"service_name\": \"hello\"", first, StringComparison.Ordinal);
        Assert.Contains("\"event_type\": \"command_executed\"", first, StringComparison.Ordinal);
        Assert.Contains("\"consent\": \"granted\"", Decision(tool), StringComparison.Ordinal);
        Assert.Equal("Hello, Ann!", (await Type(tool, "", Tool.Program + " greet Ann")).Trim());
        var kept = string.Concat(Directory.GetFiles(Path.Combine(tool.Folder, "test")).Select(File.ReadAllText));
        Assert.Contains("\"terminal\":true", kept, StringComparison.Ordinal);
        Assert.Contains("\"command\":\"greet\"", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("Ann", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CI", "1")]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("ENVIRONMENT", "development")]
    public async Task Nobody_is_asked_where_a_variable_says_that_nobody_is_there_or_wants_it(string name, string value)
    {
        using var tool = new Tool((name, value));
        Assert.Equal("Hello, Ann!", (await Type(tool, "", Tool.Program + " greet Ann")).Trim());
        Assert.False(Directory.Exists(Path.Combine(tool.Home, ".telemetry-kit")));
    }

    [Theory]
    [InlineData("> \"$HOME/out\"")]
    [InlineData("2> \"$HOME/out\"")]
    [InlineData("< /dev/null")]
    public async Task Nobody_is_asked_where_one_of_the_streams_is_no_terminal(string redirection)
    {
        using var tool = new Tool();
        Assert.DoesNotContain(Question, await Type(tool, "", Tool.Program + " greet Ann " + redirection), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tool.Home, ".telemetry-kit")));
    }

    private static string Decision(Tool tool) => File.ReadAllText(Path.Combine(tool.Home, ".telemetry-kit", "hello-consent.json"));

    /// <summary>What appears on the terminal when lines are typed, the echo of them included.</summary>
    private static async Task<string> Type(Tool tool, string lines, string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Script), "There is no program here that makes a terminal of Linux's kind.");
        // The framework's console greets better terminals with escape sequences.
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
