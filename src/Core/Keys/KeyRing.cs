using System.Buffers.Binary;
using System.Collections.Concurrent;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Keys;

/// <summary>
/// Finds the project of a key: a bounded cache over the store that remembers unknown keys too, so a flood of a bad key never
/// reaches the database. An answer is trusted for <see cref="Limits.CachedKeyAge"/>, which is how fast a revoked key stops everywhere.
/// </summary>
public sealed class KeyRing(IKeyLookup store, TimeProvider time)
{
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();

    /// <summary>The key's project, or <c>null</c> where the text is no key, or an unknown or revoked one.</summary>
    /// <exception cref="StorageUnavailableException">The store is away and the key isn't remembered.</exception>
    public ValueTask<ProjectKey?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(presented, out _))
            return new((ProjectKey?)null);

        var hash = ApiKey.Hash(presented);
        // Half of a SHA-256: nobody finds two keys that share 128 bits.
        var id = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        var now = time.GetTimestamp();
        if (_entries.TryGetValue(id, out var entry) && time.GetElapsedTime(entry.AskedAt, now) < Limits.CachedKeyAge)
        {
            // One caller renews an entry that is half its age, while the others go on with it: no request waits for a look-up under load.
            if (time.GetElapsedTime(entry.AskedAt, now) > Limits.CachedKeyAge / 2 && entry.TryClaimRenewal())
                _ = RenewAsync(id, hash, now);
            return new(entry.Answer.WaitAsync(cancellationToken));
        }

        var mine = new Entry(now);
        var current = _entries.AddOrUpdate(id, mine, (_, other) => time.GetElapsedTime(other.AskedAt, now) < Limits.CachedKeyAge ? other : mine);
        if (ReferenceEquals(current, mine))
        {
            ForgetSomeWhenFull();
            _ = LookUpAsync(id, hash, mine);
        }

        return new(current.Answer.WaitAsync(cancellationToken));
    }

    private async Task RenewAsync(UInt128 id, byte[] hash, long now)
    {
        var renewed = new Entry(now);
        await LookUpAsync(id, hash, renewed).ConfigureAwait(false);
        if (renewed.Answer.IsCompletedSuccessfully)
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
            // A fault is told to those who wait now and forgotten, so that the next caller asks again.
            _entries.TryRemove(new(id, entry));
            entry.Fail(e);
        }
    }

    private void ForgetSomeWhenFull()
    {
        if (_entries.Count <= Limits.CachedKeys)
            return;
        // A cache of 4-second answers may forget anything at any time; the first half in bucket order is as good as any.
        foreach (var id in _entries.Keys.Take(Limits.CachedKeys / 2))
            _entries.TryRemove(id, out _);
    }

    private sealed class Entry(long askedAt)
    {
        private readonly TaskCompletionSource<ProjectKey?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _renewing;

        public long AskedAt { get; } = askedAt;

        public Task<ProjectKey?> Answer => _answer.Task;

        public bool TryClaimRenewal() => Answer.IsCompletedSuccessfully && Interlocked.Exchange(ref _renewing, 1) == 0;

        public void Complete(ProjectKey? key) => _answer.SetResult(key);

        public void Fail(Exception fault)
        {
            _answer.SetException(fault);
            _ = _answer.Task.Exception; // Observed: a failed renewal has nobody waiting.
        }
    }
}
