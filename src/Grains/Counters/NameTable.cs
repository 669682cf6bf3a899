namespace TelemetryKit.Grains.Counters;

/// <summary>Something that is kept by name.</summary>
internal interface INamed
{
    TallyName Name { get; }

    long EstimatedBytes { get; }
}

/// <summary>
/// Things by name, at most so many: those whose names come first in the order of <see cref="TallyName.CompareTo"/>, a stable hash.
/// <para>
/// Keeping the K smallest hashes, and not the K largest counts or the K that came first, is what makes merging exact and independent of order. A
/// name among the K smallest of a union is among the K smallest of every part it occurs in, for a part has no more names before it than the union.
/// So no part can have evicted it, and what is kept has counted each of its events, however the events were cut into parts and in whatever order the parts were merged.
/// </para>
/// </summary>
internal sealed class NameTable<T>(int bound)
    where T : class, INamed
{
    // In the order of their names, so that what is past the bound is always the last and writing needs no sorting.
    private ulong[] _hashes = [];
    private T[] _items = [];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public long EstimatedBytes
    {
        get
        {
            var bytes = 64 + (_hashes.Length * 16L);
            foreach (var item in Items)
                bytes += item.EstimatedBytes;
            return bytes;
        }
    }

    /// <summary>The index of a name, or the complement of where it belongs.</summary>
    public int Search(in TallyName name)
    {
        var at = Count <= 8 ? Scan(name.Hash) : LowerBound(name.Hash);
        for (; at < Count && _hashes[at] == name.Hash; at++)
        {
            var order = _items[at].Name.CompareTo(name);
            if (order == 0)
                return at;
            if (order > 0)
                break;
        }

        return ~at;
    }

    public T? Find(in TallyName name)
    {
        var at = Search(name);
        return at < 0 ? null : _items[at];
    }

    /// <summary>Whether a new name that belongs at <paramref name="at"/> is kept.</summary>
    public bool Keeps(int at) => at < bound;

    /// <summary>Inserts an item where <see cref="Search"/> said it belongs. At the bound, the last one goes.</summary>
    public void Insert(int at, T item)
    {
        if (Count == bound)
        {
            Count--;
        }
        else if (Count == _items.Length)
        {
            var size = Math.Min(bound, Math.Max(1, Count * 2));
            Array.Resize(ref _hashes, size);
            Array.Resize(ref _items, size);
        }

        Array.Copy(_hashes, at, _hashes, at + 1, Count - at);
        Array.Copy(_items, at, _items, at + 1, Count - at);
        _hashes[at] = item.Name.Hash;
        _items[at] = item;
        Count++;
    }

    /// <summary>Forgets the items from index <paramref name="from"/> on.</summary>
    public void CutAt(int from)
    {
        Array.Clear(_items, from, Count - from);
        Count = from;
    }

    private int Scan(ulong hash)
    {
        var at = 0;
        while (at < Count && _hashes[at] < hash)
            at++;
        return at;
    }

    private int LowerBound(ulong hash)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_hashes[middle] < hash)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
