using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// The traces and metrics of the server. Metrics are always collected, for <c>/metrics</c>; both are exported over OTLP if the standard
/// <c>OTEL_EXPORTER_OTLP_…</c> variables are set. None of the sources has a tag with a key or a source address.
/// </summary>
internal static class Telemetry
{
    /// <summary>The sources of the exported spans: TelemetryKit, ASP.NET Core and Orleans.</summary>
    public static readonly string[] Sources =
        [TelemetryKitMetrics.Name, "Microsoft.AspNetCore", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime"];

    private const string ServiceName = "telemetrykit";
    private const string Orleans = "Microsoft.Orleans";
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    // In Prometheus, only histograms and summaries may end in _count. These gauges of the runtime do.
    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["dotnet.assembly.count"] = "dotnet.assemblies",
        ["dotnet.process.cpu.count"] = "dotnet.process.cpus",
        ["dotnet.timer.count"] = "dotnet.timers",
    };

    /// <summary>Registers the providers. They start before the server accepts requests.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        // Suppressed by default in ASP.NET Core 10, because its instrumentation package adds the same tags. It isn't used here.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        services.Configure<PrometheusAspNetCoreOptions>(options => options.ScopeInfoEnabled = false);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(Describe).WithMetrics(metrics =>
        {
            metrics.AddMeter(TelemetryKitMetrics.Name, "Microsoft.AspNetCore.Hosting", Kestrel, Orleans, "System.Runtime")
                .AddView(ViewOf);
            metrics.AddPrometheusExporter();
            if (Exports(configuration, "METRICS"))
                metrics.AddOtlpExporter();
        });
        if (Exports(configuration, "TRACES"))
            telemetry.WithTracing(traces => traces.AddSource(Sources).AddOtlpExporter());
    }

    /// <summary>Returns whether a signal, <c>TRACES</c> or <c>METRICS</c>, is exported.</summary>
    public static bool Exports(IConfiguration configuration, string signal) =>
        (IsSet("OTEL_EXPORTER_OTLP_ENDPOINT", configuration) || IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", configuration))
        && configuration[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp"
        && !IsDisabled(configuration);

    /// <summary>Returns whether OpenTelemetry is disabled, including <c>/metrics</c>.</summary>
    public static bool IsDisabled(IConfiguration configuration) =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    private static bool IsSet(string name, IConfiguration configuration) => !string.IsNullOrEmpty(configuration[name]);

    private static MetricStreamConfiguration? ViewOf(Instrument instrument)
    {
        if (Renamed.TryGetValue(instrument.Name, out var name))
            return new() { Name = name };
        // Kestrel tags the socket's local address. All its tags are removed, which makes sure that no address is exported.
        return instrument.Meter.Name == Kestrel ? new() { TagKeys = [] } : null;
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read last, so they take precedence.
    private static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddTelemetrySdk().AddService(ServiceName, serviceVersion: ServerVersion.Text).AddEnvironmentVariableDetector();
}
