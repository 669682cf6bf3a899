using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>The naive collector.</summary>
internal sealed class Naive(BenchDatabase database, ComparisonOptions options) : Contender(database)
{
    private readonly string _url = $"http://127.0.0.1:{FreePort()}";
    private Process? _process;

    public override string Name => "naive";

    protected override int ProcessId => _process!.Id;

    public override async Task StartAsync()
    {
        _process = LoadProcess.Start("naive", "--storage", options.Storage, "--database", Database.Target, "--url", _url);
        using var http = new HttpClient();
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(_url + "/count"));
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (since.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(50);
            }
        }
    }

    public override async Task<Footprint> FinishAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
        Expect(long.Parse(await http.GetStringAsync(new Uri(_url + "/count")), System.Globalization.CultureInfo.InvariantCulture));
        var memory = ProcessTree.PeakMemoryMiB(ProcessId);
        Stop();
        var (events, others) = await Database.SizeAsync("events", NaiveCollector.SqliteFile);
        return new Footprint(memory, events / (double)Acknowledged, others / (double)Acknowledged);
    }

    public override ValueTask DisposeAsync()
    {
        Stop();
        _process?.Dispose();
        return base.DisposeAsync();
    }

    protected override Task<LoadResult> LoadAsync(double seconds, int seed) =>
        LoadProcess.RunAsync(
            "load", "--url", _url + "/events", "--key", "none", "--batch", options.Batch,
            "--connections", options.Connections, "--seconds", seconds, "--seed", seed, "--mixed", options.Mixed);

    private void Stop()
    {
        if (_process is not { HasExited: false } running)
            return;
        running.Kill();
        running.WaitForExit();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
