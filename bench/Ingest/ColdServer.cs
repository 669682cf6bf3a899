using System.Diagnostics;
using TelemetryKit.Bench.Support;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>A server that is started afresh for each measurement, with the same database.</summary>
internal sealed class ColdServer : IAsyncDisposable
{
    private const double Seconds = 6;

    private readonly ColdStartOptions _options;
    private readonly BenchDatabase _database;
    private readonly string _key = ApiKey.Generate(KeyKind.Live);
    private readonly ServerProcess _server;

    public ColdServer(string assembly, BenchDatabase database, ColdStartOptions options)
    {
        (_options, _database) = (options, database);
        _server = ServerProcess.Create(database.Folder, new Dictionary<string, string?>
        {
            ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
            ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
            ["TELEMETRYKIT_DATA"] = database.Folder,
            ["TELEMETRYKIT_BOOTSTRAP_KEY"] = _key,
            // As the bench was started, like the variables of the runtime.
            ["TELEMETRYKIT_WARM_UP"] = Environment.GetEnvironmentVariable("TELEMETRYKIT_WARM_UP"),
        });
        _server.Assembly = assembly;
    }

    /// <summary>The assembly that is started.</summary>
    public string Assembly => _server.Assembly;

    /// <summary>Starts the server, measures its first seconds and its warm ones, and stops it.</summary>
    public async Task<ColdStart> MeasureAsync(WarmLoad load, int seed)
    {
        var since = Stopwatch.GetTimestamp();
        await _server.StartAsync();
        var (start, startCpu) = (Stopwatch.GetElapsedTime(since).TotalSeconds, ProcessTree.CpuSeconds(_server.Id));
        var (first, firstCpu) = await LoadAsync(load, Seconds, seed);
        await LoadAsync(load, _options.WarmUp, seed + 1);
        var (warm, warmCpu) = await LoadAsync(load, Seconds, seed + 2);
        var memory = ProcessTree.PeakMemoryMiB(_server.Id);
        _server.Terminate();
        if (await _server.WaitForExitAsync(TimeSpan.FromSeconds(30)) is not 0 and var code)
            throw new InvalidOperationException($"The server ended with {code}:\n{_server.Output}");
        return new ColdStart(start, startCpu, first.EventsPerSecond, warm.EventsPerSecond, firstCpu, warmCpu, first.P99Ms, memory);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    // The processor time of the server is less affected by other load on the machine than its rate.
    private async Task<(LoadResult Result, double CpuPerMillion)> LoadAsync(WarmLoad load, double seconds, int seed)
    {
        var cpu = ProcessTree.CpuSeconds(_server.Id);
        var result = await load.RunAsync(new LoadOrder(
            new Uri(_server.Address, "/v1/events"), _key, _options.Batch, _options.Connections, seconds, _options.Mixed, seed));
        return (result, (ProcessTree.CpuSeconds(_server.Id) - cpu) / result.Accepted * 1e6);
    }
}

/// <summary>One fresh start.</summary>
/// <param name="StartSeconds">The time from the start of the process until it was ready.</param>
/// <param name="StartCpuSeconds">The processor time of the start.</param>
/// <param name="FirstRate">Events per second in the first six seconds after it was ready.</param>
/// <param name="WarmRate">Events per second when all code is compiled.</param>
/// <param name="FirstCpu">Processor seconds of the server per million events in the first seconds.</param>
/// <param name="WarmCpu">The same when all code is compiled.</param>
/// <param name="FirstP99Ms">99th percentile of a request in the first seconds.</param>
/// <param name="PeakMemoryMiB">The maximum resident memory.</param>
internal sealed record ColdStart(
    double StartSeconds,
    double StartCpuSeconds,
    double FirstRate,
    double WarmRate,
    double FirstCpu,
    double WarmCpu,
    double FirstP99Ms,
    double PeakMemoryMiB)
{
    /// <summary>The rate of the first seconds, as a part of the warm one.</summary>
    public double Ratio => FirstRate / WarmRate;
}
