namespace TelemetryKit;

/// <summary>How the values of a metric are aggregated.</summary>
public enum MetricKind
{
    /// <summary>Values are summed, such as bytes written or files compiled.</summary>
    Counter,

    /// <summary>The last value counts, such as the size of a cache.</summary>
    Gauge,

    /// <summary>Values form a distribution, such as durations or sizes.</summary>
    Histogram,
}
