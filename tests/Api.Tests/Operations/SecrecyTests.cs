using System.Collections.Concurrent;
using System.Diagnostics;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Operations;

/// <summary>Logs, traces and metrics contain no keys and no source addresses, whatever is configured.</summary>
[Collection(nameof(Alone))]
public sealed class SecrecyTests
{
    [Fact]
    public async Task Logs_traces_and_metrics_contain_no_keys_and_addresses_at_any_level()
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => Telemetry.Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Enqueue(TextOf(span)),
        };
        ActivitySource.AddActivityListener(listener);

        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            LogLevel = "Trace",
            // These categories are disabled even if they are configured by name.
            Args =
            [
                "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Trace",
                "--Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.BadRequests=Trace",
            ],
        });
        var project = await server.NewProjectAsync();
        var unknown = "tk_live_" + new string('z', 32);
        foreach (var key in new[] { project.LiveKey, unknown })
        {
            await server.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent));
            await server.Client.SendAsync(Request.Ingest(null, TestProject.OneEvent, $"/k/{key}/v1/events"));
            await server.Client.SendAsync(Request.Ingest(null, TestProject.OneEvent, $"/k/{key}/events?x=1"));
            await server.Client.SendAsync(Request.Ingest(null, "{", $"/k/{key}/v1/events"));
            await server.Client.SendAsync(Request.Ingest(null, "{", $"/k/{key}/nowhere"));
            await server.Client.GetAsync($"/K/{key}");
            await server.Client.GetAsync($"/%6b/{key}/v1/events");
            using var raw = await RawConnection.OpenAsync(server);
            await raw.SendAsync($"POST /k/{key}/v1/events nonsense\r\n\r\n");
            await raw.ReadToEndAsync();
        }

        await server.Client.SendAsync(Request.Get("/v1/stats/overview", project.ReadKey));
        var metrics = await server.Client.GetStringAsync("/metrics");

        Assert.NotEmpty(spans);
        Assert.Contains(spans, span => span.Contains("/k/-/v1/events", StringComparison.Ordinal));
        Assert.True(server.Logs.Lines.Count > 20, "much was logged");
        foreach (var text in server.Logs.Lines.Concat(spans).Append(metrics))
        {
            foreach (var key in new[] { project.LiveKey, project.ReadKey, unknown })
                Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase);
        }

        // The remote endpoint of the connection. The address of the server may be logged.
        foreach (var text in server.Logs.Lines.Append(metrics))
            Assert.DoesNotMatch(@"client\.address|RemoteIp|127\.0\.0\.1:(?!" + server.Url.Port + @")\d+", text);
        Assert.All(spans, span => Assert.DoesNotMatch(@"client\.address|network\.peer", span));
        Assert.DoesNotContain("127.0.0.1", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/k/KEY/v1/events", "KEY", "/k/-/v1/events")]
    [InlineData("/K/KEY/events", "KEY", "/k/-/events")]
    [InlineData("/k/KEY", "KEY", "/k/-")]
    [InlineData("/k//v1/events", "", "/k/-/v1/events")]
    [InlineData("/k/", "", "/k/-")]
    public void A_key_in_a_path_is_removed(string path, string key, string rest)
    {
        var split = KeyInPath.Split(path);
        Assert.Equal((key, rest), (split?.Key.Key, split?.Path));
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/key/abc")]
    public void Other_paths_are_not_changed(string path) => Assert.Null(KeyInPath.Split(path));

    private static string TextOf(Activity span)
    {
        var (tags, events) = (string.Join(' ', span.TagObjects), string.Join(' ', span.Events.SelectMany(e => e.Tags)));
        return $"{span.DisplayName} {span.OperationName} {tags} {events} {string.Join(' ', span.Baggage)}";
    }
}
