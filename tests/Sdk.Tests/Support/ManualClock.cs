using TelemetryKit.Context;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>A clock that goes with the real one, ahead of it or behind it by as much as a test says.</summary>
internal sealed class ManualClock : Clock
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset UtcNow => base.UtcNow + Offset;

    public void Advance(TimeSpan time) => Offset += time;
}
