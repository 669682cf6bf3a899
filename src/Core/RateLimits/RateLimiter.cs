using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits the rates of keys, and of sources within tenants, in this process. A request takes its cost before its events are stored
/// (<see cref="Admit"/>, <see cref="Reserve"/>, <see cref="Take"/>) and gets back what wasn't used. A key has a bucket that fills evenly.
/// A source has a number of events for each UTC day, so no day has more; what it didn't use, it doesn't have on the next one.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="part">The part of the rates that is granted.</param>
/// <param name="buckets">
/// The maximum number of buckets of sources. If exceeded, the tenants with the most lose those that are the least spent, so a tenant
/// with few buckets keeps them.
/// </param>
/// <param name="bucketsPerTenant">The maximum of one tenant.</param>
public sealed class RateLimiter(
    TimeProvider time, double part = 1, int buckets = Limits.RateBuckets, int bucketsPerTenant = Limits.RateBucketsPerTenant)
{
    private readonly ConcurrentDictionary<Guid, TenantBuckets> _tenants = new();
    private readonly Lock _trimming = new();
    private int _count;

    /// <summary>The number of buckets of sources that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    private double Now => (double)time.GetTimestamp() / time.TimestampFrequency;

    private int Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber;

    /// <summary>
    /// Takes the cost of a request, before its body is read. Refuses if the key has less than one event left, or the source nothing, so
    /// that a spent source costs no more than this check.
    /// </summary>
    /// <param name="subject">The key and the source.</param>
    /// <param name="reserved">The bytes of the body if they are known. They are charged to the source until the request is settled.</param>
    public RateRefusal? Admit(in RateSubject subject, long reserved = 0)
    {
        var paid = Paid(in subject, reserved);
        return TryTake(in subject, paid, needed: new(1, 1), held: default);
    }

    /// <summary>
    /// Charges more bytes of an admitted request to its source, before they are decompressed and parsed. Refuses if the source has nothing
    /// left, because requests that were admitted at the same time have used it.
    /// </summary>
    /// <param name="subject">The key and the source.</param>
    /// <param name="bytes">The expected bytes of the body, decompressed.</param>
    /// <param name="reserved">Those that were reserved before.</param>
    public RateRefusal? Reserve(in RateSubject subject, long bytes, long reserved)
    {
        var paid = Paid(in subject, reserved);
        return TryTake(in subject, Paid(in subject, bytes) - paid, needed: new(0, 1), held: paid);
    }

    /// <summary>
    /// Takes the rest of the cost of an admitted request (<see cref="RateCost.Of"/>). If that is refused, only its bytes are charged, and
    /// only to its source if that is known: a stranger who sends bodies that aren't stored must not spend the key of all others.
    /// </summary>
    /// <param name="subject">The key and the source.</param>
    /// <param name="events">The events to store, 0 or more. Without events, the bytes are charged and nothing is refused.</param>
    /// <param name="bytes">The bytes of the body, decompressed.</param>
    /// <param name="reserved">The bytes that were reserved.</param>
    public RateRefusal? Take(in RateSubject subject, int events, long bytes, long reserved = 0)
    {
        var (paid, cost) = (Paid(in subject, reserved), RateCost.Of(events, bytes));
        var rest = new Tokens(cost, cost) - paid;
        var refusal = events == 0 ? null : TryTake(in subject, rest, new(rest.OfKey, cost), paid);
        if (refusal is not null || events == 0)
            Charge(in subject, Paid(in subject, bytes) - paid);
        return refusal;
    }

    /// <summary>Gives back a part of what a request took.</summary>
    public void GiveBack(in RateSubject subject, double tokens) => Charge(in subject, default(Tokens) - new Tokens(tokens, tokens));

    /// <summary>Gives back all that a request took when it was admitted.</summary>
    /// <param name="subject">The key and the source.</param>
    /// <param name="reserved">The bytes that were reserved.</param>
    public void GiveBackAdmission(in RateSubject subject, long reserved) =>
        Charge(in subject, default(Tokens) - Paid(in subject, reserved));

    /// <summary>Returns what is charged for a request before its events are: bytes only to the source if that is known.</summary>
    private static Tokens Paid(in RateSubject subject, long bytes)
    {
        var cost = RateCost.Of(0, bytes);
        return new(subject.Source.IsKnown ? RateCost.Request : cost, cost);
    }

    private RateRefusal? TryTake(in RateSubject subject, Tokens tokens, Tokens needed, Tokens held)
    {
        var now = Now;
        while (true)
        {
            var tenant = _tenants.GetOrAdd(subject.TenantId, static _ => new());
            lock (tenant)
            {
                if (tenant.IsRemoved)
                    continue;
                if (FindRefusal_NeedsLock(tenant, in subject, needed, held, now) is { } refusal)
                    return refusal;
                Charge_NeedsLock(tenant, in subject, tokens, now);
            }

            if (Count > buckets)
                TrimAll(now);
            return null;
        }
    }

    private RateRefusal? FindRefusal_NeedsLock(TenantBuckets tenant, in RateSubject subject, Tokens needed, Tokens held, double now)
    {
        if (tenant.FindWait(in subject, needed.OfKey, part, now) is > 0 and var wait)
            return new("key", TimeSpan.FromSeconds(wait));
        if (tenant.FindSpent(in subject, needed.OfSource, held.OfSource, part) is not { } spent)
            return null;
        var utc = time.GetUtcNow().UtcDateTime;
        return new(spent.Code(), utc.Date.AddDays(1) - utc);
    }

    private void Charge(in RateSubject subject, Tokens tokens)
    {
        if (tokens == default || !_tenants.TryGetValue(subject.TenantId, out var tenant))
            return;
        var now = Now;
        lock (tenant)
        {
            // If it was removed since the request was admitted, nothing of its buckets was spent.
            if (!tenant.IsRemoved)
                Charge_NeedsLock(tenant, in subject, tokens, now);
        }

        if (Count > buckets)
            TrimAll(now);
    }

    private void Charge_NeedsLock(TenantBuckets tenant, in RateSubject subject, Tokens tokens, double now)
    {
        var added = tenant.Charge(in subject, tokens, part, now);
        if (added > 0 && tenant.Count > bucketsPerTenant)
            added -= tenant.Trim(bucketsPerTenant * 3 / 4, now, Today);
        Interlocked.Add(ref _count, added);
    }

    /// <summary>Removes a quarter of all buckets: first those of former days, then those of the tenants with the most.</summary>
    private void TrimAll(double now)
    {
        // One thread is enough; the others proceed.
        if (!_trimming.TryEnter())
            return;
        try
        {
            var (counts, today) = (new List<int>(), Today);
            foreach (var (id, tenant) in _tenants)
            {
                lock (tenant)
                {
                    Interlocked.Add(ref _count, -tenant.Trim(int.MaxValue, now, today));
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
                    Interlocked.Add(ref _count, -tenant.Trim(most, now, today));
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

    /// <summary>Tokens of a key and of a source.</summary>
    private readonly record struct Tokens(double OfKey, double OfSource)
    {
        public static Tokens operator -(Tokens a, Tokens b) => new(a.OfKey - b.OfKey, a.OfSource - b.OfSource);
    }

    /// <summary>A UTC day of a source, or of a network that contains it.</summary>
    private readonly record struct SourceDay(int Day, DataEnvironment Environment, NetworkSize Size, long Source);

    /// <summary>The buckets of one tenant. Guarded by a lock on the object.</summary>
    private sealed class TenantBuckets
    {
        private const int BurstSeconds = 60;

        // An event costs at least one token, so if less than one token more than a day's was charged, no more than a day's events were
        // stored. Otherwise, the little that a request costs would refuse a batch with all events of a day.
        private const double Tolerance = 1 - 1e-6;

        // There are as many as keys, so these aren't bounded.
        private readonly Dictionary<Guid, TokenBucket> _keys = [];

        // What was charged.
        private readonly Dictionary<SourceDay, double> _sources = [];

        public bool IsRemoved { get; set; }

        public int Count => _sources.Count;

        public bool IsEmpty => _keys.Count == 0 && _sources.Count == 0;

        /// <summary>Returns the seconds after which the key has the tokens, or 0.</summary>
        public double FindWait(in RateSubject subject, double tokens, double part, double now)
        {
            var rate = subject.Rates.KeyEventsPerSecond * part;
            return tokens == 0 ? 0 : _keys.GetValueOrDefault(subject.KeyId).Take(tokens, rate * BurstSeconds, rate, now).WaitSeconds;
        }

        /// <summary>
        /// Returns the smallest network that doesn't have the tokens left today, or <c>null</c>. A request for more than a day's needs a
        /// whole day, because otherwise it could never succeed.
        /// </summary>
        public NetworkSize? FindSpent(in RateSubject subject, double tokens, double held, double part)
        {
            for (var size = NetworkSize.Address; size <= NetworkSize.Network; size++)
            {
                if (subject.Source.Of(size) is not (not 0 and var source))
                    continue;
                var perDay = subject.Rates.SourceEventsPerDay * part * SourceNetworks.Factor(size);
                var used = _sources.GetValueOrDefault(new(subject.Day, subject.Environment, size, source)) - held;
                if (used + Math.Min(tokens, perDay) > perDay + Tolerance)
                    return size;
            }

            return null;
        }

        /// <summary>Takes tokens from all buckets of a subject. Returns how many buckets of sources were added.</summary>
        public int Charge(in RateSubject subject, Tokens tokens, double part, double now)
        {
            var before = _sources.Count;
            if (tokens.OfKey != 0)
            {
                var rate = subject.Rates.KeyEventsPerSecond * part;
                _keys[subject.KeyId] = _keys.GetValueOrDefault(subject.KeyId).Charge(tokens.OfKey, rate, now);
            }

            for (var size = NetworkSize.Address; size <= NetworkSize.Network; size++)
            {
                if (subject.Source.Of(size) is not (not 0 and var source) || tokens.OfSource == 0)
                    continue;
                ref var used = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    _sources, new(subject.Day, subject.Environment, size, source), out _);
                used = Math.Max(0, used + tokens.OfSource);
            }

            return _sources.Count - before;
        }

        /// <summary>
        /// Removes the buckets of former days, and then those of sources that are the least spent, until <paramref name="most"/> are left.
        /// Returns how many buckets of sources were removed.
        /// </summary>
        public int Trim(int most, double now, int today)
        {
            var before = _sources.Count;
            foreach (var (id, bucket) in _keys)
            {
                if (bucket.FullAt <= now)
                    _keys.Remove(id);
            }

            foreach (var (id, used) in _sources)
            {
                if (id.Day < today || used == 0)
                    _sources.Remove(id);
            }

            if (_sources.Count > most)
            {
                var leastSpent = _sources.OrderBy(source => source.Value / SourceNetworks.Factor(source.Key.Size));
                foreach (var (id, _) in leastSpent.Take(_sources.Count - most).ToArray())
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
