using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Operations;

/// <summary>Logs, traces and metrics contain no keys and no source addresses, whatever is configured.</summary>
[Collection(nameof(Alone))]
public sealed class SecrecyTests
{
    private const string Key = "tk_live_0123456789abcdefghijABCDEFGHIJ01";

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

    [Fact]
    public async Task Exported_traces_and_debug_logs_contain_no_ids_of_installs_and_no_keys_anywhere_in_a_path()
    {
        var exported = new ConcurrentQueue<string>();
        await using var collector = await CollectAsync(exported);
        IReadOnlyCollection<string> lines;
        await using (var server = await TestServer.StartAsync(new TestServerOptions
        {
            LogLevel = "Debug",
            Args = ["--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single(), "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"],
        }))
        {
            foreach (var target in (string[])
            [
                "DELETE /v1/installs/zebra-42", "DELETE /v1/installs/zebra-42/", "DELETE //v1//installs/zebra-42?project=1",
                "GET /v1/installs/zebra-42/more", "DELETE /x/..%2fv1/installs/zebra-42", "DELETE /v1/%69nstalls/zebra-42",
                $"POST //k/{Key}/v1/events", $"POST /x/..%2fk/{Key}/v1/events", $"POST /v1/events/{Key}", $"GET /v1/{Key}%2fevents",
                // No routes, but what a person may type.
                "DELETE /v1/installs%5Czebra-42", "DELETE /v1/install/zebra-42", "DELETE /v1/install:zebra-42", "GET /zebra-42",
                "OPTIONS /v1/install/zebra-42", $"POST /v1/{Key[..^1]}/events", $"POST /v1/{Key[..20]}-{Key[20..]}/events",
            ])
            {
                using var connection = await RawConnection.OpenAsync(server);
                await connection.SendAsync($"{target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                Assert.Matches("^HTTP/1.1 4[0-9]{2} ", await connection.ReadToEndAsync());
            }

            lines = server.Logs.Lines;
        }

        Assert.Contains(exported, text => text.Contains("/v1/installs/-", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Debug ", StringComparison.Ordinal));
        Assert.All(exported.Concat(lines), text => Assert.DoesNotContain("zebra-42", text, StringComparison.Ordinal));
        Assert.All(exported.Concat(lines), text => Assert.DoesNotContain(Key[..20], text, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/k/KEY/v1/events", "KEY", "/k/-/v1/events")]
    [InlineData("/K/KEY/events", "KEY", "/k/-/events")]
    [InlineData("/k/KEY", "KEY", "/k/-")]
    [InlineData("//k//KEY//v1/events", "KEY", "/k/-/v1/events")]
    [InlineData("/k//v1/events", "v1", "/k/-/events")]
    [InlineData("/k/", "", "/k/-")]
    [InlineData("/k/KEY/" + Key, "KEY", "/k/-/-")]
    public void A_key_in_the_prefix_of_a_path_is_removed(string path, string key, string rest)
    {
        var hidden = HiddenPath.Of("POST", path, path);
        Assert.Equal((key, rest), (hidden?.Key?.Key, hidden?.Path));
    }

    [Theory]
    [InlineData("/v1/events/" + Key, "/v1/events/-")]
    [InlineData("/x/..%2fk/" + Key + "/events", "/x/..%2fk/-/events")]
    [InlineData("/TK_PAT_0123456789abcdefghijABCDEFGHIJ01", "/-")]
    [InlineData("/a" + Key + "b/tk_test_0123456789abcdefghijABCDEFGHIJ01", "/a-/-")]
    public void A_key_anywhere_in_a_path_is_removed(string path, string rest) =>
        Assert.Equal((null, rest), (HiddenPath.Of("GET", path, path)?.Key, HiddenPath.Of("GET", path, path)?.Path));

    [Theory]
    [InlineData("DELETE", "/v1/installs/u1", "u1")]
    [InlineData("DELETE", "/v1/installs/u1/", "u1")]
    [InlineData("DELETE", "//v1/installs//u1", "u1")]
    [InlineData("DELETE", "/V1/Installs/u1", "u1")]
    [InlineData("DELETE", "/v1/installs/erase", "erase")]
    [InlineData("GET", "/v1/installs/find", "find")]
    [InlineData("POST", "/v1/installs/erase/u1", null)]
    [InlineData("DELETE", "/v1/installs/a/u1", null)]
    [InlineData("DELETE", "/x/..%2fv1%2finstalls%2fu1", null)]
    [InlineData("DELETE", "/proxy/v1/installs/u1", null)]
    public void An_id_in_a_path_is_removed(string method, string path, string? userId)
    {
        var hidden = HiddenPath.Of(method, path, path)!;
        Assert.Equal(userId, hidden.User?.UserId);
        Assert.EndsWith("-", hidden.Path, StringComparison.Ordinal);
        Assert.DoesNotContain("u1", hidden.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/installs/a%2Fb", "/v1/installs/a%2Fb?project=1", "a/b")]
    [InlineData("/v1/installs/a%2Fb", "/v1/installs/a%252Fb", "a%2Fb")]
    [InlineData("/v1/installs/u1", "http://host/v1/installs/u1", "u1")]
    [InlineData("/v1/installs/u1", "/v1/installs/a/../u1", null)]
    public void An_id_is_read_as_it_was_sent(string path, string target, string? userId) =>
        Assert.Equal(userId, HiddenPath.Of("DELETE", path, target)!.User?.UserId);

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/key/abc")]
    [InlineData("/v1/installs/")]
    [InlineData("/v1/installs/erase")]
    [InlineData("/v1/installs/find/")]
    [InlineData("/v1/projects/tk_live_short")]
    public void Other_paths_are_not_changed(string path) => Assert.Null(HiddenPath.Of("POST", path, path));

    // Receives what the OTLP exporter sends. Texts in it are UTF-8.
    private static async Task<WebApplication> CollectAsync(ConcurrentQueue<string> exported)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            exported.Enqueue(Encoding.UTF8.GetString(body.ToArray()));
        });
        await collector.StartAsync();
        return collector;
    }

    private static string TextOf(Activity span)
    {
        var (tags, events) = (string.Join(' ', span.TagObjects), string.Join(' ', span.Events.SelectMany(e => e.Tags)));
        return $"{span.DisplayName} {span.OperationName} {tags} {events} {string.Join(' ', span.Baggage)}";
    }
}
