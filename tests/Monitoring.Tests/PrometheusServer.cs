using System.Diagnostics;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.Monitoring.Tests;

/// <summary>A Prometheus with the rules, faster, which scrapes servers every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly HttpClient _http;
    private Process? _process;

    private PrometheusServer(int port) => _http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };

    /// <summary>Starts it, and waits until all servers were scraped.</summary>
    public static async Task<PrometheusServer> StartAsync(params Uri[] servers)
    {
        var port = FreePort.Find();
        var prometheus = new PrometheusServer(port);
        var folder = prometheus._folder.Path;
        await File.WriteAllTextAsync(Path.Combine(folder, "rules.yaml"), Rules.Faster());
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            $"""
            global: {"{"} scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s {"}"}
            rule_files: [rules.yaml]
            scrape_configs:
              - job_name: telemetrykit
                static_configs: [{"{"} targets: [{string.Join(", ", servers.Select(server => $"'{server.Authority}'"))}] {"}"}]
            """);
        prometheus._process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [
                $"--config.file={Path.Combine(folder, "prometheus.yml")}", $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
            ]))!;
        await prometheus.UntilAsync(
            "all servers are scraped",
            async () => (await prometheus.QueryAsync("up == 1")).GetArrayLength() == servers.Length);
        return prometheus;
    }

    /// <summary>The result of a query.</summary>
    public async Task<JsonElement> QueryAsync(string query)
    {
        var response = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        return response.GetProperty("data").GetProperty("result");
    }

    /// <summary>Waits until an alert fires.</summary>
    public Task FiresAsync(string alert) =>
        UntilAsync($"{alert} fires", async () => (await FiringAsync()).Contains(alert));

    /// <summary>Waits until an alert doesn't fire any more.</summary>
    public Task EndsAsync(string alert) =>
        UntilAsync($"{alert} ends", async () => !(await FiringAsync()).Contains(alert));

    /// <summary>The alerts that fire.</summary>
    public async Task<IReadOnlyList<string>> FiringAsync()
    {
        var response = await GetAsync("/api/v1/alerts");
        return
        [
            .. response.GetProperty("data").GetProperty("alerts").EnumerateArray()
                .Where(alert => alert.GetProperty("state").GetString() == "firing")
                .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!),
        ];
    }

    /// <summary>The names of all metrics that were scraped.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        var response = await GetAsync("/api/v1/label/__name__/values");
        return [.. response.GetProperty("data").EnumerateArray().Select(name => name.GetString()!)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _http.Dispose();
        _folder.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (HttpRequestException)
            {
                // It doesn't listen yet.
            }

            if (since.Elapsed > ServerExtensions.Timeout)
                Assert.Fail($"Not in {ServerExtensions.Timeout}: {what}. Firing: {string.Join(", ", await FiringAsync())}");
        }
    }
}
