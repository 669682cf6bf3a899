using System.Diagnostics;
using System.Numerics;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// A set of a rollup's installs. While the rollup's <see cref="InstallIndex"/> has ranks, the set is exact: a container of a Roaring bitmap
/// (Lemire et al. 2016), which is a sorted array of up to 4,096 ranks and a bitmap beyond. After an overflow it is a
/// <see cref="DistinctCounter"/>. Its state depends only on the installs of the set and on those of the rollup.
/// </summary>
internal sealed class InstallSet(InstallIndex index)
{
    private const int MostRanks = 4_096;
    private const int Words = 1_024;

    // While both sets together, or the set to add, have at most this number of ranks, inserting one by one is faster than a bitmap.
    private const int MostInserted = 512;
    private const int MostInsertedOfOne = 32;

    [ThreadStatic]
    private static ulong[]? _scratch;

    private ushort[] _ranks = [];
    private int _count;
    private ulong[]? _bits;
    private DistinctCounter? _sketch;

    public InstallIndex Index => index;

    /// <summary>Changes each time that installs are added.</summary>
    public int Changes { get; private set; }

    /// <summary>The counter of the installs; <c>null</c> while the index has ranks.</summary>
    public DistinctCounter? Sketch => _sketch is null && index.IsOverflowed ? Convert() : _sketch;

    /// <summary>The number of installs, exact or estimated.</summary>
    public long Count => Sketch?.Count ?? _count;

    /// <summary>The number of ranks. Only valid if there is no <see cref="Sketch"/>.</summary>
    public int Ranks => _count;

    public long EstimatedBytes => 64 + (_ranks.Length * 2L) + ((_bits?.Length ?? 0) * 8L) + (_sketch?.EstimatedBytes ?? 0);

    public static InstallSet FromSketch(InstallIndex index, DistinctCounter sketch) => new(index) { _sketch = sketch };

    /// <summary>Creates a set from strictly ascending ranks. Takes ownership of the array.</summary>
    public static InstallSet FromRanks(InstallIndex index, ushort[] ranks)
    {
        var set = new InstallSet(index) { _ranks = ranks, _count = ranks.Length };
        if (ranks.Length > MostRanks)
            set.UseBits();
        return set;
    }

    /// <summary>Adds the install of an event that has one.</summary>
    public void Add(in Sample sample)
    {
        Changes++;
        if (Sketch is { } sketch)
            sketch.Add(sample.Install);
        else
            AddRank((ushort)sample.Rank);
    }

    public void MergeFrom(InstallSet other)
    {
        Changes++;
        var map = ReferenceEquals(index, other.Index) || index.IsOverflowed ? default : index.MapOf(other.Index);
        if (Sketch is { } sketch)
        {
            other.AddTo(sketch);
            return;
        }

        if (other._bits is null && IsSmall(other._count))
        {
            foreach (var rank in other._ranks.AsSpan(0, other._count))
                AddRank(map.IsEmpty ? rank : map[rank]);
            return;
        }

        var bits = _bits ?? Cleared();
        if (_bits is null)
            AddTo(bits, default);
        other.AddTo(bits, map);
        SetBits(bits);
    }

    /// <summary>Adds the installs to a counter.</summary>
    public void AddTo(DistinctCounter counter)
    {
        if (Sketch is { } sketch)
        {
            counter.MergeFrom(sketch);
            return;
        }

        var ranks = new ushort[_count];
        CopyRanks(ranks);
        counter.Add(index.Elements, ranks);
    }

    /// <summary>Sets the bit of each install, by its rank in <paramref name="map"/> or, if that is empty, in its own index.</summary>
    public void AddTo(Span<ulong> bits, ReadOnlySpan<ushort> map)
    {
        if (_bits is null)
        {
            foreach (var rank in _ranks.AsSpan(0, _count))
                Set(bits, map.IsEmpty ? rank : map[rank]);
            return;
        }

        for (var word = 0; word < Words; word++)
        {
            if (map.IsEmpty)
            {
                bits[word] |= _bits[word];
                continue;
            }

            for (var rest = _bits[word]; rest != 0; rest &= rest - 1)
                Set(bits, map[(word * 64) + BitOperations.TrailingZeroCount(rest)]);
        }
    }

