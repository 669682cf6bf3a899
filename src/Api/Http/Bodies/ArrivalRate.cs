namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// How fast something arrives, over about the last second: what came in this second, and of the one before as much as is left of it in the
/// window. A body that stands still counts as such within two seconds, however fast it was before.
/// </summary>
internal struct ArrivalRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    // A first packet is no measure of a rate: what is younger than this counts as if it were this old.
    private static readonly TimeSpan Youngest = TimeSpan.FromMilliseconds(100);

    private TimeSpan _windowStart;
    private long _inWindow;
    private long _inWindowBefore;

    /// <summary>Notes bytes that have arrived.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="age">Time since the first could have come; never less than before.</param>
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

    /// <summary>Bytes a second.</summary>
    /// <param name="age">As in <see cref="Add"/>.</param>
    public readonly double At(TimeSpan age)
    {
        if (age < Window)
            return _inWindow / Math.Max(age.TotalSeconds, Youngest.TotalSeconds);
        var passed = (age - _windowStart) / Window;
        return passed switch
        {
            < 1 => _inWindow + (_inWindowBefore * (1 - passed)),
            < 2 => _inWindow * (2 - passed),
            _ => 0,
        };
    }
}
