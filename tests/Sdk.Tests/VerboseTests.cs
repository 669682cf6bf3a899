using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>With <c>TELEMETRYKIT_VERBOSE</c>, each run says what happened to its events.</summary>
[Collection(nameof(NotParallel))]
public sealed class VerboseTests : IDisposable
{
    private readonly TestHost _host = new(("TELEMETRYKIT_VERBOSE", "1"));
    private readonly FakeServer _server = new();

    [Fact]
    public void What_was_kept_and_when_it_is_due_is_logged()
    {
        _host.Time.Stop();
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("a");
            client.TrackFeature("b");
        }

        var due = _host.Clock.UtcNow.AddHours(1);
        Assert.Equal(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"telemetry: 2 events kept for telemetrykit, to be sent by a run after {due:yyyy-MM-dd HH:mm:ss}Z, or by Flush"),
            _host.Written.ToString().Trim());
    }

    [Fact]
    public void After_a_failure_the_time_of_the_next_attempt_is_logged()
    {
        _host.Time.Stop();
        _server.Respond = _ => FakeServer.Problem(503, "storage_unavailable");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("a");
            Assert.False(client.FlushAll());
        }

        Assert.Contains("1 events to telemetrykit: Retry", _host.Written.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 events kept for telemetrykit, to be sent by a run after ", _host.Written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_logged_about_what_was_sent_completely()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("a");
            Assert.True(client.FlushAll());
        }

        Assert.DoesNotContain("kept", _host.Written.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("MY_CLI_TELEMETRY", "0")]
    public void Why_nothing_is_recorded_is_logged(string variable, string value)
    {
        _host.Variables[variable] = value;
        using (var client = Clients.Consenting(_host, _server))
            client.TrackFeature("a");
        Assert.Contains("nothing is recorded, because of " + variable, _host.Written.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _server.Dispose();
        _host.Dispose();
    }
}
