namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// A token bucket as a value: it holds at most <c>capacity</c> tokens and fills evenly. Kept as the moment at which it will be full again
/// (the generic cell rate algorithm, ITU-T I.371), so it needs no timer and an untouched bucket is the default value.
/// </summary>
/// <param name="FullAt">Seconds on the caller's clock at which the bucket is full.</param>
public readonly record struct TokenBucket(double FullAt)
{
    /// <summary>
    /// Takes tokens where there are enough. A request for more than the bucket can ever hold passes a full bucket, and leaves it in debt: refusing it would
    /// refuse it for ever.
    /// </summary>
    /// <param name="tokens">Tokens wanted, 0 or more.</param>
    /// <param name="capacity">The most the bucket holds, over 0.</param>
    /// <param name="perSecond">Tokens that flow in each second, over 0.</param>
    /// <param name="now">Seconds on any clock that doesn't go back.</param>
    /// <returns>The bucket afterwards, and how many seconds are missing: 0 where the tokens were taken.</returns>
    public (TokenBucket After, double WaitSeconds) Take(double tokens, double capacity, double perSecond, double now)
    {
        var fullAt = Math.Max(FullAt, now);
        var missing = (fullAt - now) * perSecond;
        var needed = Math.Min(tokens, capacity);
        var shortOf = missing + needed - capacity;
        // A hair of tolerance: what was exactly a full bucket must not fail by rounding.
        return shortOf > 1e-6 * capacity ? (this, shortOf / perSecond) : (new(fullAt + (tokens / perSecond)), 0);
    }
}
