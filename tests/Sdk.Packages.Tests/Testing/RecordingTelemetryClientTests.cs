using TelemetryKit.Testing;

namespace TelemetryKit.Packages.Tests.Testing;

public sealed class RecordingTelemetryClientTests
{
    [Fact]
    public void Events_are_collected_as_they_would_be_sent()
    {
        using var telemetry = new RecordingTelemetryClient();
        telemetry.Run("build", command => { command.With("mail", "ann@example.com"); });
        telemetry.TrackFeature("incremental");
        telemetry.TrackEvent("custom", new() { ["name"] = "own" });
        Assert.Equal(["build"], telemetry.Names(TelemetryEventTypes.CommandExecuted));
        Assert.Equal(["incremental"], telemetry.Names(TelemetryEventTypes.FeatureUsed));
        Assert.Equal(["own"], telemetry.Names("custom"));
        var command = Assert.Single(telemetry.OfType(TelemetryEventTypes.CommandExecuted));
        Assert.True(command.Success);
        Assert.Equal("[email]", command.Metadata["mail"]);
        telemetry.Clear();
        Assert.Empty(telemetry.Events);
    }

    [Fact]
    public async Task The_options_of_the_tool_apply_and_what_was_recorded_can_be_read_at_the_end()
    {
        var telemetry = new RecordingTelemetryClient(options => options.BeforeSend = e => e.Metadata["feature"] == "secret" ? null : e);
        await using (telemetry)
        {
            telemetry.TrackFeature("secret");
            telemetry.TrackFeature("shown");
            telemetry.TrackCommand("forgotten");
        }

        Assert.Equal(["shown"], telemetry.Names(TelemetryEventTypes.FeatureUsed));
        Assert.Equal(["forgotten"], telemetry.Names(TelemetryEventTypes.CommandExecuted));
    }
}
