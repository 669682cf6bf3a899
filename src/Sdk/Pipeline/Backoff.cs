using System.Diagnostics;

namespace TelemetryKit.Pipeline;

/// <summary>Exponential back-off with full jitter: a delay is random between zero and a bound that doubles with each failure.</summary>
internal static class Backoff
{
    /// <summary>
    /// The longest delay that a server's <c>Retry-After</c> causes. What it waits for, such as a spent quota, may end earlier than the
    /// server
    /// knows: a plan may be changed at any time.
    /// </summary>
    public static readonly TimeSpan LongestRequested = TimeSpan.FromHours(1);

    private const double ShareWithoutJitter = 0.8;

    /// <summary>
    /// Returns the delay for a server's <c>Retry-After</c>. A longer one than an hour becomes a random one from 48 to 60 minutes, so that
    /// clients don't return at the same time. The caller still applies its own delay if that is longer.
    /// </summary>
    /// <param name="requested">The delay that the server requested.</param>
    /// <param name="random">A random number from 0 to 1.</param>
    public static TimeSpan Requested(TimeSpan requested, double random) =>
        requested <= LongestRequested
            ? requested
            : TimeSpan.FromMilliseconds(
                LongestRequested.TotalMilliseconds * (ShareWithoutJitter + ((1 - ShareWithoutJitter) * random)));

    /// <summary>Returns for how long exits do not wait after a number of consecutive failures, at least 1.</summary>
    public static TimeSpan WithoutWaiting(int failures) => Delay(failures, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), 1);

    /// <summary>Returns the delay before the next attempt.</summary>
    /// <param name="failures">The number of consecutive failures, at least 1.</param>
    /// <param name="min">The first bound.</param>
    /// <param name="max">The maximum bound.</param>
    /// <param name="random">A random number from 0 to 1.</param>
    public static TimeSpan Delay(int failures, TimeSpan min, TimeSpan max, double random)
    {
        Debug.Assert(failures >= 1 && random is >= 0 and <= 1, "There was a failure, and the random number is a share.");
        // The exponent is limited, because larger ones overflow. 2^30 times any useful bound exceeds any maximum.
        var bound = Math.Min(max.TotalMilliseconds, min.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromMilliseconds(bound * random);
    }
}
