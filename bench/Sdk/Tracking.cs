using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace TelemetryKit.Bench.Recording;

/// <summary>
/// Recording one event with two values, on the caller's thread. Both clients work for real behind it: ours writes files, the OpenTelemetry SDK
/// exports batches by OTLP to a server that takes them. Bursts of a thousand, with a pause between in which both catch up, because tools
/// record in bursts, and because a queue that is full all the time measures how fast it drops.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "GlobalCleanup disposes them.")]
public class Tracking
{
    /// <summary>Half of what the OpenTelemetry SDK's queue holds by default, a tenth of what ours does.</summary>
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
