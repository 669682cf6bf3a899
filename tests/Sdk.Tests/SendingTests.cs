using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Pipeline;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>What happens to batches when servers, networks and disks are not what one wishes.</summary>
[Collection(nameof(Alone))]
public sealed class SendingTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Fact]
    public void A_run_keeps_its_events_and_the_next_one_sends_them()
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
        // No look for due batches, which would hold the file that a run wants to go on with.
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
    public void A_batch_that_did_not_arrive_is_sent_again_with_the_same_id_and_a_new_time(int status)
    {
        var attempts = 0;
        _server.Answer = request => ++attempts == 1 ? FakeServer.Response(status, "<html>sorry</html>") : FakeServer.Accepted(request);
        using var client = Clients.Consenting(_host, _server, options =>
            options.RetryMinDelay = options.RetryMaxDelay = TimeSpan.FromHours(1));
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        _host.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(client.FlushAll());
        var requests = _server.Requests.ToArray();
        Assert.Equal(requests[0].BatchId, requests[1].BatchId);
        Assert.True(requests[1].Json.GetProperty("sent_at").GetDateTimeOffset() > requests[0].Json.GetProperty("sent_at").GetDateTimeOffset().AddMinutes(59));
        Assert.Single(_server.Events);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Please log in to the hotel's network</body></html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"received\":")]
    public void A_200_that_is_not_our_servers_is_not_believed(string body)
    {
        _server.Answer = _ => FakeServer.Response(200, body);
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        Assert.Single(_host.Files("*.ready"));
    }

    [Fact]
    public void A_connection_that_closes_and_one_that_never_answers_are_tried_again_later()
    {
        _server.Answer = _ => null;
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        _host.Time.Advance(TimeSpan.FromMinutes(2));
        _server.Answer = _server.Silence;
        using (var client = Clients.Consenting(_host, _server, options => options.Timeout = TimeSpan.FromMilliseconds(200)))
            Assert.False(client.FlushAll());
        Assert.True(_host.Files("*.ready").Length == 1, string.Join(", ", _host.Files()) + " after " + _server.Requests.Count + " requests");
    }

    [Fact]
    public void A_quota_stops_all_runs_until_its_time()
    {
        _server.Answer = _ => FakeServer.Problem(429, "quota_exceeded", "Retry-After: 86400\r\n");
        for (var run = 0; run < 3; run++)
        {
            using (var client = Clients.Consenting(_host, _server))
            {
                client.TrackFeature("x");
                Assert.False(client.FlushAll());
            }
        }

        Assert.Single(_server.Requests);
        _server.Answer = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromHours(25));
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Equal(3, _server.Events.Count);
    }

    [Fact]
    public void A_clock_that_was_put_back_does_not_make_a_wait_endless()
    {
        _host.Time.Advance(TimeSpan.FromDays(300));
        _server.Answer = _ => FakeServer.Problem(429, "rate_limited", "Retry-After: 60\r\n");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        _host.Time.Advance(TimeSpan.FromDays(-300));
        _server.Answer = FakeServer.Accepted;
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
    }

    [Theory]
    [InlineData(401, "invalid_key")]
    [InlineData(403, "wrong_key")]
    public void An_unknown_key_stops_the_process_and_says_so_once_to_the_curious(int status, string code)
    {
        _host.Variables["TELEMETRYKIT_VERBOSE"] = "1";
        _server.Answer = _ => FakeServer.Problem(status, code);
        using (var client = Clients.Consenting(_host, _server))
        {
            for (var i = 0; i < 3; i++)
            {
                client.TrackFeature("x");
                Assert.False(client.FlushAll());
            }
        }

        Assert.Single(_server.Requests);
        var said = _host.Written.ToString();
        Assert.Equal(said.IndexOf(code, StringComparison.Ordinal), said.LastIndexOf(code, StringComparison.Ordinal));
        Assert.DoesNotContain(Clients.Key, said, StringComparison.Ordinal);
        Assert.NotEmpty(_host.Files("*.ready"));
    }

    [Fact]
    public void A_batch_the_server_refuses_for_good_is_dropped_and_reported_with_the_next()
    {
        _server.Answer = _ => FakeServer.Problem(400, "invalid_batch");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("bad");
            client.TrackFeature("bad");
            Assert.True(client.FlushAll());
            _server.Answer = FakeServer.Accepted;
            client.TrackFeature("good");
            Assert.True(client.FlushAll());
        }

        Assert.Equal(2, _server.Requests.Last().Json.GetProperty("dropped").GetProperty("rejected").GetInt32());
        Assert.Empty(_host.Files("*.ready"));
    }

    [Fact]
    public void Without_a_home_events_are_sent_from_memory_at_once()
    {
        _host.HasHome = false;
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Clients.Until(() => _server.Requests.Count == 1);
        Assert.True(Assert.Single(_server.Requests).Json.GetProperty("context").GetProperty("ephemeral").GetBoolean());
    }

    [Fact]
    public void Where_a_file_stands_in_the_way_of_the_folder_events_are_sent_from_memory()
    {
        File.WriteAllText(_host.Root, "not a folder");
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Clients.Until(() => _server.Requests.Count == 1);
        Assert.Empty(_host.Written.ToString());
    }

    [Fact]
    public void A_queue_that_fails_costs_no_events()
    {
        using var client = Clients.Consenting(_host, _server, options => options.Queue = _ => new BrokenQueue());
        client.TrackFeature("x");
        Assert.True(client.FlushAll());
        Assert.Single(_server.Events);
    }

    [Fact]
    public void A_backend_that_throws_is_tried_again_later()
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
    public void Each_of_several_backends_gets_every_event_and_one_that_fails_holds_up_no_other()
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
        Assert.Contains(_host.Files("*.ready"), file => file.Contains("/bad/", StringComparison.Ordinal));
    }

    [Fact]
    public void Test_data_never_meets_the_live_key()
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
    public void A_service_sends_by_itself_within_its_interval()
    {
        using var client = Clients.Consenting(_host, _server, options => options.Interval = TimeSpan.FromMilliseconds(300));
        client.TrackFeature("x");
        Clients.Until(() => _server.Events.Count == 1);
        client.TrackFeature("y");
        Clients.Until(() => _server.Events.Count == 2);
    }

    [Fact]
    public void A_service_recovers_by_itself_when_its_server_does()
    {
        _server.Answer = _ => FakeServer.Response(500, "");
        using var client = Clients.Consenting(_host, _server, options =>
        {
            options.Interval = TimeSpan.FromMilliseconds(100);
            options.RetryMaxDelay = TimeSpan.FromMilliseconds(100);
        });
        client.TrackFeature("x");
        Clients.Until(() => _server.Requests.Count >= 2);
        _server.Answer = FakeServer.Accepted;
        Clients.Until(() => _host.Files("*.ready").Length + _host.Files("*.sending").Length + _host.Files("*.open").Length == 0);
        Assert.Single(_server.Requests.Select(request => request.BatchId).Distinct());
    }

    [Fact]
    public void Only_a_run_whose_oldest_batch_waits_for_more_than_a_day_sends_at_exit()
    {
        // Nothing becomes due while a run lives, so whatever is sent is sent at its exit.
        _host.Time.Stop();
        Clients.Consenting(_host, _server).Dispose();
        using (var client = Clients.Consenting(_host, _server))
            client.TrackFeature("monday");
        _host.Time.Advance(TimeSpan.FromHours(23));
        using (var client = Clients.Consenting(_host, _server))
            client.TrackFeature("also monday");
        Assert.Empty(_server.Requests);
        _host.Time.Advance(TimeSpan.FromHours(2));
        // Half a second may be too little on a busy machine; then the next run tries again, for the batch is no younger.
        Clients.Until(() =>
        {
            using (var client = Clients.Consenting(_host, _server))
                client.TrackFeature("tuesday");
            return !_server.Requests.IsEmpty;
        });
        Assert.Contains(_server.Events, e => e.GetProperty("metadata").GetProperty("feature").GetString() == "monday");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void At_exit_no_more_than_half_a_second_is_spent_on_it_however_many_backends_there_are(int backends)
    {
        void Several(TelemetryOptions options)
        {
            for (var i = 0; i < backends; i++)
                options.Backends.Add(new Silent("silent" + i));
        }

        // The quickest of some exits: a machine may be busy during one of them, but waiting for longer would make all of them slower.
        var exits = new List<double>();
        while (exits.Count < 3 || (exits.Min() > 1_000 && exits.Count < 20))
        {
            using var host = new TestHost();
            using (var client = Clients.Consenting(host, null, Several))
                client.TrackFeature("old");
            host.Time.Advance(TimeSpan.FromHours(26));
            var late = Clients.Consenting(host, null, Several);
            late.TrackFeature("new");
            var started = System.Diagnostics.Stopwatch.StartNew();
            late.Dispose();
            exits.Add(started.Elapsed.TotalMilliseconds);
        }

        // And it was spent: had nothing been due, this would say nothing.
        Assert.InRange(exits.Min(), 400, 1_000);
    }

    [Fact]
    public void What_was_dropped_since_the_last_event_is_reported_by_the_next_run()
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
    public void A_report_that_was_refused_with_its_batch_is_made_again()
    {
        using (var client = Clients.Consenting(_host, _server, options => options.BeforeSend = _ => null))
            client.TrackFeature("x");
        _server.Answer = _ => FakeServer.Problem(400, "invalid_batch");
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        _server.Answer = FakeServer.Accepted;
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Equal(1, _server.Requests.Last().Json.GetProperty("dropped").GetProperty("before_send").GetInt32());
    }

    [Fact]
    public void A_clock_that_is_put_back_does_not_stop_a_service()
    {
        _host.Time.Advance(TimeSpan.FromDays(300));
        _server.Answer = _ => FakeServer.Problem(429, "rate_limited", "Retry-After: 60\r\n");
        using var client = Clients.Consenting(_host, _server, options => options.Interval = TimeSpan.FromMilliseconds(100));
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        _server.Answer = FakeServer.Accepted;
        _host.Time.Advance(TimeSpan.FromDays(-300));
        client.TrackFeature("y");
        Clients.Until(() => _server.Delivered.SelectMany(request => request.Events).Count() == 2);
    }

    [Fact]
    public void A_queue_that_fails_is_no_trouble_for_what_the_user_asks_of_it()
    {
        using var client = Clients.Consenting(_host, _server, options => options.Queue = _ => new BrokenQueue());
        _server.Answer = _ => FakeServer.Response(500, "");
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        // It is in memory, where the queue that failed could not keep it.
        Assert.Equal(1, client.GetQueueStatus().Events);
        Assert.NotNull(client.Consent.Delete());
        Assert.False(client.IsEnabled);
    }

    [Theory]
    [InlineData("otlp", "no address")]
    [InlineData("clickhouse", "no address")]
    [InlineData("nonsense", "http://127.0.0.1:9")]
    public void What_a_variable_says_wrongly_ends_no_tool_and_is_told_to_the_curious(string backend, string endpoint)
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
    public void Waits_double_up_to_their_bound_and_are_random_below_it()
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

    private sealed class Silent(string name) : ITelemetryBackend
    {
        public string Name => name;

        public async Task<SendResult> SendAsync(TelemetryBatch batch, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return SendResult.Delivered();
        }
    }

    private sealed class BrokenQueue : ITelemetryQueue
    {
        public bool Append(EventBlock block) => throw new InvalidOperationException("on purpose");

        public QueuedBatch? Take(bool includeOpen) => throw new InvalidOperationException("on purpose");

        public bool IsOverdue(DateTimeOffset before) => throw new InvalidOperationException("on purpose");

        public QueueStatus GetStatus() => throw new InvalidOperationException("on purpose");

        public void Clear() => throw new InvalidOperationException("on purpose");
    }
}
