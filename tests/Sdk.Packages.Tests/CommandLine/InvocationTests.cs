using System.CommandLine;
using TelemetryKit.CommandLine;

namespace TelemetryKit.Packages.Tests.CommandLine;

public sealed class InvocationTests : IDisposable
{
    private readonly RecordingClient _recording = new();
    private readonly StringWriter _error = new();
    private readonly StringWriter _output = new();

    public void Dispose() => _recording.Dispose();

    [Fact]
    public async Task A_command_is_recorded_by_its_full_name_with_duration_and_success()
    {
        Assert.Equal(0, await Run("remote", "add", "origin"));
        var recorded = Assert.Single(_recording.Events);
        Assert.Equal(TelemetryEventTypes.CommandExecuted, recorded.Type);
        Assert.Equal("remote add", recorded.Metadata["command"]);
        Assert.True(recorded.Success);
        Assert.InRange(recorded.Duration!.Value, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Options_are_recorded_by_name_and_never_with_what_the_user_typed()
    {
        await Run("remote", "add", "secret-argument", "--url=secret-url", "-t", "secret-tag", "--tag", "another", "--verbose");
        var recorded = Assert.Single(_recording.Events);
        Assert.Equal(["--tag", "--url", "--verbose"], (string[])recorded.Metadata["options"].ToObject()!);
        Assert.DoesNotContain("secret", Text(recorded), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_with_its_default_value_is_not_recorded()
    {
        await Run("build");
        Assert.True(Assert.Single(_recording.Events).Metadata["options"].IsNull);
    }

    [Fact]
    public async Task An_exit_code_other_than_0_is_a_failure()
    {
        Assert.Equal(3, await Run("build", "--fail"));
        var recorded = Assert.Single(_recording.Events);
        Assert.False(recorded.Success);
        Assert.Equal(3, recorded.Metadata["exit_code"]);
    }

    [Fact]
    public async Task An_exception_is_recorded_by_its_type_and_shown_as_usual()
    {
        Assert.Equal(1, await Run("crash"));
        Assert.Equal(ErrorOfSystemCommandLine("crash"), FirstLine(_error));

        var command = Assert.Single(_recording.Events, e => e.Type == TelemetryEventTypes.CommandExecuted);
        Assert.False(command.Success);
        Assert.Equal("System.InvalidOperationException", command.Metadata["error_type"]);
        var error = Assert.Single(_recording.Events, e => e.Type == TelemetryEventTypes.Error);
        Assert.Equal("System.InvalidOperationException", error.Metadata["name"]);
        Assert.Equal("crash", error.Metadata["command"]);
        Assert.DoesNotContain("secret", Text(command) + Text(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_is_thrown_if_the_tool_handles_exceptions()
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Tool().Parse(["crash"]).InvokeAsync(_recording.Client, configuration, TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(() => Tool().Parse(["crash"]).Invoke(_recording.Client, configuration));
        Assert.False(configuration.EnableDefaultExceptionHandler);
        Assert.Equal(2, _recording.Events.Count(e => e.Type == TelemetryEventTypes.Error));
    }

    [Fact]
    public async Task A_cancelled_command_is_neither_success_nor_failure()
    {
        await Run("cancelled");
        var recorded = Assert.Single(_recording.Events);
        Assert.Null(recorded.Success);
        Assert.Equal(true, recorded.Metadata["cancelled"]);
    }

    [Fact]
    public async Task A_parse_error_is_a_failure_and_the_input_is_not_recorded()
    {
        Assert.Equal(1, await Run("remote", "secret-command", "--secret-option"));
        var recorded = Assert.Single(_recording.Events);
        Assert.Equal("remote", recorded.Metadata["command"]);
        Assert.False(recorded.Success);
        Assert.NotEqual(0, recorded.Metadata["parse_errors"]);
        Assert.DoesNotContain("secret", Text(recorded), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("build --help", "build", "-h")]
    [InlineData("(root) --help", "--help")]
    [InlineData("(root) --version", "--version")]
    [InlineData("(root)")]
    public async Task Help_and_version_do_not_count_as_the_command(string command, params string[] args)
    {
        await Run(args);
        Assert.Equal(command, Assert.Single(_recording.Events).Metadata["command"]);
    }

    [Fact]
    public void A_command_is_also_recorded_without_tasks()
    {
        Assert.Equal(3, Tool().Parse(["build", "--fail"]).Invoke(_recording.Client, Configuration()));
        Assert.Equal(1, Tool().Parse(["crash"]).Invoke(_recording.Client, Configuration()));
        Assert.Equal(ErrorOfSystemCommandLine("crash"), FirstLine(_error));
        Assert.Equal(["build", "crash", "crash"], _recording.Events.Select(e => e.Metadata["command"].ToString()).Order());
    }

    [Theory]
    [InlineData("[suggest:2]", "bu")]
    [InlineData("telemetry", "status")]
    [InlineData("telemetry")]
    public async Task Completions_and_the_telemetry_command_are_not_recorded(params string[] args)
    {
        Assert.Equal(0, await Run(args));
        Assert.Empty(_recording.Events);
    }

    [Fact]
    public async Task Without_telemetry_the_command_is_executed()
    {
        Assert.Equal(3, await Tool().Parse(["build", "--fail"]).InvokeAsync(
            NullTelemetryClient.Instance, Configuration(), TestContext.Current.CancellationToken));
    }

    private Task<int> Run(params string[] args) =>
        Tool().Parse(args).InvokeAsync(_recording.Client, Configuration(), TestContext.Current.CancellationToken);

    private InvocationConfiguration Configuration() => new() { Output = _output, Error = _error };

    private RootCommand Tool()
    {
        var tag = new Option<string[]>("--tag", "-t");
        var add = new Command("add") { new Argument<string>("name"), new Option<string>("--url"), tag };
        add.SetAction((_, cancelled) => Task.Delay(30, cancelled));
        var fail = new Option<bool>("--fail");
        var build = new Command("build") { fail, new Option<int>("--jobs") { DefaultValueFactory = _ => 4 } };
        build.SetAction(result => result.GetValue(fail) ? 3 : 0);
        var crash = new Command("crash");
        crash.SetAction((Action<ParseResult>)(_ => throw new InvalidOperationException("secret")));
        var cancelled = new Command("cancelled");
        cancelled.SetAction((Action<ParseResult>)(_ => throw new OperationCanceledException()));
        return new RootCommand
        {
            new Command("remote") { add }, build, crash, cancelled, new TelemetryCommand(_recording.Client),
            new Option<bool>("--verbose") { Recursive = true },
        };
    }

    /// <summary>Returns what the user would see without telemetry.</summary>
    private string ErrorOfSystemCommandLine(string command)
    {
        var error = new StringWriter();
        Tool().Parse([command]).Invoke(new() { Output = _output, Error = error });
        return FirstLine(error);
    }

    private static string FirstLine(StringWriter text) => text.ToString().Split('\n')[0];

    private static string Text(TelemetryEvent recorded) =>
        string.Join(' ', recorded.Metadata.Select(entry => entry.Key + "=" + Text(entry.Value)));

    private static string Text(MetadataValue value) => value.ToObject() is string[] texts ? string.Join(',', texts) : value.ToString();
}
