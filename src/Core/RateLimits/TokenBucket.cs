namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// A token bucket as a value: it holds at most <c>capacity</c> tokens and fills evenly. It is represented by the time at which it will be
/// full (the generic cell rate algorithm, ITU-T I.371), so it needs no timer, and a full bucket is the default value.
/// </summary>
/// <param name="FullAt">Seconds on the caller's clock at which the bucket is full.</param>
public readonly record struct TokenBucket(double FullAt)
{
    /// <summary>
    /// Takes tokens if there are enough. A request for more than the capacity succeeds on a full bucket and leaves it in debt, because
    /// otherwise it could never succeed.
    /// </summary>
    /// <param name="tokens">Requested tokens, 0 or more.</param>
    /// <param name="capacity">The maximum number of tokens, greater than 0.</param>
    /// <param name="perSecond">Tokens that are added per second, greater than 0.</param>
    /// <param name="now">Seconds on a monotonic clock.</param>
    /// <returns>The new bucket and the seconds to wait, which are 0 if the tokens were taken.</returns>
    public (TokenBucket After, double WaitSeconds) Take(double tokens, double capacity, double perSecond, double now)
    {
        var fullAt = Math.Max(FullAt, now);
        var missing = (fullAt - now) * perSecond;
        var needed = Math.Min(tokens, capacity);
        var shortOf = missing + needed - capacity;
        // A small tolerance, so that a request for exactly a full bucket doesn't fail because of rounding.
        return shortOf > 1e-6 * capacity ? (this, shortOf / perSecond) : (new(fullAt + (tokens / perSecond)), 0);
    }

    /// <summary>Takes tokens even if there are too few: the bucket is in debt then. A negative number gives tokens back.</summary>
    /// <param name="tokens">Tokens to take; negative ones are added, up to the capacity.</param>
    /// <param name="perSecond">Tokens that are added per second, greater than 0.</param>
    /// <param name="now">Seconds on a monotonic clock.</param>
    public TokenBucket Charge(double tokens, double perSecond, double now) => new(Math.Max(FullAt, now) + (tokens / perSecond));
}
