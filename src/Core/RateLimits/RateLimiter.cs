using System.Collections.Concurrent;
using System.Diagnostics;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits the rates of keys, and of sources within tenants, in this process. A request takes its cost before its events are stored
/// (<see cref="Admit"/>, then <see cref="Take"/>) and gets back what wasn't used (<see cref="GiveBack"/>).
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="buckets">
/// The maximum number of buckets of sources. If exceeded, the tenants with the most lose those that are the least spent, so a tenant
/// with few buckets keeps them.
/// </param>
/// <param name="bucketsPerTenant">The maximum of one tenant.</param>
public sealed class RateLimiter(
    TimeProvider time, int buckets = Limits.RateBuckets, int bucketsPerTenant = Limits.RateBucketsPerTenant)
{
    private readonly ConcurrentDictionary<Guid, TenantBuckets> _tenants = new();
    private readonly Lock _trimming = new();
    private int _count;

    /// <summary>The number of buckets of sources that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    private double Now => (double)time.GetTimestamp() / time.TimestampFrequency;

    /// <summary>
    /// Takes the cost of a request, before its body is read. Refuses if the key or the source has less than one event left, so that a
    /// spent source costs no more than this check.
    /// </summary>
    public RateRefusal? Admit(in RateSubject subject) => TryTake(in subject, RateCost.Request, needed: 1);

    /// <summary>
    /// Takes the rest of the cost of an admitted request (<see cref="RateCost.Of"/>). If that is refused, only its bytes are charged, and
    /// only to its source if that is known: a stranger who sends bodies that aren't stored must not spend the key of all others.
    /// </summary>
    /// <param name="subject">The key and the source.</param>
    /// <param name="events">The events to store, 0 or more. Without events, the bytes are charged and nothing is refused.</param>
    /// <param name="bytes">The bytes of the body, decompressed.</param>
    public RateRefusal? Take(in RateSubject subject, int events, long bytes)
    {
        var rest = RateCost.Of(events, bytes) - RateCost.Request;
        var refusal = events == 0 ? null : TryTake(in subject, rest, rest);
        if (refusal is not null || events == 0)
            Charge(in subject, RateCost.Of(0, bytes) - RateCost.Request, isStored: false);
        return refusal;
    }

    /// <summary>Gives back a part of what a request took.</summary>
    public void GiveBack(in RateSubject subject, double tokens) => Charge(in subject, -tokens);

    private RateRefusal? TryTake(in RateSubject subject, double tokens, double needed)
    {
        var now = Now;
        while (true)
        {
            var tenant = _tenants.GetOrAdd(subject.TenantId, static _ => new());
            lock (tenant)
            {
                if (tenant.IsRemoved)
                    continue;
                if (tenant.FindRefusal(in subject, needed, now) is { } refusal)
                    return refusal;
                Charge_NeedsLock(tenant, in subject, tokens, now);
            }

            if (Count > buckets)
                TrimAll(now);
            return null;
        }
    }

    private void Charge(in RateSubject subject, double tokens, bool isStored = true)
    {
        if (tokens == 0 || !_tenants.TryGetValue(subject.TenantId, out var tenant))
            return;
        var now = Now;
        lock (tenant)
        {
            // If it was removed since the request was admitted, all of its buckets were full.
            if (!tenant.IsRemoved)
                Charge_NeedsLock(tenant, in subject, tokens, now, isStored);
        }

        if (Count > buckets)
            TrimAll(now);
    }

    private void Charge_NeedsLock(TenantBuckets tenant, in RateSubject subject, double tokens, double now, bool isStored = true)
    {
        var added = tenant.Charge(in subject, tokens, now, isStored);
        if (added > 0 && tenant.Count > bucketsPerTenant)
            added -= tenant.Trim(bucketsPerTenant * 3 / 4, now);
        Interlocked.Add(ref _count, added);
    }

    /// <summary>Removes a quarter of all buckets: first those that are full, then those of the tenants with the most.</summary>
    private void TrimAll(double now)
    {
        // One thread is enough; the others proceed.
        if (!_trimming.TryEnter())
            return;
        try
        {
            var counts = new List<int>();
            foreach (var (id, tenant) in _tenants)
            {
                lock (tenant)
                {
                    Interlocked.Add(ref _count, -tenant.Trim(int.MaxValue, now));
                    tenant.IsRemoved = tenant.IsEmpty;
                    if (tenant.IsRemoved)
                        _tenants.TryRemove(new(id, tenant));
                    counts.Add(tenant.Count);
                }
            }

            var most = LevelOf(counts, buckets * 3 / 4);
            foreach (var tenant in _tenants.Values)
            {
                lock (tenant)
                    Interlocked.Add(ref _count, -tenant.Trim(most, now));
            }
        }
        finally
        {
            _trimming.Exit();
        }
    }

    /// <summary>
    /// Returns the largest number that each may keep at most, so that all together keep no more than <paramref name="total"/>.
    /// </summary>
    internal static int LevelOf(List<int> counts, int total)
    {
        counts.Sort();
        var left = total;
        for (var i = 0; i < counts.Count; i++)
        {
            var level = left / (counts.Count - i);
            if (counts[i] > level)
                return level;
            left -= counts[i];
        }

        return int.MaxValue;
    }

    /// <summary>The buckets of one tenant. Guarded by a lock on the object.</summary>
    private sealed class TenantBuckets
    {
        private const int SecondsPerDay = 86_400;
        private const int BurstSeconds = 60;
        private const int MaxDebtSeconds = 2 * SecondsPerDay;

        // There are as many as keys, so these aren't bounded.
        private readonly Dictionary<Guid, TokenBucket> _keys = [];
        private readonly Dictionary<(DataEnvironment, NetworkSize, long), TokenBucket> _sources = [];

        public bool IsRemoved { get; set; }

        public int Count => _sources.Count;

        public bool IsEmpty => _keys.Count == 0 && _sources.Count == 0;

        public RateRefusal? FindRefusal(in RateSubject subject, double tokens, double now)
        {
            var key = subject.Rates.KeyEventsPerSecond;
            var (_, wait) = _keys.GetValueOrDefault(subject.KeyId).Take(tokens, (double)key * BurstSeconds, key, now);
            if (wait > 0)
                return new("key", TimeSpan.FromSeconds(wait));
            for (var size = NetworkSize.Address; size <= NetworkSize.Network; size++)
            {
                if (subject.Source.Of(size) is not (not 0 and var source))
                    continue;
                var perDay = (double)subject.Rates.SourceEventsPerDay * SourceNetworks.Factor(size);
                (_, wait) = _sources.GetValueOrDefault((subject.Environment, size, source))
                    .Take(tokens, perDay, perDay / SecondsPerDay, now);
                if (wait > 0)
                    return new(size.Code(), TimeSpan.FromSeconds(wait));
            }

            return null;
        }

        /// <summary>Takes tokens from all buckets of a subject. Returns how many buckets of sources were added.</summary>
        public int Charge(in RateSubject subject, double tokens, double now, bool isStored)
        {
            var before = _sources.Count;
            if (isStored || !subject.Source.IsKnown)
                _keys[subject.KeyId] = _keys.GetValueOrDefault(subject.KeyId).Charge(tokens, subject.Rates.KeyEventsPerSecond, now);
            for (var size = NetworkSize.Address; size <= NetworkSize.Network; size++)
            {
                if (subject.Source.Of(size) is not (not 0 and var source))
                    continue;
                var id = (subject.Environment, size, source);
                var perSecond = (double)subject.Rates.SourceEventsPerDay * SourceNetworks.Factor(size) / SecondsPerDay;
                var bucket = _sources.GetValueOrDefault(id);
                var charged = bucket.Charge(tokens, perSecond, now);
                // Others may share the address, so what isn't stored leads to a bounded debt.
                _sources[id] = isStored || charged.FullAt <= now + MaxDebtSeconds
                    ? charged
                    : new(Math.Max(bucket.FullAt, now + MaxDebtSeconds));
            }

            return _sources.Count - before;
        }

        /// <summary>
        /// Removes full buckets, and then those of sources that are the least spent, until <paramref name="most"/> are left. Returns how
        /// many buckets of sources were removed.
        /// </summary>
        public int Trim(int most, double now)
        {
            var before = _sources.Count;
            foreach (var (id, bucket) in _keys)
            {
                if (bucket.FullAt <= now)
                    _keys.Remove(id);
            }

            foreach (var (id, bucket) in _sources)
            {
                if (bucket.FullAt <= now)
                    _sources.Remove(id);
            }

            if (_sources.Count > most)
            {
                foreach (var (id, _) in _sources.OrderBy(source => source.Value.FullAt).Take(_sources.Count - most).ToArray())
                    _sources.Remove(id);
            }

            Debug.Assert(_sources.Count <= most, "No more are left than may be.");
            return before - _sources.Count;
        }
    }
}

/// <summary>The refusal of a request whose rate is spent.</summary>
/// <param name="Bound">Which rate: that of a <c>key</c>, or of a <c>source</c>, <c>site</c> or <c>network</c>.</param>
/// <param name="RetryAfter">The time after which it will be accepted, if nothing else is sent.</param>
public sealed record RateRefusal(string Bound, TimeSpan RetryAfter);
