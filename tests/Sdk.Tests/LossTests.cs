using System.Diagnostics;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Ensures that a fault of a server or a queue loses no event, and that what was lost is reported.</summary>
[Collection(nameof(NotParallel))]
public sealed class LossTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Fact]
    public void A_batch_that_always_fails_does_not_block_the_others()
    {
        FailForBad();
        using var client = Clients.Consenting(
            _host, _server, options => options.RetryMinDelay = options.RetryMaxDelay = TimeSpan.FromHours(1));
        client.TrackFeature("bad");
        Assert.False(client.FlushAll());
        _host.Time.Advance(TimeSpan.FromHours(1));
        client.TrackFeature("good");
        Assert.False(client.FlushAll());
        Assert.Equal(["good"], Sent());
        Assert.Equal(1, client.GetQueueStatus().Events);
    }

    [Fact]
    public void Events_that_were_flushed_during_a_delay_are_sent_after_it_also_behind_a_batch_that_always_fails()
    {
        FailForBad();
        using var client = Clients.Consenting(
            _host, _server, options => options.RetryMinDelay = options.RetryMaxDelay = TimeSpan.FromSeconds(1));
        client.TrackFeature("bad");
        Assert.False(client.FlushAll());
        client.TrackFeature("good");
        Assert.False(client.FlushAll());
        Clients.Until(() => Sent().Contains("good"));
    }

    [Fact]
    public void Many_batches_that_always_fail_do_not_block_the_others()
    {
        FailForBad();
        using var client = Clients.Consenting(_host, _server, options => options.BatchEvents = 1);
        for (var i = 0; i < 8; i++)
            client.TrackFeature("bad");
        client.TrackFeature("good");
        for (var i = 0; i < 8; i++)
        {
            client.FlushAll();
            _host.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["good"], Sent());
        Assert.Equal(8, client.GetQueueStatus().Events);
    }

    [Fact]
    public void A_server_that_fails_for_every_batch_receives_only_a_few()
    {
        _server.Respond = _ => FakeServer.Response(500, "");
        using var client = Clients.Consenting(_host, _server, options => options.BatchEvents = 1);
        for (var i = 0; i < 10; i++)
            client.TrackFeature("x");
        Assert.False(client.FlushAll());
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public void An_event_that_the_server_rejects_is_reported_with_the_next_batch()
    {
        _server.Respond = _ => FakeServer.Response(
            200, """{"received":1,"accepted":0,"duplicates":0,"rejected":[{"index":0,"reason":"invalid_event"}]}""");
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("refused");
        Assert.True(client.FlushAll());
        _server.Respond = FakeServer.Accepted;
        client.TrackFeature("accepted");
        Assert.True(client.FlushAll());
        Assert.Equal("""{"rejected":1}""", _server.Requests.Last().Json.GetProperty("dropped").GetRawText());
    }

    [Fact]
    public void A_queue_that_cannot_be_written_loses_no_event_of_a_short_run()
    {
        using (var client = Clients.Consenting(_host, _server, options => options.Queue = _ => new BrokenQueue()))
            client.TrackFeature("x");
        using (var client = Clients.Consenting(_host, _server, options => options.Queue = _ => new BrokenQueue()))
            Assert.True(client.FlushAll());
        Assert.Equal(["x"], Sent());
    }

    [Fact]
    public void An_exit_waits_longer_than_usual_if_writing_is_slow_and_makes_progress()
    {
        var queue = new SlowQueue(busy: true);
        using (var client = Clients.Consenting(_host, _server, options => options.Queue = _ => queue))
            client.TrackFeature("x");
        Assert.True(queue.Written.IsSet);
    }

    [Fact]
    public void An_exit_does_not_wait_for_ever_if_writing_hangs()
    {
        var queue = new SlowQueue(busy: false);
        using (var client = Clients.Consenting(_host, _server, options => options.Queue = _ => queue))
            client.TrackFeature("x");
        Assert.False(queue.Written.IsSet);
        queue.End.Set();
        queue.Written.Wait(Clients.Timeout, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Requests_use_the_handler_and_the_proxy_of_the_options()
    {
        var handlers = 0;
        using (var client = Clients.Consenting(_host, _server, options => options.HttpHandler = () =>
        {
            handlers++;
            return new SocketsHttpHandler();
        }))
        {
            Assert.Equal(0, handlers);
            client.TrackFeature("by handler");
            Assert.True(client.FlushAll());
        }

        Assert.Equal(1, handlers);
        using (var client = Clients.Consenting(_host, _server, options =>
        {
            options.Endpoint = new("http://nowhere.invalid");
            options.Proxy = new System.Net.WebProxy(_server.Endpoint);
        }))
        {
            client.TrackFeature("by proxy");
            Assert.True(client.FlushAll());
        }

        Assert.Equal(["by handler", "by proxy"], Sent());
        Assert.All(
            _server.Requests,
            request => Assert.Contains("User-Agent: telemetrykit-dotnet/1.0.0\r\n", request.Head, StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_cannot_shorten_the_back_off()
    {
        _host.Time.Stop();
        _server.Respond = _ => FakeServer.Problem(503, "overloaded", "Retry-After: 0\r\n");
        using var client = Clients.Consenting(
            _host, _server, options => options.RetryMinDelay = options.RetryMaxDelay = TimeSpan.FromHours(1));
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        // The random delay is zero only once in millions.
        _host.Time.Advance(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 10; i++)
            Assert.False(client.FlushAll());
        Assert.Single(_server.Requests);
    }

    public void Dispose()
    {
        _server.Dispose();
        _host.Dispose();
    }

    private void FailForBad() => _server.Respond = request => request.Body.Contains("\"bad\"", StringComparison.Ordinal)
        ? FakeServer.Response(500, "")
        : FakeServer.Accepted(request);

    private string[] Sent() =>
    [
        .. _server.Delivered.SelectMany(request => request.Events)
            .Select(e => e.GetProperty("metadata").GetProperty("feature").GetString()!),
    ];

    /// <summary>
    /// A queue whose disk is slow: a busy one needs processor time for longer than an exit usually waits, the other one hangs.
    /// </summary>
    private sealed class SlowQueue(bool busy) : ITelemetryQueue
    {
        private static readonly TimeSpan LongerThanUsual = TimeSpan.FromSeconds(12);

        public ManualResetEventSlim End { get; } = new();

        public ManualResetEventSlim Written { get; } = new();

        public bool Append(EventBlock block)
        {
            if (busy)
            {
                for (var started = Stopwatch.StartNew(); started.Elapsed < LongerThanUsual; Thread.Sleep(50))
                    Thread.SpinWait(100_000);
            }
            else
            {
                End.Wait(Clients.Timeout);
            }

            while (block.Left > 0)
                block.Advance();
            Written.Set();
            return false;
        }

        public QueuedBatch? Take(bool includeOpen) => null;

        public QueueStatus GetStatus() => default;

        public IReadOnlyList<WaitingBatch> Peek() => [];

        public void Clear()
        {
        }
    }
}