    /// <summary>Returns the number of bits that are set.</summary>
    public static int CountOf(ReadOnlySpan<ulong> bits)
    {
        var count = 0;
        foreach (var word in bits)
            count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Returns 65,536 cleared bits.</summary>
    public static ulong[] NewBits() => new ulong[Words];

    /// <summary>Returns 65,536 cleared bits, which the thread may use until its next call.</summary>
    private static ulong[] Cleared()
    {
        var bits = _scratch ??= NewBits();
        Array.Clear(bits);
        return bits;
    }

    /// <summary>Writes the ranks in ascending order.</summary>
    public void CopyRanks(Span<ushort> ranks)
    {
        Debug.Assert(ranks.Length == _count, "The span has another length than the set.");
        if (_bits is null)
            _ranks.AsSpan(0, _count).CopyTo(ranks);
        else
            CopyRanks(_bits, ranks);
    }

    private static void CopyRanks(ulong[] bits, Span<ushort> ranks)
    {
        var n = 0;
        for (var word = 0; word < Words; word++)
        {
            for (var rest = bits[word]; rest != 0; rest &= rest - 1)
                ranks[n++] = (ushort)((word * 64) + BitOperations.TrailingZeroCount(rest));
        }
    }

    // A bit is set in constant time; an insertion into an array moves the larger ranks.
    private bool IsSmall(int added) =>
        added <= MostInsertedOfOne || _count + added <= MostInserted || (_bits is not null && added <= MostInserted);

    private static void Set(Span<ulong> bits, ushort rank) => bits[rank >> 6] |= 1UL << (rank & 63);

    private void SetBits(ulong[] bits)
    {
        _count = CountOf(bits);
        if (_count > MostRanks)
        {
            _bits ??= (ulong[])bits.Clone();
            _ranks = [];
            return;
        }

        if (_count > _ranks.Length)
            _ranks = new ushort[_count + (_count / 4)];
        CopyRanks(bits, _ranks.AsSpan(0, _count));
    }

    private void AddRank(ushort rank)
    {
        if (_bits is not null)
        {
            ref var word = ref _bits[rank >> 6];
            var bit = 1UL << (rank & 63);
            _count += (word & bit) == 0 ? 1 : 0;
            word |= bit;
            return;
        }

        // The ranks of new installs are the largest.
        var at = _count == 0 || _ranks[_count - 1] < rank ? _count : _ranks.AsSpan(0, _count).BinarySearch(rank);
        if (at >= 0 && at < _count)
            return;
        Insert(at < 0 ? ~at : at, rank);
    }

    private void Insert(int at, ushort rank)
    {
        if (_count == MostRanks)
        {
            UseBits();
            AddRank(rank);
            return;
        }

        if (_count == _ranks.Length)
            Array.Resize(ref _ranks, _count == 0 ? 1 : Math.Max(4, _count * 2));
        if (at < _count)
            Array.Copy(_ranks, at, _ranks, at + 1, _count - at);
        _ranks[at] = rank;
        _count++;
    }

    private void UseBits()
    {
        var bits = NewBits();
        AddTo(bits, default);
        _bits = bits;
        _ranks = [];
    }

    private DistinctCounter Convert()
    {
        var ranks = new ushort[_count];
        CopyRanks(ranks);
        _sketch = new DistinctCounter(DistinctCounter.FinePrecision, index.Bounds.ExactSet);
        _sketch.Add(index.Elements, ranks);
        _ranks = [];
        _bits = null;
        _count = 0;
        return _sketch;
    }
}
