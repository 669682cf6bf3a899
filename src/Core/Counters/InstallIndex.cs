using System.Diagnostics;
using System.Numerics;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// The distinct installs of a rollup, each with a rank: the sets of the rollup contain ranks of two bytes instead of installs. If there are
/// more than <see cref="RollupBounds.ExactInstalls"/>, the index overflows, and each set with more than
/// <see cref="RollupBounds.ExactSet"/> becomes an estimate.
/// </summary>
internal sealed class InstallIndex(RollupBounds bounds)
{
    private const int MostScanned = 8;

    private ulong[] _elements = [];
    private int[]? _slots;
    private int _latest;
    private InstallIndex? _mapped;
    private ushort[] _map = [];

    public RollupBounds Bounds => bounds;

    public int Count { get; private set; }

    /// <summary>The installs by rank. After an overflow they don't change any more.</summary>
    public ReadOnlySpan<ulong> Elements => _elements.AsSpan(0, Count);

    /// <summary>Whether there are more installs than ranks.</summary>
    public bool IsOverflowed { get; private set; }

    public long EstimatedBytes => 80 + (_elements.Length * 8L) + ((_slots?.Length ?? 0) * 4L) + (_map.Length * 2L);

    /// <summary>Returns the rank of an install, added if necessary; -1 after an overflow.</summary>
    public int RankOf(ulong install)
    {
        if (IsOverflowed)
            return -1;
        // Consecutive events are usually of one install.
        if (_latest < Count && _elements[_latest] == install)
            return _latest;
        var rank = Search(install);
        if (rank < 0 && Count == bounds.ExactInstalls)
        {
            Overflow();
            return -1;
        }

        return _latest = rank < 0 ? Append(install) : rank;
    }

    /// <summary>Gives up ranks, because a part of the installs isn't known.</summary>
    public void Overflow() => IsOverflowed = true;

    /// <summary>Adds the installs of another index, whose ranks <see cref="MapOf"/> then translates.</summary>
    public void Add(InstallIndex other)
    {
        if (other.IsOverflowed)
            Overflow();
        if (!IsOverflowed)
            MapOf(other);
    }

    /// <summary>Returns the ranks that the installs of another index have in this one, by their rank there. May overflow.</summary>
    public ReadOnlySpan<ushort> MapOf(InstallIndex other)
    {
        if (ReferenceEquals(_mapped, other) && _map.Length >= other.Count)
            return _map;
        _mapped = null;
        if (_map.Length < other.Count || _map.Length > 4 * other.Count)
            _map = new ushort[other.Count];
        Map(other, _map, 0);
        _mapped = other;
        return _map;
    }

    /// <summary>
    /// Returns the ranks that the installs of another index have in this one, by their rank there. They stay valid when either index grows.
    /// May overflow; then they aren't complete.
    /// </summary>
    /// <param name="other">The other index.</param>
    /// <param name="known">An earlier result.</param>
    public ushort[] Extend(InstallIndex other, ushort[] known)
    {
        if (other.IsOverflowed)
            Overflow();
        var map = known;
        Array.Resize(ref map, other.Count);
        Map(other, map, known.Length);
        return map;
    }

    /// <summary>Whether the index has all installs of another one, as far as they are known.</summary>
    public bool Contains(InstallIndex other)
    {
        if (IsOverflowed || other.IsOverflowed)
            return IsOverflowed;
        foreach (var install in other.Elements)
        {
            if (Search(install) < 0)
                return false;
        }

        return true;
    }

    /// <summary>Makes room for a number of installs.</summary>
    public void Reserve(long installs)
    {
        var size = (int)Math.Min(installs, bounds.ExactInstalls);
        if (size <= _elements.Length)
            return;
        Array.Resize(ref _elements, size);
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)size * 2)];
        for (var rank = 0; rank < Count; rank++)
            Place(_slots, rank);
    }

    /// <summary>Releases the memory of an index that has overflowed.</summary>
    public void Release()
    {
        Debug.Assert(IsOverflowed, "The ranks are still used.");
        (_elements, _slots, Count) = ([], null, 0);
    }

    /// <summary>Forgets the index of <see cref="MapOf"/>, which may change.</summary>
    public void EndMapping()
    {
        _mapped = null;
        if (_map.Length > 1_024)
            _map = [];
    }

    /// <summary>Loads distinct installs. Takes ownership of the array.</summary>
    public void Load(ulong[] installs)
    {
        _elements = installs;
        Count = installs.Length;
    }

    private void Map(InstallIndex other, Span<ushort> map, int from)
    {
        for (var rank = from; rank < other.Count && !IsOverflowed; rank++)
            map[rank] = (ushort)RankOf(other._elements[rank]);
    }

    private int Search(ulong install)
    {
        if (Count <= MostScanned)
            return Elements.IndexOf(install);
        var slots = _slots ?? Index();
        for (var slot = (int)install & (slots.Length - 1); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (_elements[slots[slot] - 1] == install)
                return slots[slot] - 1;
        }

        return -1;
    }

    private int Append(ulong install)
    {
        if (Count == _elements.Length)
            Array.Resize(ref _elements, Count == 0 ? 1 : Math.Max(4, Count * 2));
        _elements[Count++] = install;
        if (_slots is null)
            return Count - 1;
        if (Count * 2 > _slots.Length)
            Index();
        else
            Place(_slots, Count - 1);
        return Count - 1;
    }

    private int[] Index()
    {
        var slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Count * 4)];
        for (var rank = 0; rank < Count; rank++)
            Place(slots, rank);
        return _slots = slots;
    }

    private void Place(int[] slots, int rank)
    {
        // The elements are uniformly distributed.
        var slot = (int)_elements[rank] & (slots.Length - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slots.Length - 1);
        slots[slot] = rank + 1;
    }
}
