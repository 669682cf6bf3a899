namespace TelemetryKit.Billing;

/// <summary>
/// Refuses calls for some time after several failures in a row. Then one call at a time is tried, until one succeeds. Thread-safe.
/// </summary>
internal sealed class Circuit(int failuresUntilPause, TimeSpan pause, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _failures;
    private DateTimeOffset _closedUntil;

    /// <summary>Returns whether a call may be made now.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_failures < failuresUntilPause)
                return true;
            var now = time.GetUtcNow();
            if (now < _closedUntil)
                return false;
            // This call is the trial. The next one waits until it ends, or, if it never does, for another pause.
            _closedUntil = now + pause;
            return true;
        }
    }

    /// <summary>Counts a call to which Stripe responded.</summary>
    public void Succeed()
    {
        lock (_lock)
            _failures = 0;
    }

    /// <summary>Counts a call that failed because Stripe is away.</summary>
    public void Fail()
    {
        lock (_lock)
        {
            _failures = Math.Min(_failures + 1, failuresUntilPause);
            if (_failures == failuresUntilPause)
                _closedUntil = time.GetUtcNow() + pause;
        }
    }
}
