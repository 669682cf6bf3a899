namespace TelemetryKit.Backends;

/// <summary>One of the three requests that a batch becomes in OTLP, with the events that go into it.</summary>
internal sealed class OtlpSignal
{
    /// <summary>How many there are.</summary>
    public const int Count = 3;

    private readonly Func<TelemetryBatch, List<TelemetryEvent>, byte[]> _write;

    private OtlpSignal(string path, string refusedMember, Func<TelemetryBatch, List<TelemetryEvent>, byte[]> write)
    {
        Path = path;
        RefusedMember = refusedMember;
        _write = write;
    }

    public string Path { get; }

    /// <summary>Where an answer says how many of them were refused.</summary>
    public string RefusedMember { get; }

    public List<TelemetryEvent> Events { get; } = [];

    /// <summary>The signals in the order in which they are sent.</summary>
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
