namespace TelemetryKit.Core.Counters;

/// <summary>Reads the installs of a rollup, and its sets, which refer to them.</summary>
internal readonly struct InstallReader
{
    private readonly ulong[] _installs;
    private readonly byte _version;

    public InstallReader(ref ByteReader from, byte version, InstallIndex index)
    {
        _installs = ReadHashes(ref from, from.Length(8));
        _version = version;
        Index = index;
    }

    /// <summary>The index of the rollup.</summary>
    public InstallIndex Index { get; }

    /// <summary>Reads strictly ascending hashes, none of them 0.</summary>
    public static ulong[] ReadHashes(ref ByteReader from, int count)
    {
        var hashes = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            hashes[i] = from.Fixed64();
            if (i == 0 ? hashes[0] == 0 : hashes[i] <= hashes[i - 1])
                throw new RollupFormatException("Hashes are not in order.");
        }

        return hashes;
    }

    /// <summary>Reads the set of all installs. If it isn't exact, the index has overflowed.</summary>
    public InstallSet? ReadAll(ref ByteReader from)
    {
        var header = from.Varint();
        if ((header & 3) == InstallWriter.Registers)
        {
            Index.Overflow();
            return InstallSet.FromSketch(Index, ReadRegisters(ref from, header, DistinctCounter.FinePrecision));
        }

        if (header != (((ulong)_installs.Length << 2) | InstallWriter.All) || _installs.Length > Index.Bounds.ExactInstalls)
            throw new RollupFormatException("The set of all installs isn't complete.");
        Index.Load(_installs);
        if (_installs.Length == 0)
            return null;
        var ranks = new ushort[_installs.Length];
        for (var i = 0; i < ranks.Length; i++)
            ranks[i] = (ushort)i;
        return InstallSet.FromRanks(Index, ranks);
    }

    /// <summary>Reads a set of at most <paramref name="most"/> installs, or returns <c>null</c> if it is empty.</summary>
    public InstallSet? ReadSet(ref ByteReader from, long most)
    {
        var header = from.Varint();
        if ((header & 3) == InstallWriter.Registers)
        {
            if (!Index.IsOverflowed)
                throw new RollupFormatException("A set is an estimate although all installs are known.");
            return InstallSet.FromSketch(Index, ReadRegisters(ref from, header, RollupFormat.Version1Precision));
        }

        if ((header >> 2) > (ulong)Math.Min(_installs.Length, Index.IsOverflowed ? Math.Min(Index.Bounds.ExactSet, most) : most))
            throw new RollupFormatException("A set has too many elements.");
        var indices = new int[(int)(header >> 2)];
        switch (header & 3)
        {
            case InstallWriter.Gaps:
                ReadGaps(ref from, indices);
                break;
            case InstallWriter.Bitmap:
                ReadBitmap(ref from, indices);
                break;
            case InstallWriter.All when indices.Length == _installs.Length:
                for (var i = 0; i < indices.Length; i++)
                    indices[i] = i;
                break;
            default:
                throw new RollupFormatException("A set has an unknown encoding.");
        }

        return indices.Length == 0 ? null : SetOf(indices);
    }

    private InstallSet SetOf(int[] indices)
    {
        if (!Index.IsOverflowed)
            return InstallSet.FromRanks(Index, Array.ConvertAll(indices, i => (ushort)i));
        var installs = _installs;
        var elements = Array.ConvertAll(indices, i => installs[i]);
        return InstallSet.FromSketch(
            Index, DistinctCounter.FromElements(DistinctCounter.FinePrecision, Index.Bounds.ExactSet, elements));
    }

    private DistinctCounter ReadRegisters(ref ByteReader from, ulong header, int ofVersion1)
    {
        var precision = _version == 1 ? ofVersion1 : (int)Math.Min(header >> 2, byte.MaxValue);
        if (precision is not (DistinctCounter.FinePrecision or DistinctCounter.CoarsePrecision))
            throw new RollupFormatException("A set has an unknown precision.");
        return DistinctCounter.FromRegisters(precision, Index.Bounds.ExactSet, RegisterFormat.Read(ref from, precision));
    }

    private void ReadGaps(ref ByteReader from, int[] indices)
    {
        var at = -1;
        for (var i = 0; i < indices.Length; i++)
        {
            at += 1 + (int)from.Varint(_installs.Length - 1);
            if (at >= _installs.Length)
                throw new RollupFormatException("A set refers to an install that isn't in the list.");
            indices[i] = at;
        }
    }

    private void ReadBitmap(ref ByteReader from, int[] indices)
    {
        var bits = from.Take((_installs.Length + 7) / 8);
        var n = 0;
        for (var at = 0; at < _installs.Length; at++)
        {
            if ((bits[at / 8] & (1 << (at % 8))) == 0)
                continue;
            if (n == indices.Length)
                throw new RollupFormatException("A set has more installs than its count.");
            indices[n++] = at;
        }

        if (n < indices.Length)
            throw new RollupFormatException("A set has fewer installs than its count.");
    }
}
