using System.Text.Json;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Tests several backends of a tool with real connections: a failing backend must not affect the others.</summary>
public sealed class SeveralBackendsTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly FakeServer _server = new();
    private readonly FakeServer _collector = new() { Respond = _ => FakeServer.Response(200, "{}") };
    private readonly FakeServer _table = new() { Respond = _ => FakeServer.Response(200, "") };

    [Fact]
    public void Each_backend_receives_every_event_once_whatever_the_others_do()
    {
        const int runs = 6;
        for (var run = 0; run < runs; run++)
        {
            // In each run another server fails or closes the connection.
            _server.Respond = run % 3 == 0 ? _ => FakeServer.Problem(503, "overloaded") : FakeServer.Accepted;
            _collector.Respond = run % 3 == 1 ? _ => null : _ => FakeServer.Response(200, "{}");
            _table.Respond = run % 3 == 2 ? _ => FakeServer.Response(500, "") : _ => FakeServer.Response(200, "");
            using var client = Client();
            client.TrackFeature("run" + run);
            Assert.False(client.FlushAll(), "One of the servers fails.");
            _host.Time.Advance(TimeSpan.FromMinutes(5));
        }

        _server.Respond = FakeServer.Accepted;
        _collector.Respond = _ => FakeServer.Response(200, "{}");
        _table.Respond = _ => FakeServer.Response(200, "");
        using (var client = Client())
            Assert.True(client.FlushAll());

        var expected = Enumerable.Range(0, runs).Select(run => "run" + run).ToList();
        Assert.Equal(expected, Features(_server.Delivered.SelectMany(request => request.Events).Select(e => e.GetProperty("metadata"))));
        Assert.Equal(expected, _collector.Delivered.SelectMany(request => Values(request.Body, "feature")).Order());
        var rows = _table.Delivered.SelectMany(request => request.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            expected,
            Features(rows.Select(
                row => JsonDocument.Parse(JsonDocument.Parse(row).RootElement.GetProperty("metadata").GetString()!).RootElement)));
        Assert.Empty(_host.Files("*.ready"));
        Assert.Empty(_host.Files("*.open"));
    }

    [Fact]
    public void Events_that_a_backend_rejects_are_reported_to_the_server()
    {
        _collector.Respond = _ => FakeServer.Response(200, """{"partialSuccess":{"rejectedSpans":"1"}}""");
        using var client = Client();
        client.TrackFeature("x");
        Assert.True(client.FlushAll());
        client.TrackFeature("y");
        Assert.True(client.FlushAll());
        Assert.Equal(1, _server.Requests.Last().Json.GetProperty("dropped").GetProperty("rejected").GetInt32());
    }

    [Fact]
    public void The_console_backend_writes_each_batch_as_a_line_and_stores_nothing()
    {
        var written = new StringWriter();
        using (var client = Clients.Consenting(_host, null, options => options.Backends.Add(new ConsoleBackend(written))))
        {
            client.TrackFeature("x");
            Assert.True(client.FlushAll());
            client.TrackFeature("y");
        }

        var lines = written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["x", "y"],
            lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("events")[0].GetProperty("metadata"))
                .Select(metadata => metadata.GetProperty("feature").GetString()));
        Assert.Empty(_host.Files("*.open"));
        Assert.Empty(_host.Written.ToString());
    }

    public void Dispose()
    {
        _server.Dispose();
        _collector.Dispose();
        _table.Dispose();
        _host.Dispose();
    }

    private TelemetryKitClient Client() => Clients.Consenting(_host, null, options =>
    {
        options.Backends.Add(new TelemetryKitBackend(_server.Endpoint, Clients.Key));
        options.Backends.Add(new OtlpBackend(_collector.Endpoint));
        options.Backends.Add(new ClickHouseBackend(_table.Endpoint));
    });

    private static IEnumerable<string> Features(IEnumerable<JsonElement> metadata) =>
        metadata.Select(values => values.GetProperty("feature").GetString()!).Order();

    private static IEnumerable<string> Values(string traces, string key) =>
        JsonDocument.Parse(traces).RootElement.GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0].GetProperty("spans")
            .EnumerateArray()
            .SelectMany(span => span.GetProperty("attributes").EnumerateArray())
            .Where(attribute => attribute.GetProperty("key").GetString() == key)
            .Select(attribute => attribute.GetProperty("value").GetProperty("stringValue").GetString()!);
}
