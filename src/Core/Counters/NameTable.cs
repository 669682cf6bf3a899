using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TelemetryKit.Core.Counters;

/// <summary>An item of a <see cref="NameTable{T}"/>.</summary>
internal interface INamed
{
    string? Text { get; }

    string? Type { get; }

    /// <summary>The hash of both, as in <see cref="TallyName"/>.</summary>
    ulong Hash { get; }

    /// <summary>Events that were counted since the name was admitted to the table.</summary>
    long Seen { get; }

    /// <summary>
    /// The most events that the name can have in addition: those before it was admitted, or of parts that had evicted it.
    /// </summary>
    long Missed { get; set; }

    /// <summary>Bytes of memory that the item references, without the item itself.</summary>
    long EstimatedBytes { get; }
}

/// <summary>
/// A summary of the most frequent names: Misra–Gries in the form of Space-Saving (Agarwal et al., "Mergeable Summaries", 2012). The events
/// of a name in the table are between <see cref="INamed.Seen"/> and that plus <see cref="INamed.Missed"/>; a name that isn't in the table
/// has at most <see cref="Floor"/> events.
/// <para>
/// A table keeps up to twice its bound and is then pruned to the names with the most events. With a bound of k, the floor never exceeds
/// n ÷ (k + 1) for n events, however they were split into parts and in whatever order the parts were merged: each name with more events is
/// kept. If there are at most k names, the floor is 0 and each count is exact.
/// </para>
/// </summary>
internal class NameTable<T>(int bound)
    where T : INamed
{
    private const int MostScanned = 8;

    private T[] _items = [];

    // An index of _items by hash: the position plus 1, or 0. Only if there are more than a few items, and only once one is searched.
    private int[]? _slots;

    public int Count { get; private set; }

    public Span<T> Items => _items.AsSpan(0, Count);

    /// <summary>The most events that a name can have that isn't in the table.</summary>
    public long Floor { get; private set; }

    public virtual long EstimatedBytes
    {
        get
        {
            var bytes = 64 + (_items.Length * (long)Unsafe.SizeOf<T>()) + ((_slots?.Length ?? 0) * 4L);
            foreach (ref var item in Items)
                bytes += item.EstimatedBytes;
            return bytes;
        }
    }

    /// <summary>The part of each weight that is counted in a floor that several tables share.</summary>
    protected virtual long SharedFloor => 0;

    public TallyName NameAt(int at) => new(_items[at].Text, _items[at].Type, _items[at].Hash);

    /// <summary>Returns the index of a name, or -1.</summary>
    public int Search(in TallyName name)
    {
        if (Count <= MostScanned)
        {
            for (var at = 0; at < Count; at++)
            {
                if (IsAt(at, name))
                    return at;
            }

            return -1;
        }

        var slots = _slots ?? Index();
        for (var slot = (int)name.Hash & (slots.Length - 1); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (IsAt(slots[slot] - 1, name))
                return slots[slot] - 1;
        }

        return -1;
    }

    /// <summary>Appends an item that isn't in the table, and returns its index. Doesn't prune.</summary>
    public int Append(T item)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count == 0 ? 1 : Math.Max(4, Count * 2));
        _items[Count++] = item;
        if (_slots is null)
            return Count - 1;
        if (Count * 2 > _slots.Length)
            Index();
        else
            Place(_slots, Count - 1);
        return Count - 1;
    }

    /// <summary>Makes room for <paramref name="size"/> items.</summary>
    public void Reserve(int size)
    {
        if (size > _items.Length)
            Array.Resize(ref _items, size);
    }

    /// <summary>Prunes the table if another name would exceed twice the bound.</summary>
    public void PruneBeforeAppend()
    {
        if (Count >= 2L * bound)
            Prune();
    }

    /// <summary>Prunes the table if it exceeds twice the bound.</summary>
    public void PruneIfLarge()
    {
        if (Count > 2L * bound)
            Prune();
    }

    /// <summary>Evicts all but the most frequent names, if there are more than the bound.</summary>
    public void Prune()
    {
        if (Count <= bound)
            return;
        var ranks = new Rank[Count];
        for (var at = 0; at < Count; at++)
            ranks[at] = RankAt(at);
        var cut = Cut.After(ranks, bound);
        RaiseFloor(cut.LargestEvicted - SharedFloor);
        RemoveWhere(at => !cut.Keeps(RankAt(at)));
    }

    /// <summary>Sorts the items by name, the order in which they are stored.</summary>
    public void Sort()
    {
        var at = 1;
        while (at < Count && NameAt(at - 1).CompareTo(NameAt(at)) < 0)
            at++;
        if (at >= Count)
            return;
        Items.Sort(static (one, two) =>
            new TallyName(one.Text, one.Type, 0).CompareTo(new TallyName(two.Text, two.Type, 0)));
        _slots = null;
    }

    /// <summary>Loads a stored floor.</summary>
    public void LoadFloor(long floor) => Floor = floor;

    /// <summary>
    /// Adds the floor of another table to the items that it doesn't have. Call it before its items are merged, whose share
    /// (<paramref name="floor"/>) must be subtracted again.
    /// </summary>
    protected void AddMissed(long floor)
    {
        if (floor == 0)
            return;
        foreach (ref var item in Items)
            item.Missed += floor;
    }

    protected void RaiseFloor(long floor) => Floor = Math.Max(Floor, floor);

    protected void AddFloor(long floor) => Floor += floor;

    protected void RemoveWhere(Func<int, bool> isRemoved)
    {
        var kept = 0;
        for (var at = 0; at < Count; at++)
        {
            if (isRemoved(at))
                Evicted(_items[at]);
            else
                _items[kept++] = _items[at];
        }

        Array.Clear(_items, kept, Count - kept);
        Count = kept;
        if (Count == 0)
            _items = [];
        else if (_items.Length > 4 * Count)
            Array.Resize(ref _items, Count);
        _slots = null;
    }

    /// <summary>Called for each item that is evicted.</summary>
    protected virtual void Evicted(T item)
    {
    }

    private Rank RankAt(int at) => new(_items[at].Seen + _items[at].Missed, _items[at].Hash);

    private bool IsAt(int at, in TallyName name)
    {
        ref var item = ref _items[at];
        return item.Hash == name.Hash && Equal(item.Text, name.Text) && Equal(item.Type, name.Type);
    }

    private static bool Equal(string? one, string? two) => ReferenceEquals(one, two) || string.Equals(one, two, StringComparison.Ordinal);

    private int[] Index()
    {
        var slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Count * 4)];
        for (var at = 0; at < Count; at++)
            Place(slots, at);
        return _slots = slots;
    }

    private void Place(int[] slots, int at)
    {
        Debug.Assert(Count < slots.Length, "The index is full.");
        var slot = (int)_items[at].Hash & (slots.Length - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slots.Length - 1);
        slots[slot] = at + 1;
    }
}
