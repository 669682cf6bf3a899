using System.Collections.Concurrent;
using System.Net;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Keys;

/// <summary>
/// Finds the project of a key: a bounded cache over the store. Unknown keys have a cache of their own, so that many requests with one
/// don't reach the database, and different ones can't remove known keys; and a source that sends many is refused
/// (<see cref="UnknownCredentials"/>). Entries expire after <see cref="Limits.CachedKeyAge"/>, which is how long a revoked key may still be
/// accepted.
/// </summary>
public sealed class KeyRing(IKeyLookup store, UnknownCredentials unknown, TimeProvider time)
{
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();
    private readonly ConcurrentDictionary<UInt128, long> _unknown = new();

    /// <summary>Finds a key with its project.</summary>
    /// <param name="presented">The text that was presented as a key.</param>
    /// <param name="source">The address that presents it, or <c>null</c> if it isn't known.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StorageUnavailableException">The store is unavailable and the key isn't cached.</exception>
    public ValueTask<KeyLookUp> FindAsync(string presented, IPAddress? source, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(presented, out _))
            return new(KeyLookUp.Unknown);

        var hash = ApiKey.Hash(presented);
        // Half of the SHA-256: a collision of 128 bits is not feasible.
        var id = UnknownCredentials.IdOf(hash);
        var now = time.GetTimestamp();
        if (_entries.TryGetValue(id, out var entry) && time.GetElapsedTime(entry.LookedUpAt, now) < Limits.CachedKeyAge)
        {
            // One caller renews an entry past half its lifetime while the others use it, so that no request waits for a look-up under load.
            if (time.GetElapsedTime(entry.LookedUpAt, now) > Limits.CachedKeyAge / 2 && entry.TryStartRenewal())
                _ = RenewAsync(id, hash, now);
            return entry.FoundAsync(cancellationToken);
        }

        if (_unknown.TryGetValue(id, out var missingSince) && time.GetElapsedTime(missingSince, now) < Limits.CachedKeyAge)
            return new(KeyLookUp.Unknown);

        var lookUp = unknown.Begin(id, source);
        if (lookUp.RetryAfter is { } wait)
            return new(new KeyLookUp(null, wait));
        var mine = new Entry(now);
        var current = _entries.AddOrUpdate(
            id, mine, (_, other) => time.GetElapsedTime(other.LookedUpAt, now) < Limits.CachedKeyAge ? other : mine);
        if (ReferenceEquals(current, mine))
        {
            EvictIfFull();
            _ = LookUpAsync(lookUp, hash, mine);
        }
        else
        {
            // Another request looks the same key up.
            unknown.End(in lookUp, isKnown: null);
        }

        return current.FoundAsync(cancellationToken);
    }

    /// <summary>
    /// Finds a known key with its project as they are now, for reads that must show the latest change of the project. Unknown keys are
    /// cached as in <see cref="FindAsync"/>.
    /// </summary>
    /// <param name="presented">The text that was presented as a key.</param>
    /// <param name="source">The address that presents it, or <c>null</c> if it isn't known.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    public async ValueTask<KeyLookUp> FindCurrentAsync(string presented, IPAddress? source, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(presented, out _))
            return KeyLookUp.Unknown;
        var hash = ApiKey.Hash(presented);
        var id = UnknownCredentials.IdOf(hash);
        var isCached = _entries.ContainsKey(id);
        var key = await FindAsync(presented, source, cancellationToken).ConfigureAwait(false);
        if (!isCached || key.Key is null)
            return key;
        var current = new Entry(time.GetTimestamp());
        await RenewAsync(id, hash, current).ConfigureAwait(false);
        return new(await current.Result.ConfigureAwait(false), null);
    }

    private Task RenewAsync(UInt128 id, byte[] hash, long now) => RenewAsync(id, hash, new Entry(now));

    private async Task RenewAsync(UInt128 id, byte[] hash, Entry renewed)
    {
        // The key was found a moment ago, so the look-up isn't charged.
        await LookUpAsync(new(id, default, null), hash, renewed).ConfigureAwait(false);
        if (renewed.Result.IsCompletedSuccessfully && await renewed.Result.ConfigureAwait(false) is not null)
            _entries[id] = renewed;
    }

    private async Task LookUpAsync(CredentialLookUp lookUp, byte[] hash, Entry entry)
    {
        try
        {
            var key = await store.FindKeyAsync(hash, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
            unknown.End(in lookUp, isKnown: key is not null);
            if (key is null)
                RememberUnknown(lookUp.Id, entry.LookedUpAt);
            entry.Complete(key);
        }
        catch (Exception e)
        {
            // The fault is thrown to the waiting callers and not cached, so that the next caller looks the key up again.
            unknown.End(in lookUp, isKnown: null);
            _entries.TryRemove(new(lookUp.Id, entry));
            entry.Fail(e);
        }
    }

    private void RememberUnknown(UInt128 id, long lookedUpAt)
    {
        _unknown[id] = lookedUpAt;
        _entries.TryRemove(id, out _);
        if (_unknown.Count <= Limits.CachedUnknownKeys)
            return;
        foreach (var other in _unknown.Keys.Take(Limits.CachedUnknownKeys / 2))
            _unknown.TryRemove(other, out _);
    }

    private void EvictIfFull()
    {
        if (_entries.Count <= Limits.CachedKeys)
            return;
        // Any entry may be evicted, because entries live for seconds only; the first half in bucket order is as good as any other.
        foreach (var id in _entries.Keys.Take(Limits.CachedKeys / 2))
            _entries.TryRemove(id, out _);
    }

    private sealed class Entry(long lookedUpAt)
    {
        private readonly TaskCompletionSource<ProjectKey?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _renewing;

        public long LookedUpAt { get; } = lookedUpAt;

        public Task<ProjectKey?> Result => _result.Task;

        public ValueTask<KeyLookUp> FoundAsync(CancellationToken cancellationToken) =>
            Result.IsCompletedSuccessfully ? new(new KeyLookUp(Result.Result, null)) : WaitAsync(cancellationToken);

        public bool TryStartRenewal() => Result.IsCompletedSuccessfully && Interlocked.Exchange(ref _renewing, 1) == 0;

        public void Complete(ProjectKey? key) => _result.SetResult(key);

        public void Fail(Exception fault)
        {
            _result.SetException(fault);
            _ = _result.Task.Exception; // Observed, because no caller awaits a failed renewal.
        }

        private async ValueTask<KeyLookUp> WaitAsync(CancellationToken cancellationToken) =>
            new(await Result.WaitAsync(cancellationToken).ConfigureAwait(false), null);
    }
}

/// <summary>The result of looking a key up.</summary>
/// <param name="Key">The key, or <c>null</c> if it is unknown or revoked, isn't one, or wasn't looked up.</param>
/// <param name="RetryAfter">
/// The time after which it will be looked up if the source presented too many unknown keys, otherwise <c>null</c>.
/// </param>
public readonly record struct KeyLookUp(ProjectKey? Key, TimeSpan? RetryAfter)
{
    /// <summary>The result for an unknown key.</summary>
    public static KeyLookUp Unknown => default;
}
