using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using TelemetryKit.Bench.Support;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>The TelemetryKit server.</summary>
internal sealed class Ours : Contender
{
    private static readonly TimeSpan CompactionTimeout = TimeSpan.FromMinutes(3);

    private readonly ComparisonOptions _options;
    private readonly string _writeKey = ApiKey.Generate(KeyKind.Live);
    private readonly string _readKey = ApiKey.Generate(KeyKind.Read);
    private readonly ServerProcess _server;

    public Ours(BenchDatabase database, ComparisonOptions options)
        : base(database)
    {
        _options = options;
        _server = ServerProcess.Create(database.Folder, new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
            ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
            ["TELEMETRYKIT_DATA"] = database.Folder,
            ["TELEMETRYKIT_BOOTSTRAP_KEY"] = _writeKey,
            ["TELEMETRYKIT_BOOTSTRAP_READ_KEY"] = _readKey,
        });
        _server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _readKey);
    }

    public override string Name => "ours";

    /// <summary>Events per commit in the last run, which the limit writes in each transaction.</summary>
    public int EventsPerCommit { get; private set; }

    protected override int ProcessId => _server.Id;

    public override Task StartAsync() => _server.StartAsync();

    public override async Task<Footprint> FinishAsync()
    {
        Expect(await CountAsync());
        await WaitForCompactionAsync();
        var memory = ProcessTree.PeakMemoryMiB(_server.Id);
        _server.Terminate();
        if (await _server.WaitForExitAsync(TimeSpan.FromSeconds(30)) is not 0 and var code)
            throw new InvalidOperationException($"The server ended with {code}:\n{_server.Output}");
        var table = Database.ConnectionString is null ? "event_rows" : "event_batches";
        var (events, others) = await Database.SizeAsync(table, "telemetrykit.db");
        return new Footprint(memory, events / (double)Acknowledged, others / (double)Acknowledged);
    }

    public override async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async Task<LoadResult> LoadAsync(double seconds, int seed)
    {
        var (events, commits) = await CommitsAsync();
        var result = await LoadProcess.RunAsync(
            "load", "--url", new Uri(_server.Address, "/v1/events"), "--key", _writeKey, "--batch", _options.Batch,
            "--connections", _options.Connections, "--seconds", seconds, "--seed", seed, "--mixed", _options.Mixed);
        var (eventsAfter, commitsAfter) = await CommitsAsync();
        EventsPerCommit = (int)Math.Max(1, Math.Round((eventsAfter - events) / (commitsAfter - commits)));
        return result;
    }

    private async Task<(double Events, double Commits)> CommitsAsync()
    {
        var metrics = await _server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return (Metric(metrics, "telemetrykit_commit_events_sum"), Metric(metrics, "telemetrykit_commit_events_count"));
    }

    private static double Metric(string metrics, string name) =>
        metrics.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{')
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private async Task<long> CountAsync()
    {
        // Acknowledged events are in the statistics within 2 s.
        long events = 0;
        for (var attempt = 0; attempt < 20 && events != Acknowledged; attempt++)
        {
            await Task.Delay(100);
            var overview = new Uri("/v1/stats/overview?days=3", UriKind.Relative);
            using var answer = JsonDocument.Parse(await _server.Http.GetStringAsync(overview));
            events = answer.RootElement.GetProperty("events").GetInt64();
        }

        return events;
    }

    private async Task WaitForCompactionAsync()
    {
        if (Database.ConnectionString is null)
            return;
        var deadline = DateTime.UtcNow + CompactionTimeout;
        for (var before = -1L; ;)
        {
            var rows = await Database.ScalarAsync("select (select count(*) from event_batches) + (select count(*) from rollup_deltas)");
            if (rows == before)
                return;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException("The compactor did not finish in time.");
            before = rows;
            await Task.Delay(TimeSpan.FromSeconds(6));
        }
    }
}
