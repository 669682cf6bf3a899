using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>
/// A manual clock. Each timer fires at most once per advance, so that a server with timers of a second can be advanced by days, which would
/// take minutes with FakeTimeProvider.
/// </summary>
public sealed class SteppedTime() : ManualTime(DateTimeOffset.UtcNow)
{
    private readonly Lock _lock = new();
    private readonly List<SteppedTimer> _timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SteppedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    /// <summary>The number of timers that were set to fire once, after this delay, and haven't fired.</summary>
    public int Waiting(TimeSpan delay)
    {
        lock (_lock)
            return _timers.Count(timer => timer.WaitsOnce(delay));
    }

    /// <summary>Moves the clock and fires the timers that are due.</summary>
    public override void Advance(TimeSpan by)
    {
        base.Advance(by);
        SteppedTimer[] due;
        lock (_lock)
            due = [.. _timers.Where(timer => timer.IsDue(GetUtcNow()))];
        foreach (var timer in due)
            timer.Fire();
    }

    private sealed class SteppedTimer(SteppedTime time, Action fire) : ITimer
    {
        private DateTimeOffset? _next;
        private TimeSpan _delay;
        private TimeSpan _period;

        public bool WaitsOnce(TimeSpan delay) => _next is not null && _delay == delay && _period <= TimeSpan.Zero;

        public bool IsDue(DateTimeOffset now) => _next <= now;

        public void Fire()
        {
            _next = _period > TimeSpan.Zero ? time.GetUtcNow() + _period : null;
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _next = dueTime < TimeSpan.Zero ? null : time.GetUtcNow() + dueTime;
            _delay = dueTime;
            _period = period;
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
