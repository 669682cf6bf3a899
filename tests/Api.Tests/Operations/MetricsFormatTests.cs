using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Api.Tests.Operations;

/// <summary>The format of <c>/metrics</c>, which dashboards and alerts of operators depend on.</summary>
[Collection(nameof(Alone))]
public sealed class MetricsFormatTests
{
    private const string Ours = "telemetrykit_";

    /// <summary>
    /// Compares names, types, units, labels and help. To approve a change, copy the file that the failing test reports.
    /// </summary>
    [Fact]
    public async Task The_metrics_match_the_golden_file()
    {
        await using var server = await StartAsync();
        var families = MetricFamilies.Read(await ScrapeAsync(server), await ScrapeAsync(server, "application/openmetrics-text"));
        var ours = families.Where(family => IsOurs(family.Key)).Select(family => family.Value).ToList();
        var golden = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Operations", "Golden", "metrics.txt"));
        // A patch of the framework may add metrics.
        if (ours.SequenceEqual(golden.Where(IsOurs)) && !golden.Where(line => !IsOurs(line)).Except(Frameworks(families)).Any())
            return;
        var received = Path.Combine(AppContext.BaseDirectory, "metrics.received.txt");
        await File.WriteAllLinesAsync(received, ours.Concat(Frameworks(families)));
        Assert.Fail($"The metrics are not the approved ones. They are in {received}\n{await File.ReadAllTextAsync(received)}");
    }

    [Fact]
    public async Task Promtool_reports_nothing()
    {
        var promtool = Find("promtool");
        Assert.SkipWhen(promtool is null, "promtool is not installed (Debian package prometheus).");
        await using var server = await StartAsync();
        using var process = Process.Start(new ProcessStartInfo(promtool!, ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(await ScrapeAsync(server));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        // The instruments of Orleans have its names and units, which its dashboards expect, and no help.
        var lines = string.Concat(await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(lines, line => !line.StartsWith("orleans_", StringComparison.Ordinal));
        // 3: the format is valid, and a name could be better.
        Assert.True(process.ExitCode is 0 or 3, $"promtool ended with {process.ExitCode}.");
    }

    [Fact]
    public async Task OpenTelemetry_can_be_disabled()
    {
        await using var server = await TestServer.StartAsync("--OTEL_SDK_DISABLED", "true");
        await (await server.Client.GetAsync("/metrics")).IsProblemAsync(404, "not_found");
    }

    // Without labels, which depend on the requests that the process has received.
    private static IEnumerable<string> Frameworks(SortedDictionary<string, string> families) =>
        from family in families
        where !IsOurs(family.Key)
        let parts = family.Value.Split(' ', 5)
        select $"{parts[0]} {parts[1]} {parts[2]} {parts[4]}";

    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        var project = await server.NewProjectAsync();
        await project.SendAsync(TestProject.OneEvent);
        // Counters that a healthy server rarely increments.
        var metrics = server.Services.GetRequiredService<TelemetryKitMetrics>();
        metrics.Counted(1, 1);
        metrics.Dropped(DropReason.TooOld, 1);
        metrics.DroppedMetadata(1);
        metrics.Committed(TimeSpan.FromMilliseconds(3), 1, 1);
        metrics.StoreFailed("commit");
        metrics.Folded(1);
        metrics.Purged(1);
        metrics.Refused("arriving", "key");
        metrics.MailFailed("deferred");
        metrics.MailGivenUp("refused");
        return server;
    }

    private static async Task<string> ScrapeAsync(TestServer server, string? accept = null)
    {
        using var request = Request.Get("/metrics", key: null);
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(accept ?? "text/plain", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync();
    }

    private static string? Find(string program)
    {
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    private static bool IsOurs(string family) => family.StartsWith(Ours, StringComparison.Ordinal);
}
