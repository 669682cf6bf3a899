using System.CommandLine;
using TelemetryKit.CommandLine;

namespace TelemetryKit.Packages.Tests.CommandLine;

public sealed class TelemetryCommandTests : IDisposable
{
    private readonly RecordingClient _recording = new();

    public void Dispose() => _recording.Dispose();

    [Fact]
    public void Off_and_on_change_the_decision_and_show_it()
    {
        Assert.Contains("telemetry: off", Run("telemetry", "off"), StringComparison.Ordinal);
        Assert.Equal(ConsentState.Denied, _recording.Client.Consent.State);
        Assert.Contains("telemetry: on", Run("telemetry", "on"), StringComparison.Ordinal);
        Assert.Equal(ConsentState.Granted, _recording.Client.Consent.State);
    }

    [Theory]
    [InlineData("telemetry: on", "telemetry")]
    [InlineData("telemetry: on", "telemetry", "status")]
    [InlineData("\"events\"", "telemetry", "show")]
    [InlineData("deleted", "telemetry", "delete")]
    [InlineData("Forbid it", "telemetry", "--help")]
    public void Each_subcommand_shows_its_result(string says, params string[] args) =>
        Assert.Contains(says, Run(args), StringComparison.Ordinal);

    private string Run(params string[] args)
    {
        var output = new StringWriter();
        var root = new RootCommand { new TelemetryCommand(_recording.Client) };
        Assert.Equal(0, root.Parse(args).Invoke(_recording.Client, new() { Output = output }));
        return output.ToString();
    }
}
