using TelemetryKit.Core;

namespace TelemetryKit.Api.Demo;

/// <summary>
/// The time at which the demo's events arrive. The server accepts no events that are older than <see cref="Limits.OldestEvent"/>, so
/// earlier days arrive in the past.
/// </summary>
internal sealed class DemoClock(TimeProvider time) : TimeProvider
{
    /// <summary>The days of the demo. A batch that is sent again must still be known: batch keys are kept for longer, see below.</summary>
    public const int Days = 90;

    // A day arrives as late as possible, so that its batch keys are kept for 29 + 62 days and a restart within the 90 days adds nothing.
    private static readonly TimeSpan Delay = Limits.OldestEvent - TimeSpan.FromDays(1);

    private DateTimeOffset _now = time.GetUtcNow();

    /// <summary>Sets the clock to the time at which the events of a day arrive.</summary>
    public void MoveTo(DateOnly day)
    {
        var arrival = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) + Delay;
        var now = time.GetUtcNow();
        _now = arrival < now ? arrival : now;
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _now;
}
