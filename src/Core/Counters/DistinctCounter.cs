using System.Diagnostics;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Counts distinct elements: exactly in a sorted set up to a size, and with a <see cref="HyperLogLog"/> beyond it. The representation and
/// each of its bits depend only on the set of elements, so merging in any order gives the same state. Elements are results of
/// <see cref="StableHash.Mix"/>; 0 is not an element.
/// </summary>
internal sealed class DistinctCounter
{
    /// <summary>2^14 registers, a standard error of 0.81 %.</summary>
    public const int FinePrecision = 14;

    /// <summary>2^11 registers, a standard error of 2.3 %: of a subject or a value in a rollup of version 1.</summary>
    public const int CoarsePrecision = 11;

    private byte _precision;
    private readonly int _exactSize;
    private ulong[] _elements = [];
    private int _count;
    private byte[]? _registers;

    // The estimate, or -1 if it isn't known or doesn't fit.
    private int _estimate = -1;

    public DistinctCounter(int precision, int exactSize)
    {
        _precision = (byte)precision;
        _exactSize = exactSize;
    }

    public int Precision => _precision;

    public bool IsExact => _registers is null;

    /// <summary>The number of distinct elements, exact or estimated.</summary>
    public long Count => _registers is null ? _count : Estimate(_registers);

    /// <summary>The elements in ascending order; empty if the counter isn't exact.</summary>
    public ReadOnlySpan<ulong> Elements => _elements.AsSpan(0, _count);

    /// <summary>The registers; empty if the counter is exact.</summary>
    public ReadOnlySpan<byte> Registers => _registers;

    public long EstimatedBytes => 56 + (_elements.Length * 8L) + (_registers?.Length ?? 0);

    public static ulong Element(long hash) => StableHash.Mix((ulong)hash);

    public void Add(ulong element)
    {
        if (_registers is not null)
        {
            HyperLogLog.Add(_registers, _precision, element);
            _estimate = -1;
            return;
        }

        var at = Search(element);
        if (at >= 0)
            return;
        if (_count == _exactSize)
        {
            ConvertToRegisters();
            HyperLogLog.Add(_registers!, _precision, element);
            return;
        }

        at = ~at;
        if (_count == _elements.Length)
            Array.Resize(ref _elements, _count == 0 ? 1 : Math.Max(4, _count * 2));
        if (at < _count)
            Array.Copy(_elements, at, _elements, at + 1, _count - at);
        _elements[at] = element;
        _count++;
    }

    /// <summary>Adds the elements at the given indices.</summary>
    public void Add(ReadOnlySpan<ulong> elements, ReadOnlySpan<ushort> indices)
    {
        if (indices.Length > _exactSize && _registers is null)
            ConvertToRegisters();
        foreach (var index in indices)
            Add(elements[index]);
    }

    /// <summary>Adds the elements of another counter. The result has the smaller precision of the two if both are estimates.</summary>
    public void MergeFrom(DistinctCounter other)
    {
        if (_registers is null && other._registers is null)
        {
            UnionWith(other.Elements);
            return;
        }

        if (_registers is null)
            ConvertToRegisters();
        _estimate = -1;
        if (other._registers is not null)
        {
            var precision = Math.Min(_precision, other._precision);
            _registers = HyperLogLog.Reduce(_registers!, _precision, precision);
            _precision = precision;
            HyperLogLog.Union(_registers, HyperLogLog.Reduce(other._registers, other._precision, precision));
            return;
        }

        foreach (var element in other.Elements)
            HyperLogLog.Add(_registers!, _precision, element);
    }

    /// <summary>
    /// Creates an exact counter from strictly ascending elements, at most <paramref name="exactSize"/>. Takes ownership of the array.
    /// </summary>
    public static DistinctCounter FromElements(int precision, int exactSize, ulong[] ascending)
    {
        Debug.Assert(ascending.Length <= exactSize, "There are more elements than an exact set keeps.");
        return new(precision, exactSize) { _elements = ascending, _count = ascending.Length };
    }

    /// <summary>Creates an estimating counter from 2^<paramref name="precision"/> registers. Takes ownership of the array.</summary>
    public static DistinctCounter FromRegisters(int precision, int exactSize, byte[] registers)
    {
        Debug.Assert(registers.Length == 1 << precision, "The number of registers doesn't match the precision.");
        return new(precision, exactSize) { _registers = registers };
    }

    /// <summary>Returns the index of an element, or the complement of the index at which it would be inserted.</summary>
    private int Search(ulong element)
    {
        // Elements are uniformly distributed, so the value of one predicts its index to about √n. A few steps in a row cost less than
        // the mispredicted branches of a binary search.
        var at = (int)Math.BigMul(element, (ulong)_count, out _);
        while (at < _count && _elements[at] < element)
            at++;
        while (at > 0 && _elements[at - 1] >= element)
            at--;
        return at < _count && _elements[at] == element ? at : ~at;
    }

    private void UnionWith(ReadOnlySpan<ulong> others)
    {
        if (others.Length * 8 < _count)
        {
            foreach (var element in others)
                Add(element);
            return;
        }

        var missing = 0;
        for (int i = 0, j = 0; j < others.Length; j++)
        {
            while (i < _count && _elements[i] < others[j])
                i++;
            if (i == _count || _elements[i] != others[j])
                missing++;
        }

        if (missing == 0)
            return;
        if (_count + missing > _exactSize)
        {
            ConvertToRegisters();
            foreach (var element in others)
                HyperLogLog.Add(_registers!, _precision, element);
            return;
        }

        // Merged in place, from the largest element down.
        var to = _count + missing;
        if (to > _elements.Length)
            Array.Resize(ref _elements, to + (to / 4));
        for (int i = _count - 1, j = others.Length - 1, k = to - 1; j >= 0; k--)
        {
            if (i >= 0 && _elements[i] > others[j])
            {
                _elements[k] = _elements[i--];
            }
            else
            {
                if (i >= 0 && _elements[i] == others[j])
                    i--;
                _elements[k] = others[j--];
            }
        }

        _count = to;
    }

    private long Estimate(byte[] registers)
    {
        if (_estimate >= 0)
            return _estimate;
        var estimate = HyperLogLog.Estimate(registers, _precision);
        if (estimate <= int.MaxValue)
            _estimate = (int)estimate;
        return estimate;
    }

    private void ConvertToRegisters()
    {
        _registers = new byte[1 << _precision];
        foreach (var element in Elements)
            HyperLogLog.Add(_registers, _precision, element);
        _elements = [];
        _count = 0;
    }
}
