using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// All installs in the exact sets of a rollup, in ascending order and without duplicates. The serialised form has the eight bytes of an
/// install once; each set that contains it adds a bit or a byte.
/// </summary>
internal readonly struct InstallList(ulong[] installs)
{
    private const int Gaps = 0;
    private const int Bitmap = 1;
    private const int All = 2;
    private const int Registers = 3;

    /// <summary>
    /// Collects the installs of a rollup: the day's installs while these are exact, and otherwise those of all sets that still are.
    /// </summary>
    public static InstallList Of(Rollup rollup)
    {
        var ofDay = rollup.Day.Details?.Installs;
        if (ofDay is null)
            return new([]);
        if (ofDay.IsExact)
            return new(ofDay.Elements.ToArray());
        var all = new List<ulong>();
        Collect(rollup.Context, all);
        Collect(rollup.Types, all);
        foreach (var subject in rollup.Subjects)
        {
            Collect(subject.All, all);
            if (subject.Context is not null)
                Collect(subject.Context, all);
        }

        all.Sort();
        var sorted = CollectionsMarshal.AsSpan(all);
        var n = 0;
        foreach (var element in sorted)
        {
            if (n == 0 || sorted[n - 1] != element)
                sorted[n++] = element;
        }

        return new(sorted[..n].ToArray());
    }

    public static InstallList Read(ref ByteReader from) => new(ReadHashes(ref from, from.Length(8)));

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

    public void Write(ByteWriter to)
    {
        to.Varint(installs.Length);
        foreach (var install in installs)
            to.Fixed64(install);
    }

    public void WriteSet(ByteWriter to, DistinctCounter? set)
    {
        if (set is { IsExact: false })
        {
            to.Varint(Registers);
            RegisterFormat.Write(to, set.Registers);
            return;
        }

        var elements = set is null ? [] : set.Elements;
        var count = (ulong)elements.Length << 2;
        if (elements.Length == installs.Length)
        {
            to.Varint(count | All);
            return;
        }

        // The shorter form: a bit for each install in the list, or at least a byte for each install in the set.
        var asBits = elements.Length >= (installs.Length + 7) / 8;
        to.Varint(count | (asBits ? Bitmap : 0u));
        var bits = asBits ? to.Append((installs.Length + 7) / 8) : default;
        var next = 0;
        foreach (var element in elements)
        {
            var gap = Gap(element, next);
            next += gap;
            if (asBits)
                bits[next / 8] |= (byte)(1 << (next % 8));
            else
                to.Varint(gap);
            next++;
        }
    }

    /// <summary>Reads a set of at most <paramref name="most"/> elements, or returns <c>null</c> if it is empty.</summary>
    public DistinctCounter? ReadSet(ref ByteReader from, int precision, long most, RollupBounds bounds)
    {
        var header = from.Varint();
        if (header == Registers)
            return DistinctCounter.FromRegisters(precision, bounds.ExactSet, RegisterFormat.Read(ref from, precision));
        if ((header >> 2) > (ulong)Math.Min(installs.Length, Math.Min(bounds.ExactSet, most)))
            throw new RollupFormatException("A set has too many elements.");
        var count = (int)(header >> 2);
        var elements = (header & 3) switch
        {
            Gaps => ReadGaps(ref from, count),
            Bitmap => ReadBitmap(ref from, count),
            All when count == installs.Length => (ulong[])installs.Clone(),
            _ => throw new RollupFormatException("A set has an unknown encoding."),
        };
        return count == 0 ? null : DistinctCounter.FromElements(precision, bounds.ExactSet, elements);
    }

    private static void Collect(ContextTables tables, List<ulong> all)
    {
        foreach (var table in tables.All)
            Collect(table, all);
    }

    private static void Collect(ValueTable table, List<ulong> all)
    {
        foreach (ref readonly var value in table.Values)
            Collect(value.Tally, all);
    }

    private static void Collect(in Tally tally, List<ulong> all)
    {
        if (tally.Details?.Installs is { } set)
            all.AddRange(set.Elements);
    }

    /// <summary>Returns the distance of an install from an index at or before it.</summary>
    private int Gap(ulong install, int from)
    {
        // The distance is usually short, and a few steps cost less than a search.
        for (var i = from; i < from + 8; i++)
        {
            if (installs[i] == install)
                return i - from;
        }

        return installs.AsSpan(from).BinarySearch(install);
    }

    private ulong[] ReadGaps(ref ByteReader from, int count)
    {
        var elements = new ulong[count];
        var at = -1;
        for (var i = 0; i < count; i++)
        {
            at += 1 + (int)from.Varint(installs.Length - 1);
            if (at >= installs.Length)
                throw new RollupFormatException("A set refers to an install that isn't in the list.");
            elements[i] = installs[at];
        }

        return elements;
    }

    private ulong[] ReadBitmap(ref ByteReader from, int count)
    {
        var bits = from.Take((installs.Length + 7) / 8);
        var elements = new ulong[count];
        var n = 0;
        for (var at = 0; at < installs.Length; at++)
        {
            if ((bits[at / 8] & (1 << (at % 8))) == 0)
                continue;
            if (n == count)
                throw new RollupFormatException("A set has more installs than its count.");
            elements[n++] = installs[at];
        }

        return n == count ? elements : throw new RollupFormatException("A set has fewer installs than its count.");
    }
}
