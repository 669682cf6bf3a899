namespace TelemetryKit.Support;

/// <summary>
/// A clock that only the test advances, with the timers of the system. It is for complete servers: their background work continues in real
/// time, however far a test advances the clock. Everything else is tested with FakeTimeProvider.
/// </summary>
/// <param name="start">The first time.</param>
/// <param name="periodicTimers">
/// False if periodic timers never fire, because the test runs the background work itself, so that each run is the same.
/// </param>
public class ManualTime(DateTimeOffset? start = null, bool periodicTimers = true) : TimeProvider
{
    private long _ticks = (start ?? new DateTimeOffset(2026, 11, 20, 10, 30, 0, TimeSpan.Zero)).UtcTicks;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Advances the clock.</summary>
    public virtual void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <inheritdoc />
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        periodicTimers || period == Timeout.InfiniteTimeSpan
            ? base.CreateTimer(callback, state, dueTime, period)
            : base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
