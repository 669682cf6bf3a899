using System.Text.Json;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Tests that the server receives what a tool tracks.</summary>
public sealed class TrackingTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Fact]
    public void Every_kind_of_event_is_sent_according_to_the_protocol()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackCommand("build").With("target", "production").Succeeded().Dispose();
            client.TrackCommand("deploy").Failed(3).Dispose();
            client.TrackFeature("incremental", new() { ["files"] = 12, ["share"] = 0.5, ["clean"] = true });
            client.TrackMethod("Parse", TimeSpan.FromMilliseconds(1.5), success: true);
            client.TrackComponent("Button", new() { ["sizes"] = new[] { "s", "m" }, ["counts"] = new[] { 1, 2 } });
            client.TrackEvent("cache.cleared", new() { ["name"] = "disk" });
            client.TrackMetric("lines", 41, MetricKind.Histogram, "{line}");
            client.TrackLog(TelemetryLogLevel.Warning, "slow");
            client.TrackError(new InvalidOperationException("of alice@example.com"));
            Assert.True(client.FlushAll());
        }

        var events = _server.Events;
        Assert.Equal(
            [
                "command_executed", "command_executed", "feature_used", "method_called", "component_rendered", "cache.cleared", "metric",
                "log", "error",
            ],
            events.Select(e => e.GetProperty("event_type").GetString()));
        Assert.All(_server.Requests, BatchSchema.AssertValid);
        Assert.Equal("""{"command":"build","target":"production"}""", Metadata(events[0]));
        Assert.True(events[0].GetProperty("success").GetBoolean());
        Assert.True(events[0].GetProperty("duration_ms").GetDouble() >= 0);
        Assert.Equal("""{"command":"deploy","exit_code":3}""", Metadata(events[1]));
        Assert.False(events[1].GetProperty("success").GetBoolean());
        Assert.Equal("""{"feature":"incremental","files":12,"share":0.5,"clean":true}""", Metadata(events[2]));
        Assert.False(events[2].TryGetProperty("success", out _));
        Assert.Equal(1.5, events[3].GetProperty("duration_ms").GetDouble());
        Assert.Equal("""{"component":"Button","sizes":["s","m"],"counts":[1,2]}""", Metadata(events[4]));
        Assert.Equal("""{"name":"disk"}""", Metadata(events[5]));
        Assert.Equal("""{"name":"lines","value":41,"kind":"histogram","unit":"{line}"}""", Metadata(events[6]));
        Assert.Equal("""{"message":"slow","level":"warn"}""", Metadata(events[7]));
        // Messages of exceptions are not sent by default.
        Assert.Equal("""{"name":"System.InvalidOperationException"}""", Metadata(events[8]));
        // An error isn't a run: the failed command beside it is.
        Assert.False(events[8].TryGetProperty("success", out _));
        Assert.Equal(events.Count, events.Select(e => e.GetProperty("event_id").GetString()).Distinct().Count());
        Assert.Single(events.Select(e => e.GetProperty("user_id").GetString()).Distinct());
    }

    [Fact]
    public void The_request_conforms_to_the_protocol()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            client.FlushAll();
        }

        var request = Assert.Single(_server.Requests);
        BatchSchema.AssertValid(request);
        Assert.StartsWith("POST /v1/events HTTP/1.1", request.Head, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer " + Clients.Key, request.Head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", request.Head, StringComparison.Ordinal);
        Assert.Equal("my-cli", request.Json.GetProperty("service_name").GetString());
        Assert.Equal("1.2.3", request.Json.GetProperty("service_version").GetString());
        Assert.Equal("dotnet/1.0.0", request.Json.GetProperty("sdk").GetString());
        var context = request.Json.GetProperty("context");
        Assert.Equal("human", context.GetProperty("actor").GetString());
        Assert.False(context.GetProperty("ci").GetBoolean());
        Assert.Contains(context.GetProperty("os").GetString(), new[] { "linux", "windows", "macos" });
        Assert.Equal('7', request.BatchId[14]);
    }

    [Fact]
    public void Events_of_many_threads_are_sent_exactly_once()
    {
        const int threads = 8, each = 1_000;
        using (var client = Clients.Consenting(_host, _server))
        {
            Parallel.For(0, threads, new() { MaxDegreeOfParallelism = threads }, thread =>
            {
                for (var i = 0; i < each; i++)
                    client.TrackFeature("f" + (thread * each + i));
            });
            Assert.True(client.FlushAll());
        }

        var features = _server.Events.Select(e => e.GetProperty("metadata").GetProperty("feature").GetString()).ToList();
        Assert.Equal(threads * each, features.Count);
        Assert.Equal(threads * each, features.Distinct().Count());
    }

    [Fact]
    public void A_large_batch_is_compressed()
    {
        using var client = Clients.Consenting(_host, _server);
        for (var i = 0; i < 50; i++)
            client.TrackFeature("feature-" + i);
        Assert.True(client.FlushAll());
        Assert.Contains(_server.Requests, request => request.Head.Contains("Content-Encoding: gzip", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(50, _server.Events.Count);
    }

    [Fact]
    public void Texts_are_scrubbed_before_they_are_stored()
    {
        // Prevents checks for due batches, which would lock the file that the second event is appended to.
        _host.Time.Stop();
        using (var client = Clients.Consenting(_host, _server, options => options.IncludeErrorMessages = true))
        {
            client.TrackFeature("open /home/alice/x", new()
            {
                ["to"] = "alice@example.com",
                ["all"] = new[] { "10.0.0.1" },
                ["card"] = 4111111111111111,
                ["by alice@example.com"] = 1,
            });
            client.TrackError(new InvalidOperationException("no /home/alice/secret"));
        }

        Assert.DoesNotContain(_host.Files(), file => File.ReadAllText(file).Contains("alice", StringComparison.Ordinal));
        var stored = File.ReadAllText(Assert.Single(_host.Files("*.open")));
        Assert.Contains(
            """{"feature":"open [home]/x","to":"[email]","all":["[ip]"],"card":"[card]","by [email]":1}""",
            stored,
            StringComparison.Ordinal);
        Assert.Contains("\"message\":\"no [home]/secret\"", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_by_their_keys_and_cards_as_numbers_are_scrubbed()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackEvent("keys", new()
            {
                ["password"] = "hunter2isit", ["db_token"] = "x", ["api_key"] = 12345678, ["pin_password"] = 0.5, ["max_token"] = 512,
                ["client_secret"] = new[] { "a", "" }, ["secret_key"] = new[] { 1, 2 }, ["is_secret"] = true, ["empty_password"] = "",
            });
            client.TrackEvent("cards", new()
            {
                ["a"] = 4111111111111111, ["b"] = 4111111111111111.0, ["c"] = new[] { 4111111111111111.0, 1.5 }, ["d"] = 5105105105105101,
                ["e"] = 1e300,
            });
            client.TrackMetric("sum", 4111111111111111, MetricKind.Counter);
            client.TrackEvent("a.1.2.3.4");
            client.TrackEvent("a.1.2.3");
            Assert.True(client.FlushAll());
        }

        var events = _server.Events;
        Assert.Equal(
            """{"password":"[key]","db_token":"[key]","api_key":"[key]","pin_password":"[key]","max_token":512,""" +
            """
            "client_secret":["[key]",""],"secret_key":["[key]","[key]"],"is_secret":true,"empty_password":""}
            """,
            Metadata(events[0]));
        Assert.Equal("""{"a":"[card]","b":"[card]","c":["[card]",1.5],"d":5105105105105101,"e":1E+300}""", Metadata(events[1]));
        Assert.Equal("""{"name":"sum","value":"[card]","kind":"counter"}""", Metadata(events[2]));
        Assert.Equal("a.1.2.3", events[3].GetProperty("event_type").GetString());
        Assert.Equal(4, events.Count);
    }

    [Fact]
    public void BeforeSend_may_change_an_event_or_drop_it()
    {
        using (var client = Clients.Consenting(_host, _server, options => options.BeforeSend = e =>
        {
            if (e.Metadata["feature"].ToString() == "secret")
                return null;
            if (e.Metadata["feature"].ToString() == "broken")
                throw new InvalidOperationException("the author's mistake");
            e.Metadata["seen"] = true;
            e.Metadata["mail"] = "bob@example.com";
            return e;
        }))
        {
            client.TrackFeature("secret");
            client.TrackFeature("broken");
            client.TrackFeature("shown");
            client.TrackMetric("m", 1);
            Assert.True(client.FlushAll());
        }

        // Texts are scrubbed after BeforeSend.
        Assert.Equal("""{"feature":"shown","seen":true,"mail":"[email]"}""", Metadata(_server.Events[0]));
        Assert.Equal("""{"name":"m","value":1,"kind":"counter","seen":true,"mail":"[email]"}""", Metadata(_server.Events[1]));
        Assert.Equal(2, _server.Events.Count);
        Assert.Equal(2, _server.Requests.First().Json.GetProperty("dropped").GetProperty("before_send").GetInt32());
    }

    [Fact]
    public void Invalid_arguments_do_not_throw()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackCommand(null!).Dispose();
            client.TrackFeature(null!, null);
            client.TrackEvent(null!);
            client.TrackEvent("1 is no type");
            client.TrackError(null!);
            client.TrackLog((TelemetryLogLevel)99, null!);
            client.TrackMetric("nan", double.NaN, (MetricKind)99);
            client.TrackFeature("x", new() { [null!] = "y", ["none"] = (string?)null, ["long"] = new string('x', 5_000) });
            client.TrackFeature(new string('y', 500));
            Assert.True(client.FlushAll());
        }

        Assert.All(_server.Requests, BatchSchema.AssertValid);
        Assert.Equal(3, _server.Events.Count);
        Assert.Equal(1_024, _server.Events[1].GetProperty("metadata").GetProperty("long").GetString()!.Length);
        Assert.Equal(128, _server.Events[2].GetProperty("metadata").GetProperty("feature").GetString()!.Length);
        Assert.Equal(2, _server.Requests.First().Json.GetProperty("dropped").GetProperty("invalid_type").GetInt32());
    }

    [Fact]
    public void No_metadata_key_makes_the_server_reject_an_event()
    {
        var full = new TelemetryMetadata();
        for (var i = 0; i < 64; i++)
            full["k" + i] = i;
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("full", full);
            client.TrackMetric("lines", 5, metadata: new() { ["value"] = 7, ["kind"] = "mine", ["target"] = "x" });
            client.TrackLog(TelemetryLogLevel.Warning, "slow", new() { ["level"] = "mine", ["message"] = "mine" });
            client.TrackFeature("cut", new() { [new string('a', 70) + "1"] = 1, [new string('a', 70) + "2"] = 2, [""] = 3 });
            client.TrackMethod("put back", TimeSpan.FromSeconds(-1));
            client.TrackFeature(new string('x', 127) + "\ud83d\ude00");
            Assert.True(client.FlushAll());
        }

        Assert.All(_server.Requests, BatchSchema.AssertValid);
        Assert.Equal(64, _server.Events[0].GetProperty("metadata").EnumerateObject().Count());
        Assert.Equal("""{"name":"lines","value":5,"kind":"counter","target":"x"}""", Metadata(_server.Events[1]));
        Assert.Equal("""{"message":"slow","level":"warn"}""", Metadata(_server.Events[2]));
        Assert.Equal($$"""{"feature":"cut","{{new string('a', 64)}}":1}""", Metadata(_server.Events[3]));
        Assert.False(_server.Events[4].TryGetProperty("duration_ms", out _));
        Assert.Equal(new string('x', 127), _server.Events[5].GetProperty("metadata").GetProperty("feature").GetString());
    }

    [Fact]
    public void A_negative_duration_in_metadata_is_omitted()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x", new() { ["duration_ms"] = -5, ["kept"] = -5 });
            client.TrackFeature("x", new() { ["duration_ms"] = -0.5 });
            client.TrackFeature("x", new() { ["duration_ms"] = 5 });
            Assert.True(client.FlushAll());
        }

        Assert.Equal(
            ["""{"feature":"x","kept":-5}""", """{"feature":"x"}""", """{"feature":"x","duration_ms":5}"""],
            _server.Events.Select(Metadata));
    }

    [Fact]
    public void A_long_subject_is_cut_wherever_it_comes_from()
    {
        var name = new string('n', 200);
        using (var client = Clients.Consenting(_host, _server, options => options.BeforeSend = e => e))
        {
            client.TrackFeature(name);
            client.TrackMetric(name, 1);
            Assert.True(client.FlushAll());
        }

        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackEvent("custom", new() { ["name"] = name, ["other"] = name });
            client.TrackEvent("feature_used", new() { ["feature"] = name });
            Assert.True(client.FlushAll());
        }

        string[] keys = ["feature", "name", "name", "feature"];
        Assert.All(
            _server.Events.Zip(keys),
            pair => Assert.Equal(128, pair.First.GetProperty("metadata").GetProperty(pair.Second).GetString()!.Length));
        Assert.Equal(200, _server.Events[2].GetProperty("metadata").GetProperty("other").GetString()!.Length);
    }

    [Fact]
    public void Values_of_common_types_are_taken()
    {
        int? none = null, some = 7;
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x", new()
            {
                ["none"] = none,
                ["some"] = some,
                ["enum"] = DayOfWeek.Friday,
                ["guid"] = Guid.Empty,
                ["decimal"] = 1.5m,
                ["list"] = new List<string> { "a", "b" },
                ["char"] = 'c',
                ["ulong"] = ulong.MaxValue,
                ["float"] = 0.5f,
                ["byte"] = (byte)3,
            });
            Assert.True(client.FlushAll());
        }

        Assert.Equal(
            """
            {"feature":"x","none":null,"some":7,"enum":"Friday","guid":"00000000-0000-0000-0000-000000000000","decimal":1.5,
            "list":["a","b"],"char":"c","ulong":1.8446744073709552E+19,"float":0.5,"byte":3}
            """.ReplaceLineEndings(""),
            Metadata(_server.Events[0]));
    }

    [Fact]
    public async Task A_command_that_the_client_runs_is_timed_and_has_an_outcome()
    {
        await using (var client = Clients.Consenting(_host, _server))
        {
            Assert.Equal(3, client.Run("three", _ => 3));
            Assert.Equal(0, client.Run("done", command => { command.With("n", 1); }));
            Assert.Equal(4, client.Run("own", command => { command.Failed(4); }));
            Assert.Equal(5, await client.RunAsync("five", async _ =>
            {
                await Task.Yield();
                return 5;
            }));
            await Assert.ThrowsAsync<FormatException>(() => client.RunAsync("fails", async _ =>
            {
                await Task.Yield();
                throw new FormatException();
            }));
            Assert.Throws<OperationCanceledException>(() => client.Run("stopped", _ => throw new OperationCanceledException()));
            Assert.True(client.FlushAll());
        }

        Assert.Equal(
        [
            """{"command":"three","exit_code":3}""", """{"command":"done","n":1}""", """{"command":"own","exit_code":4}""",
            """{"command":"five","exit_code":5}""", """{"command":"fails","error_type":"System.FormatException"}""",
            """{"command":"stopped","cancelled":true}""",
        ],
        _server.Events.Select(Metadata));
        Assert.Equal(
            [false, true, false, false, false, null],
            _server.Events.Select(e => e.TryGetProperty("success", out var success) ? success.GetBoolean() : (bool?)null));
        Assert.All(_server.Events, e => Assert.True(e.GetProperty("duration_ms").GetDouble() >= 0));
        Assert.Equal(4, NullTelemetryClient.Instance.Run("not recorded", command => { command.Failed(4); }));
    }

    [Fact]
    public void Truncating_a_name_does_not_split_a_character()
    {
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("cut", new() { [new string('x', 63) + "\ud83d\ude00"] = 1 });
            Assert.True(client.FlushAll());
        }

        Assert.Equal($$"""{"feature":"cut","{{new string('x', 63)}}":1}""", Metadata(_server.Events[0]));
    }

    [Fact]
    public void Additional_context_neither_replaces_detected_values_nor_invalidates_the_batch()
    {
        using (var client = Clients.Consenting(_host, _server, options =>
        {
            options.Context["runtime"] = "mine";
            options.Context["region"] = "eu";
            options.Context["of alice@example.com"] = "x";
            for (var i = 0; i < 40; i++)
                options.Context["more" + i] = "x";
        }))
        {
            client.TrackFeature("x");
            Assert.True(client.FlushAll());
        }

        var request = Assert.Single(_server.Requests);
        BatchSchema.AssertValid(request);
        var context = request.Json.GetProperty("context").EnumerateObject().ToList();
        Assert.Equal(32, context.Count);
        Assert.Equal(context.Count, context.Select(value => value.Name).Distinct().Count());
        Assert.StartsWith("dotnet ", context.Single(value => value.Name == "runtime").Value.GetString(), StringComparison.Ordinal);
        Assert.Equal("eu", context.Single(value => value.Name == "region").Value.GetString());
        Assert.Contains(context, value => value.Name == "of [email]");
    }

    [Fact]
    public void Metadata_may_be_changed_and_tracked_again()
    {
        var metadata = new TelemetryMetadata { ["n"] = 1 };
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("a", metadata);
            metadata["n"] = 2;
            metadata["m"] = 3;
            client.TrackFeature("b", metadata);
            metadata.Remove("n");
            client.TrackFeature("c", metadata);
            client.FlushAll();
        }

        Assert.Equal(
            ["""{"feature":"a","n":1}""", """{"feature":"b","n":2,"m":3}""", """{"feature":"c","m":3}"""], _server.Events.Select(Metadata));
    }

    [Fact]
    public void An_open_operation_is_recorded_when_the_client_is_disposed_and_nothing_afterwards()
    {
        var client = Clients.Consenting(_host, _server);
        var open = client.TrackCommand("late");
        client.Dispose();
        client.TrackFeature("late");
        open.Dispose();
        client.Dispose();
        Assert.False(client.IsEnabled);
        Assert.True(client.FlushAll());
        using (var next = Clients.Consenting(_host, _server))
            Assert.True(next.FlushAll());
        Assert.Equal("""{"command":"late"}""", Metadata(Assert.Single(_server.Events)));
        Assert.False(_server.Events[0].TryGetProperty("success", out _));
    }

    [Fact]
    public async Task A_cancelled_flush_stops_waiting()
    {
        _server.Respond = _server.NeverRespond;
        await using var client = Clients.Consenting(_host, _server, options => options.Timeout = TimeSpan.FromMinutes(5));
        client.TrackFeature("x");
        using var cancelled = new CancellationTokenSource();
        var flush = client.FlushAsync(cancelled.Token);
        Clients.Until(() => !_server.Requests.IsEmpty);
        Assert.False(flush.IsCompleted);
        await cancelled.CancelAsync();
        // The server has not responded, so only the cancellation can have ended the wait.
        Assert.False(await flush.WaitAsync(Clients.Timeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_flush_accepts_any_timeout()
    {
        _server.Respond = _server.NeverRespond;
        using var client = Clients.Consenting(_host, _server, options => options.Timeout = TimeSpan.FromMinutes(5));
        client.TrackFeature("x");
        Assert.False(client.Flush(TimeSpan.FromSeconds(-5)));
        Assert.False(client.Flush(TimeSpan.MinValue));
        Assert.False(client.Flush(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void A_flush_accepts_an_infinite_timeout()
    {
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        Assert.True(client.Flush(TimeSpan.MaxValue));
        Assert.True(client.Flush(Timeout.InfiniteTimeSpan));
    }

    public void Dispose()
    {
        _server.Dispose();
        _host.Dispose();
    }

    private static string Metadata(JsonElement e) => JsonSerializer.Serialize(e.GetProperty("metadata"));
}
