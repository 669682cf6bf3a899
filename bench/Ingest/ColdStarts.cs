using System.Globalization;
using System.Text.Json;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Ingest;

/// <summary>
/// Measures fresh processes: their rate in the first six seconds after they are ready, compared with their own rate when all code is
/// compiled. Several servers are started in turns, so that other load on the machine affects all of them.
/// </summary>
internal static class ColdStarts
{
    public static async Task<int> RunAsync(ColdStartOptions options)
    {
        using var load = new WarmLoad();
        List<ColdServer> servers = [];
        try
        {
            foreach (var assembly in options.Servers)
                servers.Add(new ColdServer(assembly, await BenchDatabase.CreateAsync(options.Storage), options));
            // Compiles the code of the load generator. The first start also creates the tables.
            foreach (var server in servers)
                await server.MeasureAsync(load, seed: 1);
            await PrintAsync(options, servers, load);
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }

        return 0;
    }

    private static async Task PrintAsync(ColdStartOptions options, List<ColdServer> servers, WarmLoad load)
    {
        var starts = servers.ToDictionary(server => server, _ => new List<ColdStart>());
        for (var round = 1; round <= options.Starts; round++)
        {
            foreach (var server in servers)
            {
                var start = await server.MeasureAsync(load, seed: round * 10);
                starts[server].Add(start);
                Console.Error.WriteLine($"start {round}, {server.Assembly}: {Describe(start)}");
            }
        }

        Console.WriteLine($"{options.Storage}, {options.Batch} events per batch, {options.Connections} connections; medians of starts");
        foreach (var server in servers)
        {
            Console.WriteLine(server.Assembly);
            Console.WriteLine("  " + Describe(MedianOf(starts[server])));
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "cold",
            storage = options.Storage.ToString().ToLowerInvariant(),
            batch = options.Batch,
            connections = options.Connections,
            starts = options.Starts,
            mixed = options.Mixed,
            servers = servers.Select(server => Json(server.Assembly, MedianOf(starts[server]), starts[server])),
        }));
    }

    // The median of the ratios is not the ratio of the medians: the two rates of one start share its noise.
    private static (ColdStart Start, double Ratio) MedianOf(List<ColdStart> starts) => (
        new ColdStart(
            Median(s => s.StartSeconds, starts),
            Median(s => s.StartCpuSeconds, starts),
            Median(s => s.FirstRate, starts),
            Median(s => s.WarmRate, starts),
            Median(s => s.FirstCpu, starts),
            Median(s => s.WarmCpu, starts),
            Median(s => s.FirstP99Ms, starts),
            Median(s => s.PeakMemoryMiB, starts)),
        Median(s => s.Ratio, starts));

    private static double Median(Func<ColdStart, double> field, List<ColdStart> starts) => Percentiles.Median(starts.Select(field));

    private static string Describe(ColdStart start) => Describe((start, start.Ratio));

    private static string Describe((ColdStart Start, double Ratio) median)
    {
        var (start, ratio) = median;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ready after {start.StartSeconds:N2} s ({start.StartCpuSeconds:N2} s of CPU), first {start.FirstRate:N0} events/s, "
            + $"warm {start.WarmRate:N0}, ratio {ratio:N2}, CPU s per million {start.FirstCpu:N2} and {start.WarmCpu:N2}, "
            + $"p99 of the first {start.FirstP99Ms:N0} ms, {start.PeakMemoryMiB:N0} MiB");
    }

    private static object Json(string assembly, (ColdStart Start, double Ratio) median, List<ColdStart> starts) => new
    {
        assembly,
        start_seconds = Round(median.Start.StartSeconds),
        start_cpu_seconds = Round(median.Start.StartCpuSeconds),
        first_events_per_second = Round(median.Start.FirstRate),
        warm_events_per_second = Round(median.Start.WarmRate),
        first_cpu_s_per_million = Round(median.Start.FirstCpu),
        warm_cpu_s_per_million = Round(median.Start.WarmCpu),
        ratio = Round(median.Ratio),
        ratios = starts.Select(start => Round(start.Ratio)),
        first_p99_ms = Round(median.Start.FirstP99Ms),
        peak_memory_mib = Round(median.Start.PeakMemoryMiB),
    };

    private static double Round(double value) => Math.Round(value, 3);
}
