using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace TelemetryKit.Api.Operations;

/// <summary>An exporter that is asked instead of asking: one collection for each scrape.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const int CollectTimeoutMs = 5_000;
    private readonly Lock _lock = new();
    private string _text = "";

    /// <inheritdoc />
    public Func<int, bool>? Collect { get; set; }

    /// <inheritdoc />
    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text = PrometheusText.Write(batch);
        return ExportResult.Success;
    }

    /// <summary>Collects now and answers the text; <c>null</c> where there is no meter provider yet, or an observer took too long.</summary>
    public string? Scrape()
    {
        lock (_lock)
            return Collect?.Invoke(CollectTimeoutMs) == true ? _text : null;
    }
}
