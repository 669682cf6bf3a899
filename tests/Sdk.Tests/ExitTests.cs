using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Tests which exits wait until events are sent, and for how long.</summary>
[Collection(nameof(NotParallel))]
public sealed class ExitTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Fact]
    public void The_first_run_and_the_first_one_after_a_day_send_at_exit()
    {
        // Nothing becomes due during a run, so events can only be sent at its exit.
        _host.Time.Stop();
        RunOnce("first", waits: true);
        RunOnce("later that day", waits: false);
        Assert.Equal(["first"], Sent());
        _host.Time.Advance(TimeSpan.FromHours(23));
        RunOnce("still that day", waits: false);
        Assert.Single(Sent());
        _host.Time.Advance(TimeSpan.FromHours(2));
        RunOnce("next day", waits: true);
        Assert.Equal(["first", "later that day", "still that day", "next day"], Sent());
    }

    [Fact]
    public void A_first_run_without_a_server_delays_no_other_exit_of_the_day()
    {
        _host.Time.Stop();
        _server.Respond = _server.NeverRespond;
        using (var client = Clients.Consenting(_host, _server, options => options.ExitTimeout = TimeSpan.FromMilliseconds(50)))
            client.TrackFeature("x");
        var posts = _server.Requests.Count;
        for (var run = 0; run < 3; run++)
        {
            // An exit that waits would wait for the whole minute.
            using (var client = Clients.Consenting(_host, _server, options => options.ExitTimeout = Clients.Timeout))
                client.TrackFeature("y");
        }

        Assert.Equal(posts, _server.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_run_of_a_build_service_sends_at_exit_until_one_fails(bool hasHome)
    {
        _host.Time.Stop();
        _host.Variables["CI"] = "1";
        _host.HasHome = hasHome;
        for (var run = 0; run < 5; run++)
            RunOnce("run" + run, waits: true);
        Assert.Equal(5, Sent().Length);

        if (!hasHome)
            return;
        _server.Respond = _ => FakeServer.Response(500, "");
        RunOnce("fails", waits: true);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        // An exit that waits would wait for the whole minute.
        _server.Respond = _server.NeverRespond;
        RunOnce("waits for nothing", waits: false);
        _server.Respond = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromMinutes(10));
        RunOnce("tries again", waits: true);
        Assert.Equal(["fails", "waits for nothing", "tries again"], Sent()[^3..]);
    }

    [Fact]
    public void The_connection_is_opened_while_the_tool_works()
    {
        _host.Time.Stop();
        using (Clients.Consenting(_host, _server, options => options.ExitTimeout = Clients.Timeout))
            Clients.Until(() => !_server.Connected.IsEmpty);
        Assert.Empty(_server.Requests);
        Assert.DoesNotContain("Authorization", Assert.Single(_server.Connected), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exit_waits_for_all_backends_together(int backends)
    {
        void Several(TelemetryOptions options)
        {
            options.ExitTimeout = null;
            for (var i = 0; i < backends; i++)
                options.Backends.Add(new Silent("silent" + i));
        }

        // The fastest of several exits: the machine may be busy during some of them, but waiting longer would slow down all of them.
        var exits = new List<double>();
        while (exits.Count < 3 || (exits.Min() > 600 && exits.Count < 20))
        {
            using var host = new TestHost();
            var client = Clients.Consenting(host, null, Several);
            client.TrackFeature("new");
            var started = System.Diagnostics.Stopwatch.StartNew();
            client.Dispose();
            exits.Add(started.Elapsed.TotalMilliseconds);
        }

        // The lower bound ensures that a batch was due.
        Assert.InRange(exits.Min(), 200, 600);
    }

    public void Dispose()
    {
        _server.Dispose();
        _host.Dispose();
    }

    /// <summary>Records a feature in a run of its own. An exit that waits has a minute, so that it succeeds on any machine.</summary>
    private void RunOnce(string feature, bool waits)
    {
        var requests = _server.Requests.Count;
        using (var client = Clients.Consenting(_host, _server, options => options.ExitTimeout = Clients.Timeout))
            client.TrackFeature(feature);
        Assert.Equal(waits, _server.Requests.Count > requests);
    }

    private string[] Sent() =>
    [
        .. _server.Delivered.SelectMany(request => request.Events)
            .Select(e => e.GetProperty("metadata").GetProperty("feature").GetString()!),
    ];

    private sealed class Silent(string name) : ITelemetryBackend
    {
        public string Name => name;

        public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return SendResult.Delivered();
        }
    }
}
