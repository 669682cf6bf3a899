using System.Globalization;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>
/// Ensures that tools that run only once are counted. The exits wait as long as the machine needs; how long they may wait by default is
/// tested without processes, and measured by <c>bench/Sdk</c>.
/// </summary>
[Collection(nameof(NotParallel))]
public sealed class OneShotTests : IDisposable
{
    private const int Runs = 100;
    private const int AtOnce = 4;

    private readonly FakeServer _server = new();

    [Theory]
    [InlineData("home", 60)]
    [InlineData("home", 300)]
    [InlineData("no home", 60)]
    [InlineData("no home", 300)]
    [InlineData("ci", 60)]
    [InlineData("ci", 300)]
    public async Task A_hundred_machines_that_run_a_tool_once_are_all_counted(string kind, int milliseconds)
    {
        await InParallel(Runs, async () =>
        {
            using var tool = Machine(kind);
            await Run(tool, milliseconds);
        });
        Assert.Equal(Runs, Commands().Count);
        Assert.Equal(Runs, Commands().Distinct().Count());
    }

    [Fact]
    public async Task Each_of_five_short_runs_of_a_build_is_counted()
    {
        await InParallel(20, async () =>
        {
            using var tool = Machine("ci");
            for (var run = 0; run < 5; run++)
                await Run(tool, 0);
        });
        Assert.Equal(100, Commands().Count);
    }

    [Fact]
    public async Task The_exit_of_a_later_run_of_the_day_waits_for_nothing()
    {
        using var tool = Machine("home");
        await Run(tool, 0);
        Assert.Single(Commands());
        // If an exit waited for this server, the run would take the whole minute.
        _server.Respond = _server.NeverRespond;
        await Run(tool, 0);
        await Run(tool, 0);
        Assert.Single(Commands());
    }

    public void Dispose() => _server.Dispose();

    private Tool Machine(string kind)
    {
        var tool = new Tool(
            ("TELEMETRYKIT_ENABLED", "1"), ("TELEMETRYKIT_ENDPOINT", _server.Endpoint.ToString()), ("TOOL_EXIT_TIMEOUT", "60"));
        if (kind == "ci")
            tool.Variables["CI"] = "1";
        if (kind == "no home")
            tool.Variables["HOME"] = tool.Variables["USERPROFILE"] = Path.Combine(tool.Home, "missing");
        return tool;
    }

    private static async Task Run(Tool tool, int milliseconds)
    {
        var run = await tool.RunProgram(Tool.EndingProgram, ["wait", milliseconds.ToString(CultureInfo.InvariantCulture)]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    private static async Task InParallel(int count, Func<Task> run) => await Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await run());

    /// <summary>Returns the ids of the received commands.</summary>
    private List<string> Commands() =>
    [
        .. _server.Events.Where(e => e.GetProperty("event_type").GetString() == TelemetryEventTypes.CommandExecuted)
            .Select(e => e.GetProperty("event_id").GetString()!),
    ];
}
