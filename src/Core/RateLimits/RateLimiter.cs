namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits the rates of keys, and of sources within keys, in this process. At most <see cref="Limits.RateBuckets"/> buckets are kept;
/// those not used recently are removed, so that their owners start with a full bucket.
/// </summary>
public sealed class RateLimiter(TimeProvider time)
{
    private const int SecondsPerDay = 86_400;
    private const int BurstSeconds = 60;
    private readonly Lock _lock = new();
    private Dictionary<(Guid Key, long Source), TokenBucket> _recent = [];
    private Dictionary<(Guid Key, long Source), TokenBucket> _previous = [];

    /// <summary>
    /// Takes tokens for <paramref name="events"/> from the buckets of the key and of the source. Returns <c>null</c> if the events are
    /// accepted, and otherwise the time to wait; then no tokens are taken.
    /// </summary>
    /// <param name="keyId">The key.</param>
    /// <param name="rates">The rates of the key; <c>null</c> if there is no limit.</param>
    /// <param name="source">The result of <see cref="SourceHasher.Hash"/>; 0 is not limited by source.</param>
    /// <param name="events">The number of events.</param>
    public TimeSpan? Check(Guid keyId, IngestRates? rates, long source, int events)
    {
        if (rates is null || events == 0)
            return null;
        var now = (double)time.GetTimestamp() / time.TimestampFrequency;
        lock (_lock)
        {
            var (key, keyWait) = Find((keyId, 0))
                .Take(events, (double)rates.KeyEventsPerSecond * BurstSeconds, rates.KeyEventsPerSecond, now);
            if (keyWait > 0)
                return TimeSpan.FromSeconds(keyWait);
            if (source != 0)
            {
                var (bucket, sourceWait) = Find((keyId, source))
                    .Take(events, rates.SourceEventsPerDay, (double)rates.SourceEventsPerDay / SecondsPerDay, now);
                if (sourceWait > 0)
                    return TimeSpan.FromSeconds(sourceWait);
                Keep((keyId, source), bucket);
            }

            // Kept last: events that are refused for their source must not use up the key's tokens.
            Keep((keyId, 0), key);
            return null;
        }
    }

    private TokenBucket Find((Guid, long) id) =>
        _recent.TryGetValue(id, out var bucket) || _previous.TryGetValue(id, out bucket) ? bucket : default;

    private void Keep((Guid, long) id, TokenBucket bucket)
    {
        if (_recent.Count >= Limits.RateBuckets / 2 && !_recent.ContainsKey(id))
        {
            _previous = _recent;
            _recent = [];
        }

        _recent[id] = bucket;
    }
}
