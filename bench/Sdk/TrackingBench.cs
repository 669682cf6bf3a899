using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace TelemetryKit.Bench.Recording;

/// <summary>Runs <see cref="Tracking"/>. BenchmarkDotNet measures the times, and the allocation counter of the thread the bytes.</summary>
internal static class TrackingBench
{
    private const double MaxNanoseconds = 1_000;
    private const double MaxBytes = 200;
    private const int Warmups = 20;
    private const int Iterations = 60;

    public static void Run(Report report)
    {
        // In-process, because the build settings of the repository do not suit the projects that BenchmarkDotNet generates.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Throughput)
            .WithInvocationCount(Tracking.Burst).WithUnrollFactor(16).WithWarmupCount(Warmups).WithIterationCount(Iterations);
        var artifacts = Directory.CreateTempSubdirectory("tk-bench-artifacts-").FullName;
        var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance).WithArtifactsPath(artifacts).WithOptions(ConfigOptions.DisableLogFile);
        var summary = BenchmarkRunner.Run<Tracking>(config);
        var times = summary.Reports.ToDictionary(
            r => r.BenchmarkCase.Descriptor.WorkloadMethod.Name,
            r => r.ResultStatistics?.Median ?? throw new InvalidOperationException("A benchmark failed."));
        Directory.Delete(artifacts, recursive: true);

        var bytes = Bytes();
        const string theirs = nameof(Tracking.OpenTelemetryActivity);
        foreach (var ours in (string[])[nameof(Tracking.TrackFeature), nameof(Tracking.TrackCommand), nameof(Tracking.TrackMetric)])
        {
            report.Add(new($"{ours}, two values, median", "ns", times[ours], times[theirs], MaxNanoseconds));
            report.Add(new($"{ours}, two values, allocated by the caller", "bytes", bytes[ours], bytes[theirs], MaxBytes));
        }
    }

    /// <summary>
    /// Returns what a call allocates on its thread. BenchmarkDotNet counts the whole process, including background threads.
    /// </summary>
    private static Dictionary<string, double> Bytes()
    {
        var tracking = new Tracking();
        tracking.Setup();
        var bytes = new Dictionary<string, double>
        {
            [nameof(Tracking.TrackFeature)] = Bytes(tracking, tracking.TrackFeature),
            [nameof(Tracking.TrackCommand)] = Bytes(tracking, tracking.TrackCommand),
            [nameof(Tracking.TrackMetric)] = Bytes(tracking, tracking.TrackMetric),
            [nameof(Tracking.OpenTelemetryActivity)] = Bytes(tracking, tracking.OpenTelemetryActivity),
        };
        tracking.Cleanup();
        return bytes;
    }

    private static double Bytes(Tracking tracking, Action call)
    {
        // The first burst grows the buffers and compiles everything.
        for (var i = 0; i < Tracking.Burst; i++)
            call();
        tracking.CatchUp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Tracking.Burst; i++)
            call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Tracking.Burst;
    }
}
