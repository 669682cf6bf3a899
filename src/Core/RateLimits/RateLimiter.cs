namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// The rates of keys and of sources within keys, in this process. Bounded: of the buckets beyond <see cref="Limits.RateBuckets"/>, those not used of late are
/// forgotten, which lets their owners start with a full bucket.
/// </summary>
public sealed class RateLimiter(TimeProvider time)
{
    private const int SecondsPerDay = 86_400;
    private const int BurstSeconds = 60;
    private readonly Lock _lock = new();
    private Dictionary<(Guid Key, long Source), TokenBucket> _young = [];
    private Dictionary<(Guid Key, long Source), TokenBucket> _old = [];

    /// <summary>Takes <paramref name="events"/> from the key's rate and from its source's. Answers how long to wait; <c>null</c> where they may pass.</summary>
    /// <param name="keyId">The key.</param>
    /// <param name="rates">Its rates; <c>null</c> where nothing is limited.</param>
    /// <param name="source">What <see cref="SourceHasher.Hash"/> said; 0 isn't limited by source.</param>
    /// <param name="events">Events of the batch.</param>
    public TimeSpan? Check(Guid keyId, IngestRates? rates, long source, int events)
    {
        if (rates is null || events == 0)
            return null;
        var now = (double)time.GetTimestamp() / time.TimestampFrequency;
        lock (_lock)
        {
            var (key, keyWait) = Find((keyId, 0)).Take(events, (double)rates.KeyEventsPerSecond * BurstSeconds, rates.KeyEventsPerSecond, now);
            if (keyWait > 0)
                return TimeSpan.FromSeconds(keyWait);
            if (source != 0)
            {
                var (bucket, sourceWait) = Find((keyId, source)).Take(events, rates.SourceEventsPerDay, (double)rates.SourceEventsPerDay / SecondsPerDay, now);
                if (sourceWait > 0)
                    return TimeSpan.FromSeconds(sourceWait);
                Keep((keyId, source), bucket);
            }

            // Last: what a source may not send must not use up what the key may.
            Keep((keyId, 0), key);
            return null;
        }
    }

    private TokenBucket Find((Guid, long) id) => _young.TryGetValue(id, out var bucket) || _old.TryGetValue(id, out bucket) ? bucket : default;

    private void Keep((Guid, long) id, TokenBucket bucket)
    {
        if (_young.Count >= Limits.RateBuckets / 2 && !_young.ContainsKey(id))
        {
            _old = _young;
            _young = [];
        }

        _young[id] = bucket;
    }
}
