using System.Collections.Concurrent;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits the attempts of each subject: a burst, and then one attempt per interval. In memory and bounded. Use only hashes or ids for
/// <typeparamref name="TSubject"/>, never personal data.
/// </summary>
/// <param name="burst">The maximum number of attempts at once, which a new subject has.</param>
/// <param name="interval">The time in which one attempt is restored.</param>
/// <param name="time">The clock.</param>
public sealed class Throttle<TSubject>(int burst, TimeSpan interval, TimeProvider time)
    where TSubject : notnull
{
    private readonly ConcurrentDictionary<TSubject, TokenBucket> _buckets = new();

    private double Now => (double)time.GetTimestamp() / time.TimestampFrequency;

    /// <summary>
    /// Takes one attempt. Returns false if none is left, with the time until the next one in <paramref name="retryAfter"/>. Call it
    /// before the work is done, so that concurrent attempts count as well.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="retryAfter">The time to wait, or zero.</param>
    /// <param name="attempts">How many attempts it counts as, at most the burst.</param>
    public bool TryTake(TSubject subject, out TimeSpan retryAfter, int attempts = 1)
    {
        while (true)
        {
            var known = _buckets.TryGetValue(subject, out var bucket);
            var (after, wait) = bucket.Take(attempts, burst, 1 / interval.TotalSeconds, Now);
            retryAfter = TimeSpan.FromSeconds(wait);
            if (wait > 0)
                return false;
            if (known ? _buckets.TryUpdate(subject, after, bucket) : _buckets.TryAdd(subject, after))
                break;
        }

        RemoveSomeIfFull();
        return true;
    }

    /// <summary>Gives back attempts, which had no consequence.</summary>
    public void GiveBack(TSubject subject, int attempts = 1)
    {
        while (_buckets.TryGetValue(subject, out var bucket)
            && !_buckets.TryUpdate(subject, bucket.Charge(-attempts, 1 / interval.TotalSeconds, Now), bucket))
        {
        }
    }

    /// <summary>Restores all attempts of a subject, after it was authenticated.</summary>
    public void Reset(TSubject subject) => _buckets.TryRemove(subject, out _);

    private void RemoveSomeIfFull()
    {
        if (_buckets.Count <= Limits.ThrottledSubjects)
            return;
        // Subjects with all attempts are removed first. If an attack leaves too many others, those with the most attempts are removed.
        var now = Now;
        foreach (var entry in _buckets.Where(entry => entry.Value.FullAt <= now))
            _buckets.TryRemove(entry);
        if (_buckets.Count <= Limits.ThrottledSubjects)
            return;
        foreach (var entry in _buckets.OrderBy(entry => entry.Value.FullAt).Take(Limits.ThrottledSubjects / 2))
            _buckets.TryRemove(entry);
    }
}
