using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Pipeline;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Tests sending and storing batches, in particular if servers, networks, disks and clocks fail.</summary>
[Collection(nameof(NotParallel))]
public sealed class SendingTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Fact]
    public void A_run_stores_its_events_and_the_next_one_sends_them()
    {
        using (var first = Clients.Consenting(_host, _server))
            first.TrackFeature("x");
        Assert.Empty(_server.Requests);
        _host.Time.Advance(TimeSpan.FromHours(2));
        using (Clients.Consenting(_host, _server))
            Clients.Until(() => _server.Requests.Count == 1);
        Assert.Single(_server.Events);
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public void Events_of_several_runs_share_a_batch()
    {
        // Prevents checks for due batches, which would lock the file that the next run appends to.
        _host.Time.Stop();
        for (var run = 0; run < 5; run++)
        {
            using (var client = Clients.Consenting(_host, _server))
                client.TrackFeature("run" + run);
        }

        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Equal(5, Assert.Single(_server.Requests).Events.Count);
        Assert.Equal(5, _server.Events.Select(e => e.GetProperty("session_id").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(404)]
    [InlineData(302)]
    public void A_failed_batch_is_sent_again_with_the_same_id_and_a_new_time(int status)
    {
        var attempts = 0;
        _server.Respond = request => ++attempts == 1 ? FakeServer.Response(status, "<html>sorry</html>") : FakeServer.Accepted(request);
        using var client = Clients.Consenting(_host, _server, options =>
            options.RetryMinDelay = options.RetryMaxDelay = TimeSpan.FromHours(1));
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        _host.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(client.FlushAll());
        var requests = _server.Requests.ToArray();
        Assert.Equal(requests[0].BatchId, requests[1].BatchId);
        var sentAt = requests.Select(request => request.Json.GetProperty("sent_at").GetDateTimeOffset()).ToArray();
        Assert.True(sentAt[1] > sentAt[0].AddMinutes(59));
        Assert.Single(_server.Events);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Please log in to the hotel's network</body></html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"received\":")]
    public void A_200_of_another_server_does_not_count(string body)
    {
        _server.Respond = _ => FakeServer.Response(200, body);
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        Assert.Single(_host.Files("*.ready"));
    }

    [Fact]
    public void Closed_connections_and_timeouts_are_retried_later()
    {
        _server.Respond = _ => null;
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        _host.Time.Advance(TimeSpan.FromMinutes(2));
        _server.Respond = _server.NeverRespond;
        using (var client = Clients.Consenting(_host, _server, options => options.Timeout = TimeSpan.FromMilliseconds(200)))
            Assert.False(client.FlushAll());
        Assert.True(
            _host.Files("*.ready").Length == 1, string.Join(", ", _host.Files()) + " after " + _server.Requests.Count + " requests");
    }

    [Fact]
    public void A_quota_stops_all_runs_for_at_most_an_hour()
    {
        _server.Respond = _ => FakeServer.Problem(429, "quota_exceeded", "Retry-After: 2678400\r\n");
        for (var run = 0; run < 3; run++)
        {
            using (var client = Clients.Consenting(_host, _server))
            {
                client.TrackFeature("x");
                Assert.False(client.FlushAll());
            }
        }

        Assert.Single(_server.Requests);
        _server.Respond = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromSeconds(2_879));
        using (var client = Clients.Consenting(_host, _server))
            Assert.False(client.FlushAll());
        Assert.Single(_server.Requests);
        _host.Time.Advance(TimeSpan.FromSeconds(722));
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Equal(3, _server.Events.Count);
    }

    [Fact]
    public void A_delay_ends_if_the_clock_is_set_back()
    {
        _host.Time.Advance(TimeSpan.FromDays(300));
        _server.Respond = _ => FakeServer.Problem(429, "rate_limited", "Retry-After: 60\r\n");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        _host.Time.Advance(TimeSpan.FromDays(-300));
        _server.Respond = FakeServer.Accepted;
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
    }

    [Theory]
    [InlineData(401, "invalid_key")]
    [InlineData(403, "wrong_key")]
    public void An_unknown_key_stops_sending_and_is_logged_once(int status, string code)
    {
        _host.Variables["TELEMETRYKIT_VERBOSE"] = "1";
        _server.Respond = _ => FakeServer.Problem(status, code);
        using (var client = Clients.Consenting(_host, _server))
        {
            for (var i = 0; i < 3; i++)
            {
                client.TrackFeature("x");
                Assert.False(client.FlushAll());
            }
        }

        Assert.Single(_server.Requests);
        var log = _host.Written.ToString();
        Assert.Equal(log.IndexOf(code, StringComparison.Ordinal), log.LastIndexOf(code, StringComparison.Ordinal));
        Assert.DoesNotContain(Clients.Key, log, StringComparison.Ordinal);
        Assert.NotEmpty(_host.Files("*.ready"));
    }

    [Fact]
    public void A_suspended_project_keeps_its_events_until_it_accepts_them_again()
    {
        _server.Respond = _ => FakeServer.Problem(403, "project_suspended", "Retry-After: 3600\r\n");
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("one");
        Assert.False(client.FlushAll());
        client.TrackFeature("two");
        Assert.False(client.FlushAll());
        Assert.Single(_server.Requests);
        Assert.NotEmpty(_host.Files("*.ready"));

        _server.Respond = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.True(client.FlushAll());
        Assert.Equal(2, _server.Events.Count);
    }

    [Fact]
    public void A_rejected_batch_is_dropped_and_reported_with_the_next_one()
    {
        _server.Respond = _ => FakeServer.Problem(400, "invalid_batch");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("bad");
            client.TrackFeature("bad");
            Assert.True(client.FlushAll());
            _server.Respond = FakeServer.Accepted;
            client.TrackFeature("good");
            Assert.True(client.FlushAll());
        }

        Assert.Equal(2, _server.Requests.Last().Json.GetProperty("dropped").GetProperty("rejected").GetInt32());
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public void Without_a_home_directory_events_are_sent_from_memory_immediately()
    {
        _host.HasHome = false;
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Clients.Until(() => _server.Requests.Count == 1);
        Assert.True(Assert.Single(_server.Requests).Json.GetProperty("context").GetProperty("ephemeral").GetBoolean());
    }

    [Fact]
    public void Events_are_sent_from_memory_if_the_directory_cannot_be_created()
    {
        File.WriteAllText(_host.Root, "not a folder");
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Clients.Until(() => _server.Requests.Count == 1);
        Assert.Empty(_host.Written.ToString());
    }

    [Fact]
    public void A_failing_queue_loses_no_events()
    {
        using var client = Clients.Consenting(_host, _server, options => options.Queue = _ => new BrokenQueue());
        client.TrackFeature("x");
        Assert.True(client.FlushAll());
        Assert.Single(_server.Events);
    }

    [Fact]
    public void A_backend_that_throws_is_retried_later()
    {
        var backend = new Recording { Fails = true };
        using (var client = Clients.Consenting(_host, null, options => options.Backends.Add(backend)))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        backend.Fails = false;
        _host.Time.Advance(TimeSpan.FromMinutes(5));
        using (var client = Clients.Consenting(_host, null, options => options.Backends.Add(backend)))
            Assert.True(client.FlushAll());
        Assert.Equal("x", Assert.Single(backend.Batches).Events[0].Metadata["feature"].ToString());
    }

    [Fact]
    public void Each_backend_receives_every_event_and_a_failing_one_does_not_block_the_others()
    {
        var good = new Recording { Name = "good" };
        var bad = new Recording { Name = "bad", Fails = true };
        using (var client = Clients.Consenting(_host, _server, options =>
        {
            options.Backends.Add(bad);
            options.Backends.Add(good);
            options.Backends.Add(new TelemetryKitBackend(_server.Endpoint, Clients.Key));
        }))
        {
            client.TrackFeature("x");
            client.TrackFeature("y");
            Assert.False(client.FlushAll());
        }

        Assert.Equal(2, Assert.Single(good.Batches).Count);
        Assert.Equal(2, _server.Events.Count);
        Assert.Contains(_host.Files("*.ready"), file => file.Contains("/bad-", StringComparison.Ordinal));
    }

    [Fact]
    public void Test_data_is_never_sent_with_the_live_key()
    {
        using (var test = Clients.Consenting(_host, _server, options => options.Key = "tk_test_0123456789abcdefghijABCDEFGHIJkl"))
            test.TrackFeature("x");
        using (var live = Clients.Consenting(_host, _server))
            Assert.True(live.FlushAll());
        Assert.Empty(_server.Requests);
        using (var test = Clients.Consenting(_host, _server, options => options.Key = "tk_test_0123456789abcdefghijABCDEFGHIJkl"))
            Assert.True(test.FlushAll());
        Assert.Contains("Bearer tk_test_", Assert.Single(_server.Requests).Head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_sends_within_its_interval_without_a_flush()
    {
        using var client = Clients.Consenting(_host, _server, options => options.Interval = TimeSpan.FromMilliseconds(300));
        client.TrackFeature("x");
        Clients.Until(() => _server.Events.Count == 1);
        client.TrackFeature("y");
        Clients.Until(() => _server.Events.Count == 2);
    }

    [Fact]
    public void A_service_recovers_when_its_server_does()
    {
        _server.Respond = _ => FakeServer.Response(500, "");
        using var client = Clients.Consenting(_host, _server, options =>
        {
            options.Interval = TimeSpan.FromMilliseconds(100);
            options.RetryMaxDelay = TimeSpan.FromMilliseconds(100);
        });
        client.TrackFeature("x");
        Clients.Until(() => _server.Requests.Count >= 2);
        _server.Respond = FakeServer.Accepted;
        Clients.Until(() => _host.Files("*.ready").Length + _host.Files("*.sending").Length + _host.Files("*.open").Length == 0);
        Assert.Single(_server.Requests.Select(request => request.BatchId).Distinct());
    }

    [Fact]
    public void Events_dropped_since_the_last_write_are_reported_by_the_next_run()
    {
        using (var client = Clients.Consenting(_host, _server, options => options.BeforeSend = _ => null))
            client.TrackFeature("x");
        using (var client = Clients.Consenting(_host, _server, Small))
        {
            for (var i = 0; i < 111; i++)
                client.TrackFeature("x");
        }

        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        var dropped = _server.Requests.Select(request => request.Json).Where(json => json.TryGetProperty("dropped", out _))
            .SelectMany(json => json.GetProperty("dropped").EnumerateObject()).ToList();
        Assert.Equal(1, dropped.Where(count => count.Name == "before_send").Sum(count => count.Value.GetInt32()));
        Assert.NotEqual(0, dropped.Where(count => count.Name == "queue_full").Sum(count => count.Value.GetInt32()));

        static void Small(TelemetryOptions options) => (options.QueueEvents, options.BatchEvents) = (100, 10);
    }

    [Fact]
    public void Numbers_of_dropped_events_in_a_rejected_batch_are_reported_again()
    {
        using (var client = Clients.Consenting(_host, _server, options => options.BeforeSend = _ => null))
            client.TrackFeature("x");
        _server.Respond = _ => FakeServer.Problem(400, "invalid_batch");
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        _server.Respond = FakeServer.Accepted;
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Equal(1, _server.Requests.Last().Json.GetProperty("dropped").GetProperty("before_send").GetInt32());
    }

    [Fact]
    public void A_service_continues_if_the_clock_is_set_back()
    {
        _host.Time.Advance(TimeSpan.FromDays(300));
        _server.Respond = _ => FakeServer.Problem(429, "rate_limited", "Retry-After: 60\r\n");
        using var client = Clients.Consenting(_host, _server, options => options.Interval = TimeSpan.FromMilliseconds(100));
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        _server.Respond = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromDays(-300));
        client.TrackFeature("y");
        Clients.Until(() => _server.Delivered.SelectMany(request => request.Events).Count() == 2);
    }

    [Fact]
    public void Status_and_deletion_work_with_a_failing_queue()
    {
        using var client = Clients.Consenting(_host, _server, options => options.Queue = _ => new BrokenQueue());
        _server.Respond = _ => FakeServer.Response(500, "");
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        // The event is in memory, because the queue failed.
        Assert.Equal(1, client.GetQueueStatus().Events);
        Assert.NotNull(client.Consent.Delete());
        Assert.False(client.IsEnabled);
    }

    [Theory]
    [InlineData("otlp", "no address")]
    [InlineData("clickhouse", "no address")]
    [InlineData("nonsense", "http://127.0.0.1:9")]
    public void An_invalid_variable_does_not_affect_the_tool_and_is_logged(string backend, string endpoint)
    {
        _host.Variables["TELEMETRYKIT_VERBOSE"] = "1";
        _host.Variables["TELEMETRYKIT_BACKEND"] = backend;
        _host.Variables["TELEMETRYKIT_ENDPOINT"] = endpoint;
        using (var client = Clients.Consenting(_host))
            client.TrackFeature("x");
        Assert.NotEmpty(_host.Files("*.open"));
        using (var client = Clients.Consenting(_host))
            client.Consent.Deny();
        Assert.Empty(_host.Files("*.open"));
        Assert.Contains(backend, _host.Written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Delays_are_random_below_a_bound_that_doubles()
    {
        Prop.ForAll(
            Gen.Choose(1, 100).ToArbitrary(), Gen.Choose(0, 999).ToArbitrary(), (failures, random) =>
            {
                var delay = Backoff.Delay(failures, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), random / 1000.0).TotalSeconds;
                var bound = Math.Min(60, Math.Pow(2, failures - 1));
                return delay >= 0 && delay < bound && Math.Abs(delay - bound * random / 1000.0) < 0.001;
            }).QuickCheckThrowOnFailure();
    }

    public void Dispose()
    {
        _server.Dispose();
        _host.Dispose();
    }

    private sealed class Recording : ITelemetryBackend
    {
        public string Name { get; init; } = "recording";

        public bool Fails { get; set; }

        public List<TelemetryBatch> Batches { get; } = [];

        public Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
        {
            if (Fails)
                throw new InvalidOperationException("on purpose");
            Batches.Add(batch);
            return Task.FromResult(SendResult.Delivered());
        }
    }
}
