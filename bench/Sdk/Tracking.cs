using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using OpenTelemetry.Trace;

namespace TelemetryKit.Sdk.Bench;

/// <summary>
/// Recording one event with two values, on the caller's thread. Both clients work for real behind it: ours writes files, the
/// OpenTelemetry SDK exports batches by OTLP to a port where nobody listens.
/// </summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "GlobalCleanup disposes them.")]
public class Tracking
{
    private readonly ActivitySource _source = new("bench");
    private string _folder = "";
    private TelemetryKitClient _client = null!;
    private TracerProvider _provider = null!;

    [GlobalSetup]
    public void Setup()
    {
        Environment.SetEnvironmentVariable("TELEMETRYKIT_ENABLED", "1");
        _folder = Directory.CreateTempSubdirectory("tk-bench-").FullName;
        _client = TelemetryKitClient.Create("bench", "tk_test_00000000000000000000000000000000", options =>
        {
            options.Directory = _folder;
            options.Endpoint = new("http://127.0.0.1:9");
        });
        _provider = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .AddSource("bench")
            .AddOtlpExporter(options =>
            {
                options.Endpoint = new("http://127.0.0.1:9/v1/traces");
                options.Protocol = OpenTelemetry.Exporter.OtlpExportProtocol.HttpProtobuf;
            })
            .Build()!;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _client.Dispose();
        _provider.Dispose();
        _source.Dispose();
        Directory.Delete(_folder, recursive: true);
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
