using System.Buffers.Binary;
using System.Collections.Concurrent;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Keys;

/// <summary>
/// Finds the project of a key: a bounded cache over the store. It also caches unknown keys, so that many requests with an invalid key
/// don't reach the database. Entries expire after <see cref="Limits.CachedKeyAge"/>, which is how long a revoked key may still be accepted.
/// </summary>
public sealed class KeyRing(IKeyLookup store, TimeProvider time)
{
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();

    /// <summary>Returns the key with its project, or <c>null</c> if the text isn't a key or the key is unknown or revoked.</summary>
    /// <exception cref="StorageUnavailableException">The store is unavailable and the key isn't cached.</exception>
    public ValueTask<ProjectKey?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(presented, out _))
            return new((ProjectKey?)null);

        var hash = ApiKey.Hash(presented);
        // Half of the SHA-256: a collision of 128 bits is not feasible.
        var id = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        var now = time.GetTimestamp();
        if (_entries.TryGetValue(id, out var entry) && time.GetElapsedTime(entry.LookedUpAt, now) < Limits.CachedKeyAge)
        {
            // One caller renews an entry past half its lifetime while the others use it, so that no request waits for a look-up under load.
            if (time.GetElapsedTime(entry.LookedUpAt, now) > Limits.CachedKeyAge / 2 && entry.TryStartRenewal())
                _ = RenewAsync(id, hash, now);
            return new(entry.Result.WaitAsync(cancellationToken));
        }

        var mine = new Entry(now);
        var current = _entries.AddOrUpdate(
            id, mine, (_, other) => time.GetElapsedTime(other.LookedUpAt, now) < Limits.CachedKeyAge ? other : mine);
        if (ReferenceEquals(current, mine))
        {
            EvictIfFull();
            _ = LookUpAsync(id, hash, mine);
        }

        return new(current.Result.WaitAsync(cancellationToken));
    }

    /// <summary>
    /// Returns a known key with its project as they are now, for reads that must show the latest change of the project. Unknown keys are
    /// cached as in <see cref="FindAsync"/>.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store is unavailable.</exception>
    public async ValueTask<ProjectKey?> FindCurrentAsync(string presented, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(presented, out _))
            return null;
        var hash = ApiKey.Hash(presented);
        var id = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        var isCached = _entries.ContainsKey(id);
        var key = await FindAsync(presented, cancellationToken).ConfigureAwait(false);
        if (!isCached || key is null)
            return key;
        var current = new Entry(time.GetTimestamp());
        await LookUpAsync(id, hash, current).ConfigureAwait(false);
        if (current.Result.IsCompletedSuccessfully)
            _entries[id] = current;
        return await current.Result.ConfigureAwait(false);
    }

    private async Task RenewAsync(UInt128 id, byte[] hash, long now)
    {
        var renewed = new Entry(now);
        await LookUpAsync(id, hash, renewed).ConfigureAwait(false);
        if (renewed.Result.IsCompletedSuccessfully)
            _entries[id] = renewed;
    }

    private async Task LookUpAsync(UInt128 id, byte[] hash, Entry entry)
    {
        try
        {
            entry.Complete(await store.FindKeyAsync(hash, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            // The fault is thrown to the waiting callers and not cached, so that the next caller looks the key up again.
            _entries.TryRemove(new(id, entry));
            entry.Fail(e);
        }
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

        public bool TryStartRenewal() => Result.IsCompletedSuccessfully && Interlocked.Exchange(ref _renewing, 1) == 0;

        public void Complete(ProjectKey? key) => _result.SetResult(key);

        public void Fail(Exception fault)
        {
            _result.SetException(fault);
            _ = _result.Task.Exception; // Observed, because no caller awaits a failed renewal.
        }
    }
}
