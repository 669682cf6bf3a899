namespace TelemetryKit.Core.Text;

/// <summary>
/// Caches objects that are created from UTF-8 texts, so that frequent words (types, commands, versions, keys) share one object and need
/// no allocation. Bounded, and thread-safe without a lock: an entry is only replaced as a whole.
/// <para>
/// A text is added when it occurs for the second time (the first time only leaves a fingerprint), so a stream of unique texts doesn't
/// flush the cache. The cache is 4-way set-associative; an entry that was not used recently is evicted first.
/// </para>
/// </summary>
/// <typeparam name="T">The type of the cached objects.</typeparam>
internal sealed class Utf8Cache<T>
    where T : class
{
    private const int Ways = 4;
    private readonly Entry?[] _entries;
    private readonly uint[] _seenOnce;
    private readonly int _longest;
    private readonly Func<ReadOnlySpan<byte>, T> _make;

    /// <summary>Creates a cache.</summary>
    /// <param name="capacity">The maximum number of texts; a power of two, 4 or more.</param>
    /// <param name="longest">The maximum length of a text in bytes. Capacity times this bounds the memory.</param>
    /// <param name="make">Creates the object for a text.</param>
    public Utf8Cache(int capacity, int longest, Func<ReadOnlySpan<byte>, T> make)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity) || capacity < Ways)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "The capacity must be a power of two, 4 or more.");
        _entries = new Entry?[capacity];
        _seenOnce = new uint[capacity];
        _longest = longest;
        _make = make;
    }

    /// <summary>The number of cached texts.</summary>
    public int Count => _entries.Count(e => e is not null);

    /// <summary>
    /// Returns the object for a text, or <c>null</c> if the text is too long or hasn't occurred often enough; then the caller creates its
    /// own.
    /// </summary>
    public T? Find(ReadOnlySpan<byte> utf8) => utf8.Length > _longest ? null : Find(utf8, Utf8Hash.Compute(utf8));

    /// <summary>As <see cref="Find(ReadOnlySpan{byte})"/>, with the text's <see cref="Utf8Hash"/> already computed.</summary>
    public T? Find(ReadOnlySpan<byte> utf8, ulong hash)
    {
        var set = (int)hash & (_entries.Length - 1) & ~(Ways - 1);
        var entries = _entries.AsSpan(set, Ways);
        foreach (var entry in entries)
        {
            if (entry is not null && entry.Hash == hash && utf8.SequenceEqual(entry.Key))
            {
                // Written only if it changes, so that the cache line of a frequent word stays shared between processors.
                if (!entry.RecentlyUsed)
                    entry.RecentlyUsed = true;
                return entry.Value;
            }
        }

        return utf8.Length > _longest ? null : Miss(utf8, hash, entries);
    }

    private T? Miss(ReadOnlySpan<byte> utf8, ulong hash, Span<Entry?> entries)
    {
        ref var seen = ref _seenOnce[(int)(hash >> 20) & (_seenOnce.Length - 1)];
        var fingerprint = (uint)(hash >> 32);
        if (seen != fingerprint)
        {
            seen = fingerprint;
            return null;
        }

        var added = new Entry(hash, utf8.ToArray(), _make(utf8));
        entries[SelectSlot(entries, hash)] = added;
        return added.Value;
    }

    private static int SelectSlot(Span<Entry?> entries, ulong hash)
    {
        var idle = -1;
        for (var i = 0; i < Ways; i++)
        {
            if (entries[i] is not { } entry)
                return i;
            if (!entry.RecentlyUsed)
                idle = i;
            entry.RecentlyUsed = false;
        }

        return idle >= 0 ? idle : (int)(hash >> 60) & (Ways - 1);
    }

    private sealed class Entry(ulong hash, byte[] key, T value)
    {
        public readonly ulong Hash = hash;
        public readonly byte[] Key = key;
        public readonly T Value = value;
        public bool RecentlyUsed = true;
    }
}
