using System.Collections.Concurrent;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Lets each subject try so many times at once and then once an interval. In memory and bounded; only hashes or ids belong in
/// <typeparamref name="TSubject"/>, because nothing here needs to know who it is.
/// </summary>
/// <param name="burst">Tries that a subject has when it is new, and saves up at most.</param>
/// <param name="interval">Time in which one try comes back.</param>
/// <param name="time">The clock.</param>
public sealed class Throttle<TSubject>(int burst, TimeSpan interval, TimeProvider time)
    where TSubject : notnull
{
    private readonly ConcurrentDictionary<TSubject, TokenBucket> _buckets = new();

    private double Now => (double)time.GetTimestamp() / time.TimestampFrequency;

    /// <summary>
    /// Takes one try. Where none is left, answers <c>false</c> and when the next one comes. Taken before the work is done, so
    /// that tries at the same moment count too.
    /// </summary>
    public bool TryTake(TSubject subject, out TimeSpan retryAfter)
    {
        while (true)
        {
            var known = _buckets.TryGetValue(subject, out var bucket);
            var (after, wait) = bucket.Take(1, burst, 1 / interval.TotalSeconds, Now);
            retryAfter = TimeSpan.FromSeconds(wait);
            if (wait > 0)
                return false;
            if (known ? _buckets.TryUpdate(subject, after, bucket) : _buckets.TryAdd(subject, after))
                break;
        }

        ForgetSomeWhenFull();
        return true;
    }

    /// <summary>Gives a subject all its tries back: it has proved who it is.</summary>
    public void Forgive(TSubject subject) => _buckets.TryRemove(subject, out _);

    private void ForgetSomeWhenFull()
    {
        if (_buckets.Count <= Limits.ThrottledSubjects)
            return;
        // First those who have all their tries anyway; only where an attack brings more than that, those who will have them soonest.
        var now = Now;
        foreach (var entry in _buckets.Where(entry => entry.Value.FullAt <= now))
            _buckets.TryRemove(entry);
        if (_buckets.Count <= Limits.ThrottledSubjects)
            return;
        foreach (var entry in _buckets.OrderBy(entry => entry.Value.FullAt).Take(Limits.ThrottledSubjects / 2))
            _buckets.TryRemove(entry);
    }
}
