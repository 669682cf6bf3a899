using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace TelemetryKit.Bench.Recording;

/// <summary>
/// Measures recording an event with two values on the caller's thread, while both clients process the events in the background: ours writes
/// files, the OpenTelemetry SDK exports batches by OTLP to a server that accepts them. Events are recorded in bursts, like tools do, with
/// pauses in which both clients catch up. With a full queue the benchmark would measure dropping events.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "GlobalCleanup disposes them.")]
public class Tracking
{
    /// <summary>Half of the default capacity of the OpenTelemetry SDK's queue, and a tenth of ours.</summary>
    public const int Burst = 1_024;

    private readonly ActivitySource _source = new("bench");
    private string _folder = "";
    private TelemetryKitClient _client = null!;
    private TracerProvider _provider = null!;
    private Sink _sink = null!;

    [GlobalSetup]
    public void Setup()
    {
        Environment.SetEnvironmentVariable("TELEMETRYKIT_ENABLED", "1");
        _sink = new();
        _folder = Directory.CreateTempSubdirectory("tk-bench-").FullName;
        _client = TelemetryKitClient.Create("bench", "tk_test_00000000000000000000000000000000", options =>
        {
            options.Directory = _folder;
            options.Endpoint = _sink.Address;
        });
        _provider = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .AddSource("bench")
            .AddOtlpExporter(options =>
            {
                options.Endpoint = new(_sink.Address, "v1/traces");
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            })
            .Build()!;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _client.Dispose();
        _provider.Dispose();
        _source.Dispose();
        _sink.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [IterationSetup]
    public void CatchUp()
    {
        _client.Flush();
        _provider.ForceFlush();
    }

    [Benchmark]
    public void TrackFeature() => _client.TrackFeature("incremental", new() { ["target"] = "production", ["files"] = 12 });

    [Benchmark]
    public void TrackCommand()
    {
        using var command = _client.TrackCommand("build", new() { ["target"] = "production", ["files"] = 12 });
        command.Succeeded();
    }

    [Benchmark]
    public void TrackMetric() =>
        _client.TrackMetric("lines", 41, MetricKind.Histogram, "{line}", new() { ["target"] = "production", ["files"] = 12 });

    [Benchmark]
    public void OpenTelemetryActivity()
    {
        using var activity = _source.StartActivity("feature");
        activity?.SetTag("target", "production");
        activity?.SetTag("files", 12);
    }
}
