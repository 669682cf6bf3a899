using TelemetryKit.Platform;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>
/// The system clock with an offset that tests change. It can also be stopped, for tests in which nothing must become due.
/// </summary>
internal sealed class AdjustableClock : Clock
{
    private DateTimeOffset? _stoppedAt;
    private TimeSpan _offset;

    public override DateTimeOffset UtcNow => (_stoppedAt ?? base.UtcNow) + _offset;

    /// <summary>Stops the clock. From now on, only <see cref="Advance"/> changes the time.</summary>
    public void Stop() => _stoppedAt = base.UtcNow;

    /// <summary>Sets the clock forward, or back if the time is negative.</summary>
    public void Advance(TimeSpan time) => _offset += time;
}
