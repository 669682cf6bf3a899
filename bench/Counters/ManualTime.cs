namespace TelemetryKit.Bench.Counters;

/// <summary>A clock that only moves if it is set.</summary>
internal sealed class ManualTime : TimeProvider
{
    /// <summary>The time since the start.</summary>
    public TimeSpan Now { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;
}
