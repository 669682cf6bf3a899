namespace TelemetryKit.Pipeline;

/// <summary>Exponential back-off with full jitter: a wait is random between nothing and a bound that doubles with each failure.</summary>
internal static class Backoff
{
    /// <param name="failures">Failed attempts in a row, from 1.</param>
    /// <param name="min">The first bound.</param>
    /// <param name="max">The last bound.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static TimeSpan Delay(int failures, TimeSpan min, TimeSpan max, double random)
    {
        // 2^30 times any useful bound is beyond any maximum; more would overflow.
        var bound = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromMilliseconds(bound * random);
    }
}
