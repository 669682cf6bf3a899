using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// The server's own traces and metrics. Metrics are always collected, for <c>/metrics</c>; both are exported over OTLP if the usual
/// <c>OTEL_EXPORTER_OTLP_…</c> variables say where to. None of the sources here tags a key or the sender's address.
/// </summary>
internal static class Telemetry
{
    /// <summary>Sources of the spans that are exported: ours and those of requests.</summary>
    public static readonly string[] Sources = [TelemetryKitMetrics.Name, "Microsoft.AspNetCore"];

    private const string ServiceName = "telemetrykit";
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    // Only histograms and summaries may end in _count in Prometheus, and these gauges of the runtime's own do.
    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["dotnet.assembly.count"] = "dotnet.assemblies",
        ["dotnet.process.cpu.count"] = "dotnet.process.cpus",
        ["dotnet.timer.count"] = "dotnet.timers",
    };

    /// <summary>Registers the providers, which start before the server takes requests.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        // Off by default in ASP.NET 10, because its instrumentation package adds the same tags; here they are all there is.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        services.Configure<PrometheusAspNetCoreOptions>(options => options.ScopeInfoEnabled = false);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(Describe).WithMetrics(metrics =>
        {
            metrics.AddMeter(TelemetryKitMetrics.Name, "Microsoft.AspNetCore.Hosting", Kestrel, "System.Runtime").AddView(ViewOf);
            metrics.AddPrometheusExporter();
            if (Exports(configuration, "METRICS"))
                metrics.AddOtlpExporter();
        });
        if (Exports(configuration, "TRACES"))
            telemetry.WithTracing(traces => traces.AddSource(Sources).AddOtlpExporter());
    }

    /// <summary>Whether a signal, <c>TRACES</c> or <c>METRICS</c>, goes anywhere.</summary>
    public static bool Exports(IConfiguration configuration, string signal) =>
        (!string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]))
        && configuration[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp"
        && !IsDisabled(configuration);

    /// <summary>Whether OpenTelemetry is switched off, and <c>/metrics</c> with it.</summary>
    public static bool IsDisabled(IConfiguration configuration) =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    private static MetricStreamConfiguration? ViewOf(Instrument instrument)
    {
        if (Renamed.TryGetValue(instrument.Name, out var name))
            return new() { Name = name };
        // Kestrel tags the address of the socket: no address at all is easier to be sure of than only our own.
        return instrument.Meter.Name == Kestrel ? new() { TagKeys = [] } : null;
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read last and win.
    private static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddTelemetrySdk().AddService(ServiceName, serviceVersion: ServerVersion.Text).AddEnvironmentVariableDetector();
}
