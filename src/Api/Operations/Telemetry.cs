using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TelemetryKit.Api.Server;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// The server's own traces and metrics. Metrics are always collected, for <c>/metrics</c>; both are exported over OTLP when the usual
/// <c>OTEL_EXPORTER_OTLP_…</c> variables say where to. None of the sources here tags a key or the sender's address.
/// </summary>
internal sealed class Telemetry(PrometheusExporter prometheus, IConfiguration configuration) : IHostedService, IDisposable
{
    /// <summary>Whose spans are exported: ours and those of requests.</summary>
    public static readonly string[] Sources = [TelemetryKitMetrics.Name, "Microsoft.AspNetCore"];

    private const string ServiceName = "telemetrykit";
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";
    private MeterProvider? _meters;
    private TracerProvider? _tracer;

    // Started before the server takes requests and stopped after its last one: it is registered first.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meters = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter(TelemetryKitMetrics.Name, "Microsoft.AspNetCore.Hosting", Kestrel, "System.Runtime")
            // It tags the address of the socket: no address at all is easier to be sure of than only our own.
            .AddView(instrument => instrument.Meter.Name == Kestrel ? new MetricStreamConfiguration { TagKeys = [] } : null)
            .AddReader(new BaseExportingMetricReader(prometheus) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative });
        if (Exports(configuration, "METRICS"))
            meters.AddOtlpExporter();
        _meters = meters.Build();

        if (Exports(configuration, "TRACES"))
            _tracer = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(Sources).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _tracer?.ForceFlush(1_000);
        _meters?.ForceFlush(1_000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _tracer?.Dispose();
        _meters?.Dispose();
    }

    /// <summary>Whether a signal, <c>TRACES</c> or <c>METRICS</c>, goes anywhere.</summary>
    public static bool Exports(IConfiguration configuration, string signal) =>
        (!string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]))
        && configuration[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp"
        && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read last and win.
    private static void Describe(ResourceBuilder resource) =>
        resource.AddService(ServiceName, serviceVersion: ServerVersion.Text).AddEnvironmentVariableDetector();
}
