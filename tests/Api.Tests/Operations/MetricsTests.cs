using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Operations;

// Instruments are shared by all servers of a process, so these tests don't run in parallel with others.
[Collection(nameof(Alone))]
public sealed class MetricsTests
{
    private const string SamplePattern =
        """^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$""";

    [Fact]
    public async Task Events_are_counted_by_outcome()
    {
        await using var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        var before = await ScrapeAsync(server);
        var batch = TestProject.Batch(5);
        await project.SendAsync(batch);
        await project.SendAsync(batch);
        await project.SendAsync("""{"events":[{"event_type":"x","timestamp":"2001-01-01T00:00:00Z"},{"event_type":""}]}""");
        var untracked = Request.Ingest(project.LiveKey, TestProject.Batch(4));
        untracked.Headers.Add("DNT", "1");
        await server.Client.SendAsync(untracked);

        // A commit is measured after its responses are sent.
        Dictionary<string, double> metrics = [];
        await Eventually.TrueAsync(
            async () => Count(metrics = await ScrapeAsync(server)) > Count(before) && metrics["telemetrykit_waiting_bytes"] == 0,
            "the commit is measured");
        Assert.Equal(5, Grown("telemetrykit_events_total{outcome=\"accepted\"}"));
        Assert.Equal(5, Grown("telemetrykit_events_total{outcome=\"duplicate\"}"));
        Assert.Equal(1, Grown("telemetrykit_events_total{outcome=\"too_old\"}"));
        Assert.Equal(1, Grown("telemetrykit_events_total{outcome=\"invalid_type\"}"));
        Assert.Equal(4, Grown("telemetrykit_events_total{outcome=\"do_not_track\"}"));
        Assert.InRange(Grown("telemetrykit_commit_duration_seconds_count"), 1, 2);
        Assert.Equal(Count(metrics), metrics["telemetrykit_commit_duration_seconds_bucket{le=\"+Inf\"}"]);
        Assert.True(metrics.ContainsKey("telemetrykit_compactor_lag_seconds"));
        Assert.Equal(4, Requests(metrics) - Requests(before));

        static double Count(Dictionary<string, double> scrape) => scrape.GetValueOrDefault("telemetrykit_commit_duration_seconds_count");

        double Grown(string name) => metrics[name] - before.GetValueOrDefault(name);

        static double Requests(Dictionary<string, double> scrape) => scrape
            .Where(m => m.Key.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal))
            .Where(m => m.Key.Contains("/v1/events", StringComparison.Ordinal))
            .Sum(m => m.Value);
    }

    [Fact]
    public async Task A_body_that_is_ended_is_counted_by_the_bound_that_it_exceeded()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var options = new TestServerOptions { Services = services => services.AddSingleton<TimeProvider>(time) };
        await using var server = await TestServer.StartAsync(options);
        var project = await server.NewProjectAsync();
        var before = Refused(await ScrapeAsync(server));

        using var held = await HeldBody.StartAsync(server, project.LiveKey, "203.0.113.1", announced: 10_000, sent: 1_000);
        await Eventually.TrueAsync(async () => (await ScrapeAsync(server))["telemetrykit_bodies_bytes"] == 1_000, "the body is held");
        time.Advance(Limits.BodyWindow);

        Assert.StartsWith("HTTP/1.1 408", await held.Response, StringComparison.Ordinal);
        Dictionary<string, double> metrics = [];
        await Eventually.TrueAsync(async () => Refused(metrics = await ScrapeAsync(server)) == before + 1, "it is counted");
        Assert.Equal(0, metrics["telemetrykit_bodies_bytes"]);

        static double Refused(Dictionary<string, double> scrape) => scrape.SingleOrDefault(metric =>
            metric.Key.StartsWith("telemetrykit_requests_refused_total{", StringComparison.Ordinal)
            && metric.Key.Contains("stage=\"arriving\"", StringComparison.Ordinal)
            && metric.Key.Contains("bound=\"rate\"", StringComparison.Ordinal)).Value;
    }

    [Fact]
    public async Task The_metrics_of_the_process_are_included()
    {
        await using var server = await TestServer.StartAsync();
        var metrics = await ScrapeAsync(server);
        Assert.InRange(metrics["dotnet_process_memory_working_set_bytes"], 1e6, 1e11);
        Assert.Contains(metrics, m => m.Key.StartsWith("dotnet_process_cpu_time_seconds_total{", StringComparison.Ordinal) && m.Value > 0);
        Assert.Contains(metrics, m => m.Key.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_metrics_require_the_token_if_it_is_configured()
    {
        await using var server = await TestServer.StartAsync("--TELEMETRYKIT_METRICS_TOKEN", "0123456789abcdef");
        await (await server.Client.GetAsync("/metrics")).IsProblemAsync(401, "invalid_key");
        await (await server.Client.SendAsync(Request.Get("/metrics", "0123456789abcdeX"))).IsProblemAsync(401, "invalid_key");
        Assert.Equal(200, (int)(await server.Client.SendAsync(Request.Get("/metrics", "0123456789abcdef"))).StatusCode);
    }

    /// <summary>Scrapes the metrics, parses them and asserts that the text follows the rules of the format.</summary>
    private static async Task<Dictionary<string, double>> ScrapeAsync(TestServer server)
    {
        var response = await server.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var samples = new Dictionary<string, double>();
        var types = new Dictionary<string, string>();
        foreach (var line in (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                continue;
            if (Regex.Match(line, "^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$") is { Success: true } type)
            {
                Assert.True(types.TryAdd(type.Groups[1].Value, type.Groups[2].Value), $"{line} is a duplicate");
                continue;
            }

            var sample = Regex.Match(line, SamplePattern);
            Assert.True(sample.Success, $"This is not a sample: {line}");
            var (name, labels) = (sample.Groups[1].Value, sample.Groups[2].Value.Replace("{}", "", StringComparison.Ordinal));
            var number = sample.Groups[3].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal);
            var isOfHistogram = types.GetValueOrDefault(Regex.Replace(name, "_(bucket|sum|count)$", "")) == "histogram";
            Assert.True(types.ContainsKey(name) || isOfHistogram, $"{name} has no type");
            Assert.True(samples.TryAdd(name + labels, double.Parse(number, CultureInfo.InvariantCulture)), $"{line} is a duplicate");
        }

        return samples;
    }
}
