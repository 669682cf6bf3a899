using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Who is asked: a person who is there and can decide once for all.</summary>
public sealed class QuestionTests : IDisposable
{
    private readonly TestHost _host = new() { Interactive = true, Typed = "y\n" };

    [Theory]
    [InlineData("CLAUDECODE")]
    [InlineData("AI_AGENT")]
    public void An_agent_does_not_answer_for_a_person(string variable)
    {
        _host.Variables[variable] = "1";
        ExpectNoQuestion(ConsentMode.OptIn);
        ExpectNoQuestion(ConsentMode.OptOut);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("build", "-h")]
    [InlineData("/?")]
    [InlineData("help", "build")]
    [InlineData("--version")]
    [InlineData("version")]
    [InlineData("completion", "bash")]
    [InlineData("__complete", "bu")]
    [InlineData("[suggest:2]", "bu")]
    [InlineData("telemetry")]
    public void Help_versions_and_completions_are_not_interrupted(params string[] arguments)
    {
        _host.Arguments = arguments;
        ExpectNoQuestion(ConsentMode.OptIn);
        ExpectNoQuestion(ConsentMode.OptOut);
    }

    [Theory]
    [InlineData("run", "--", "--help")]
    [InlineData("build")]
    public void Others_are_asked(params string[] arguments)
    {
        _host.Arguments = arguments;
        using var client = Create(ConsentMode.OptIn);
        Assert.Equal(ConsentState.Granted, client.Consent.State);
    }

    [Fact]
    public void Nobody_is_asked_if_the_answer_cannot_be_stored()
    {
        File.WriteAllText(_host.Root, "");
        ExpectNoQuestion(ConsentMode.OptIn);
        ExpectNoQuestion(ConsentMode.OptOut);
        _host.HasHome = false;
        ExpectNoQuestion(ConsentMode.OptIn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1\n2\n3\n4\n5\ny\n")]
    [InlineData("maybe\n")]
    public void Without_a_clear_answer_there_is_no_decision(string typed)
    {
        _host.Typed = typed;
        using (var client = Create(ConsentMode.OptIn))
            Assert.Equal(ConsentState.Unknown, client.Consent.State);
        Assert.Contains("[Y] yes", _host.Written.ToString(), StringComparison.Ordinal);
        Assert.Empty(_host.Files());
    }

    [Fact]
    public void The_question_waits_half_a_minute()
    {
        using var client = Create(ConsentMode.OptIn);
        Assert.Equal(TimeSpan.FromSeconds(30), _host.Patience);
    }

    [Theory]
    [InlineData("help", 0)]
    [InlineData("--help", 0)]
    [InlineData("what", 2)]
    public void Help_of_the_telemetry_command_succeeds(string subcommand, int exitCode)
    {
        using var client = Create(ConsentMode.OptIn);
        using var output = new StringWriter();
        Assert.Equal(exitCode, TelemetryCommands.Run(subcommand, client, output));
        Assert.Contains("telemetry off", output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _host.Dispose();

    private void ExpectNoQuestion(ConsentMode mode)
    {
        using (var client = Create(mode))
            Assert.Equal(ConsentState.Unknown, client.Consent.State);
        Assert.Empty(_host.Written.ToString());
    }

    private TelemetryKitClient Create(ConsentMode mode) => TelemetryKitClient.Create(
        new() { ServiceName = "my-cli", Key = Clients.Key, Endpoint = new("http://127.0.0.1:9"), Consent = mode }, _host);
}
