using TelemetryKit.Platform;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>A clock that goes with the real one, ahead of it or behind it by as much as a test says.</summary>
internal sealed class ManualClock : Clock
{
    private DateTimeOffset? _stoppedAt;

    public TimeSpan Offset { get; set; }

    public override DateTimeOffset UtcNow => (_stoppedAt ?? base.UtcNow) + Offset;

    /// <summary>From now on it goes on only by what a test says: however slow the machine is, nothing becomes due meanwhile.</summary>
    public void Stop() => _stoppedAt = base.UtcNow;

    public void Advance(TimeSpan time) => Offset += time;
}
