using System.Text.Json.Nodes;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>The user sees exactly what waits, and what was sent.</summary>
public sealed class ShowTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();

    [Fact]
    public void What_waits_is_shown_exactly_as_it_is_sent()
    {
        using (var client = Clients.Consenting(_host))
        {
            client.TrackFeature("search", new() { ["text"] = "\"{a: [1, 2]}\\" });
            client.TrackEvent("custom.event");
        }

        var shown = Batches(Show())[1];
        Assert.Equal(2, shown["events"]!.AsArray().Count);
        // Showing changes nothing, so it can be repeated.
        Assert.Equal(Without(shown), Without(Batches(Show())[1]));
        using (var client = Clients.Consenting(_host, _server))
            Assert.True(client.FlushAll());
        Assert.Equal(Without(shown), Without(JsonNode.Parse(Assert.Single(_server.Requests).Body)!));
        Assert.Contains("Nothing waits to be sent.", Show(), StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_in_every_state_and_of_every_backend_are_shown()
    {
        using (var client = Clients.Consenting(_host, null, options => options.BatchEvents = 1))
        {
            client.TrackFeature("first");
            client.TrackFeature("second");
        }

        using (var client = Clients.Consenting(_host, null, options => options.Queue = _ => new BrokenQueue()))
            client.TrackFeature("spare");
        var testKey = Clients.Key.Replace("live", "test", StringComparison.Ordinal);
        using (var client = Clients.Consenting(_host, null, options => options.Key = testKey))
            client.TrackFeature("of a test");
        File.Move(_host.Files("*.ready")[0], Path.ChangeExtension(_host.Files("*.ready")[0], ".sending"));
        var shown = Show();
        Assert.Equal(["first", "second", "spare", "of a test"], Batches(shown).Skip(1).Select(batch => Feature(batch["events"]![0]!)));
        Assert.Contains("1 events wait to be sent (telemetrykit, test data):", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_another_process_is_sending_are_shown()
    {
        using var sent = new ManualResetEventSlim();
        using var finish = new ManualResetEventSlim();
        _server.Respond = request =>
        {
            sent.Set();
            finish.Wait(Clients.Timeout);
            return FakeServer.Accepted(request);
        };
        using var client = Clients.Consenting(_host, _server);
        client.TrackFeature("x");
        var flush = client.FlushAsync();
        Assert.True(sent.Wait(Clients.Timeout));
        Assert.Equal("x", Feature(Batches(Show())[1]["events"]![0]!));
        finish.Set();
        Assert.True(await flush);
    }

    [Theory]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("TELEMETRYKIT_ENABLED", "")]
    public void What_waits_is_shown_to_a_run_that_does_not_record(string name, string value)
    {
        using (var client = Clients.Consenting(_host))
            client.TrackFeature("x");
        _host.Variables[name] = value;
        Assert.Equal("x", Feature(Batches(Show())[1]["events"]![0]!));
    }

    [Fact]
    public void Events_in_memory_are_shown_by_their_own_process()
    {
        _host.HasHome = false;
        using var client = Clients.Consenting(_host);
        client.TrackFeature("x");
        Assert.False(client.FlushAll());
        Assert.Equal("x", Feature(Batches(Show(client))[1]["events"]![0]!));
    }

    [Fact]
    public void The_ledger_counts_what_was_sent_by_day_and_type()
    {
        Assert.Contains("Nothing was sent in the last 30 days.", Show(), StringComparison.Ordinal);
        _host.Time.Stop();
        var first = Send("x", "y");
        _host.Time.Advance(TimeSpan.FromDays(1));
        var second = Send("x");
        Assert.Equal(
            [$"{first}        1  custom (telemetrykit)", $"{first}        2  feature_used (telemetrykit)",
                $"{second}        1  custom (telemetrykit)", $"{second}        1  feature_used (telemetrykit)"],
            Show().Split(Environment.NewLine).Where(line => line.EndsWith(" (telemetrykit)", StringComparison.Ordinal)));
        // They are kept for 30 days.
        _host.Time.Advance(TimeSpan.FromDays(29));
        Assert.DoesNotContain(first, Show(), StringComparison.Ordinal);
        Assert.Contains(second + "   ", Show(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(_host.Files("ledger"))));
    }

    [Fact]
    public void Only_what_is_done_is_in_the_ledger()
    {
        _server.Respond = _ => FakeServer.Response(503, "");
        using (var client = Clients.Consenting(_host, _server))
        {
            client.TrackFeature("x");
            Assert.False(client.FlushAll());
        }

        Assert.Empty(_host.Files("ledger"));
        // What was refused has left the machine as well.
        _server.Respond = _ => FakeServer.Problem(400, "invalid_batch");
        _host.Time.Advance(TimeSpan.FromHours(2));
        using (var client = Clients.Consenting(_host, _server))
            client.FlushAll();
        Assert.EndsWith(" feature_used 1\n", File.ReadAllText(Assert.Single(_host.Files("ledger"))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_erasure_that_waits_is_shown()
    {
        using (var client = Clients.Consenting(_host))
            client.TrackFeature("x");
        using (var client = Clients.Consenting(_host))
            TelemetryCommands.Run("delete", client, TextWriter.Null);
        Assert.Contains("A request to erase what was sent waits, asked 20", Show(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _host.Dispose();
        _server.Dispose();
    }

    /// <summary>Sends features and another event, and returns the day.</summary>
    private string Send(params string[] features)
    {
        using var client = Clients.Consenting(_host, _server);
        foreach (var feature in features)
            client.TrackFeature(feature);
        client.TrackEvent("custom");
        Assert.True(client.FlushAll());
        return _host.Time.UtcNow.UtcDateTime.ToString("yyyy-MM-dd");
    }

    private string Show()
    {
        using var client = Clients.Consenting(_host);
        return Show(client);
    }

    private static string Show(TelemetryKitClient client)
    {
        using var written = new StringWriter();
        Assert.Equal(0, TelemetryCommands.Run("show", client, written));
        return written.ToString();
    }

    /// <summary>Returns the JSON objects of an output. The first one is the example.</summary>
    private static List<JsonNode> Batches(string shown)
    {
        var batches = new List<JsonNode>();
        var lines = shown.ReplaceLineEndings("\n").Split('\n').ToList();
        for (int start; (start = lines.IndexOf("{")) >= 0;)
        {
            var end = lines.IndexOf("}", start);
            batches.Add(JsonNode.Parse(string.Join('\n', lines[start..(end + 1)]))!);
            lines = lines[(end + 1)..];
        }

        return batches;
    }

    private static string Feature(JsonNode one) => (string)one["metadata"]!["feature"]!;

    private static string Without(JsonNode batch)
    {
        batch = batch.DeepClone();
        batch.AsObject().Remove("sent_at");
        return batch.ToJsonString();
    }
}
