using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Cluster;

/// <summary>Starts servers on empty databases, in turns, and measures the time until they are ready, and their memory.</summary>
internal static class StartComparison
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string[] assemblies, StorageKind storage, int starts, string[] arguments)
    {
        var all = assemblies.ToDictionary(assembly => assembly, _ => new List<(double Seconds, double Cpu, double MiB)>());
        for (var i = 0; i < starts; i++)
        {
            foreach (var assembly in i % 2 == 0 ? assemblies : assemblies.Reverse())
                all[assembly].Add(await StartAsync(assembly, storage, arguments));
        }

        Line($"{storage}, {starts} starts each, medians");
        Line($"{"ready s",10}{"CPU s",10}{"MiB",10}  server");
        foreach (var (assembly, values) in all)
        {
            var (seconds, cpu, memory) = (
                Percentiles.Median(values.Select(one => one.Seconds)), Percentiles.Median(values.Select(one => one.Cpu)),
                Percentiles.Median(values.Select(one => one.MiB)));
            Line($"{seconds,10:N2}{cpu,10:N2}{memory,10:N0}  {assembly}");
            Console.WriteLine(JsonSerializer.Serialize(
                new { bench = "start", assembly, ready_s = seconds, cpu_s = cpu, memory_mib = memory }));
        }

        return 0;
    }

    private static async Task<(double Seconds, double Cpu, double MiB)> StartAsync(string assembly, StorageKind storage, string[] arguments)
    {
        await using var database = await BenchDatabase.CreateAsync(storage);
        await using var server = ServerProcess.Create(
            database.Folder,
            new Dictionary<string, string?>
            {
                ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString, ["TELEMETRYKIT_DATA"] = database.Folder,
                ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
            },
            arguments);
        server.Assembly = assembly;
        var since = Stopwatch.GetTimestamp();
        await server.StartAsync();
        var ready = Stopwatch.GetElapsedTime(since).TotalSeconds;
        var cpu = ProcessTree.CpuSeconds(server.Id);
        await Task.Delay(Settled);
        return (ready, cpu, ProcessTree.PeakMemoryMiB(server.Id));
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
