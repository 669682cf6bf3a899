namespace TelemetryKit.Core.Text;

/// <summary>
/// Finds what was made of a UTF-8 text before, so that the words that come in every event (types, commands, versions, keys) are
/// one object in memory
/// and cost no allocation. Bounded whatever comes in, and safe from many threads without a lock: a place of the table is only
/// ever replaced as a whole.
/// <para>
/// A text is taken in when it comes for the second time (the first leaves only a fingerprint), so a stream of texts that never
/// repeat does not flush the
/// table. Each text may stand in one of four places; when they are taken, one that was not used of late makes room.
/// </para>
/// </summary>
/// <typeparam name="T">What is kept for a text.</typeparam>
internal sealed class Utf8Cache<T>
    where T : class
{
    private const int Ways = 4;
    private readonly Entry?[] _entries;
    private readonly uint[] _seenOnce;
    private readonly int _longest;
    private readonly Func<ReadOnlySpan<byte>, T> _make;

    /// <summary>Makes a cache.</summary>
    /// <param name="capacity">Most texts it keeps; a power of two.</param>
    /// <param name="longest">Bytes of the longest text it keeps. Capacity times this bounds its memory.</param>
    /// <param name="make">Makes what is kept for a text.</param>
    public Utf8Cache(int capacity, int longest, Func<ReadOnlySpan<byte>, T> make)
    {
        if (!System.Numerics.BitOperations.IsPow2(capacity) || capacity < Ways)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "must be a power of two, 4 or more");
        _entries = new Entry?[capacity];
        _seenOnce = new uint[capacity];
        _longest = longest;
        _make = make;
    }

    /// <summary>Texts it keeps now.</summary>
    public int Count => _entries.Count(e => e is not null);

    /// <summary>
    /// What is kept for the text; <c>null</c> where the text is too long or hasn't come often enough: then the caller makes its
    /// own.
    /// </summary>
    public T? Find(ReadOnlySpan<byte> utf8) => utf8.Length > _longest ? null : Find(utf8, Utf8Hash.Compute(utf8));

    /// <summary>The same, with the text's <see cref="Utf8Hash"/> at hand.</summary>
    public T? Find(ReadOnlySpan<byte> utf8, ulong hash)
    {
        var set = (int)hash & (_entries.Length - 1) & ~(Ways - 1);
        var entries = _entries.AsSpan(set, Ways);
        foreach (var entry in entries)
        {
            if (entry is not null && entry.Hash == hash && utf8.SequenceEqual(entry.Key))
            {
                // Written only where it changes, so that a word all threads use stays in all their caches.
                if (!entry.UsedOfLate)
                    entry.UsedOfLate = true;
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
        entries[FreePlace(entries, hash)] = added;
        return added.Value;
    }

    private static int FreePlace(Span<Entry?> entries, ulong hash)
    {
        var idle = -1;
        for (var i = 0; i < Ways; i++)
        {
            if (entries[i] is not { } entry)
                return i;
            if (!entry.UsedOfLate)
                idle = i;
            entry.UsedOfLate = false;
        }

        return idle >= 0 ? idle : (int)(hash >> 60) & (Ways - 1);
    }

    private sealed class Entry(ulong hash, byte[] key, T value)
    {
        public readonly ulong Hash = hash;
        public readonly byte[] Key = key;
        public readonly T Value = value;
        public bool UsedOfLate = true;
    }
}
