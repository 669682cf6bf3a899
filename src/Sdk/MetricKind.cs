namespace TelemetryKit;

/// <summary>How the values of a metric add up.</summary>
public enum MetricKind
{
    /// <summary>Values are summed: bytes written, files compiled.</summary>
    Counter,

    /// <summary>The last value counts: the size of a cache.</summary>
    Gauge,

    /// <summary>Values are a distribution: durations, sizes.</summary>
    Histogram,
}
