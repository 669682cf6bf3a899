namespace TelemetryKit.Backends;

/// <summary>One of the three OTLP requests for a batch, with its events.</summary>
internal sealed class OtlpSignal
{
    /// <summary>The number of signals.</summary>
    public const int Count = 3;

    private readonly Func<TelemetryBatch, List<TelemetryEvent>, byte[]> _write;

    private OtlpSignal(string path, string refusedMember, Func<TelemetryBatch, List<TelemetryEvent>, byte[]> write)
    {
        Path = path;
        RefusedMember = refusedMember;
        _write = write;
    }

    public string Path { get; }

    /// <summary>The member of the response that contains the number of rejected items.</summary>
    public string RefusedMember { get; }

    public List<TelemetryEvent> Events { get; } = [];

    /// <summary>Returns the signals of a batch, in the order in which they are sent.</summary>
    public static OtlpSignal[] Of(TelemetryBatch batch)
    {
        var traces = new OtlpSignal("v1/traces", "rejectedSpans", OtlpJson.Traces);
        var logs = new OtlpSignal("v1/logs", "rejectedLogRecords", OtlpJson.Logs);
        var metrics = new OtlpSignal("v1/metrics", "rejectedDataPoints", OtlpJson.Metrics);
        foreach (var e in batch.Events)
        {
            (e.Type switch
            {
                TelemetryEventTypes.Metric => metrics,
                TelemetryEventTypes.Log or TelemetryEventTypes.Error => logs,
                _ => traces,
            }).Events.Add(e);
        }

        return [traces, logs, metrics];
    }

    public byte[] ToJson(TelemetryBatch batch) => _write(batch, Events);
}
