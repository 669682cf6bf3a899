using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TelemetryKit.Core.Counters;

/// <summary>An item of a <see cref="NameTable{T}"/>.</summary>
internal interface INamed
{
    string? Text { get; }

    string? Type { get; }

    /// <summary>The hash of both, as in <see cref="TallyName"/>.</summary>
    ulong Hash { get; }

    /// <summary>Bytes of memory that the item references, without the item itself.</summary>
    long EstimatedBytes { get; }
}

/// <summary>
/// A bounded table of named items: it keeps those whose names are first in the order of <see cref="TallyName.CompareTo"/>, which is by
/// stable hash.
/// <para>
/// Keeping the K smallest hashes, and not the K largest counts or the first K to arrive, makes merging exact and independent of order. A
/// name among the K smallest of a union is among the K smallest of every part it occurs in, because a part has no more names before it
/// than the union. So no part can have evicted it, and the count of a kept name includes each of its events, however the events were
/// split into parts and in whatever order the parts were merged.
/// </para>
/// </summary>
internal class NameTable<T>(int bound)
    where T : INamed
{
    // Sorted by name: the item to evict is always the last one, and serialising needs no sorting.
    private T[] _items = [];

    public int Count { get; private set; }

    public Span<T> Items => _items.AsSpan(0, Count);

    public virtual long EstimatedBytes
    {
        get
        {
            var bytes = 64 + (_items.Length * (long)Unsafe.SizeOf<T>());
            foreach (ref var item in Items)
                bytes += item.EstimatedBytes;
            return bytes;
        }
    }

    public TallyName NameAt(int at) => new(_items[at].Text, _items[at].Type, _items[at].Hash);

    /// <summary>Returns the index of a name, or the complement of the index at which it would be inserted.</summary>
    public int Search(in TallyName name)
    {
        var at = Count <= 8 ? Scan(name.Hash) : LowerBound(name.Hash);
        for (; at < Count && _items[at].Hash == name.Hash; at++)
        {
            if (ReferenceEquals(_items[at].Text, name.Text) && ReferenceEquals(_items[at].Type, name.Type))
                return at;
            var order = NameAt(at).CompareTo(name);
            if (order == 0)
                return at;
            if (order > 0)
                break;
        }

        return ~at;
    }

    /// <summary>Whether a new name that would be inserted at index <paramref name="at"/> is kept.</summary>
    public bool Keeps(int at) => at < bound;

    /// <summary>
    /// Inserts an item at an index that <see cref="Search"/> returned and <see cref="Keeps"/> accepts. A full table evicts its last item.
    /// </summary>
    public void Insert(int at, T item)
    {
        Debug.Assert(at <= Count && Keeps(at), "The index is past the end or past the bound.");
        if (Count == bound)
            Count--;
        else if (Count == _items.Length)
            Reserve(Math.Min(bound, Count == 0 ? 1 : Math.Max(4, Count * 2)));
        if (at < Count)
            Array.Copy(_items, at, _items, at + 1, Count - at);
        _items[at] = item;
        Count++;
    }

    /// <summary>Makes room for <paramref name="size"/> items.</summary>
    public void Reserve(int size)
    {
        if (size > _items.Length)
            Array.Resize(ref _items, size);
    }

    /// <summary>Removes the items from index <paramref name="from"/> on.</summary>
    public void CutAt(int from)
    {
        Array.Clear(_items, from, Count - from);
        Count = from;
    }

    private int Scan(ulong hash)
    {
        var at = 0;
        while (at < Count && _items[at].Hash < hash)
            at++;
        return at;
    }

    private int LowerBound(ulong hash)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_items[middle].Hash < hash)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
