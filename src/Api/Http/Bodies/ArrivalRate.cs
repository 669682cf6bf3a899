namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// Measures a rate over about the last second (sliding window counter): the bytes of the current window, plus the share of the previous
/// window that overlaps the last second. The rate of a stalled body is 0 after at most two seconds, however fast it was before.
/// </summary>
internal struct ArrivalRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    // A first packet would give an excessive rate, so a younger body counts as this old.
    private static readonly TimeSpan MinAge = TimeSpan.FromMilliseconds(100);

    private TimeSpan _windowStart;
    private long _inWindow;
    private long _inWindowBefore;

    /// <summary>Adds bytes that have arrived.</summary>
    /// <param name="bytes">Their number.</param>
    /// <param name="age">The time since the start of the measurement. It must not decrease.</param>
    public void Add(long bytes, TimeSpan age)
    {
        var passed = age - _windowStart;
        if (passed >= Window)
        {
            _inWindowBefore = passed < 2 * Window ? _inWindow : 0;
            _inWindow = 0;
            _windowStart += Window * Math.Floor(passed / Window);
        }

        _inWindow += bytes;
    }

    /// <summary>Returns the rate in bytes per second.</summary>
    /// <param name="age">As in <see cref="Add"/>.</param>
    public readonly double At(TimeSpan age)
    {
        if (age < Window)
            return _inWindow / Math.Max(age.TotalSeconds, MinAge.TotalSeconds);
        var passed = (age - _windowStart) / Window;
        return passed switch
        {
            < 1 => _inWindow + (_inWindowBefore * (1 - passed)),
            < 2 => _inWindow * (2 - passed),
            _ => 0,
        };
    }
}
