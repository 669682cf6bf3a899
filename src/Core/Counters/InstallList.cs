using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Every install that an exact set of a rollup has, once and in ascending order, so that in the serialised form an install of eight bytes is in
/// all the sets it belongs to a bit or a byte.
/// </summary>
internal readonly struct InstallList(ulong[] installs)
{
    private const int Places = 0;
    private const int Bitmap = 1;
    private const int All = 2;
    private const int Registers = 3;

    /// <summary>Gathers them. The day's installs are everybody's; where of those only registers are left, they come from the sets that still know theirs.</summary>
    public static InstallList Of(Rollup rollup)
    {
        var ofDay = rollup.Day.Details?.Installs;
        if (ofDay is null)
            return new([]);
        if (ofDay.IsExact)
            return new(ofDay.Elements.ToArray());
        var all = new List<ulong>();
        Gather(rollup.Context, all);
        Gather(rollup.Types, all);
        foreach (var subject in rollup.Subjects)
        {
            Gather(subject.All, all);
            if (subject.Context is not null)
                Gather(subject.Context, all);
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

    /// <summary>Reads hashes, which stand in ascending order; none is 0.</summary>
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

        // Whichever is shorter: a bit for each install there is, or (at least) a byte for each one in the set.
        var asBits = elements.Length >= (installs.Length + 7) / 8;
        to.Varint(count | (asBits ? Bitmap : 0u));
        var bits = asBits ? to.Take((installs.Length + 7) / 8) : default;
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

    /// <summary>Reads a set of at most so many elements; <c>null</c> where it is empty.</summary>
    public DistinctCounter? ReadSet(ref ByteReader from, int precision, long most, RollupBounds bounds)
    {
        var header = from.Varint();
        if (header == Registers)
            return DistinctCounter.FromRegisters(precision, bounds.ExactSet, RegisterFormat.Read(ref from, precision));
        if ((header >> 2) > (ulong)Math.Min(installs.Length, Math.Min(bounds.ExactSet, most)))
            throw new RollupFormatException("A set is larger than it can be.");
        var count = (int)(header >> 2);
        var elements = (header & 3) switch
        {
            Places => ReadPlaces(ref from, count),
            Bitmap => ReadBitmap(ref from, count),
            All when count == installs.Length => (ulong[])installs.Clone(),
            _ => throw new RollupFormatException("A set has an unknown form."),
        };
        return count == 0 ? null : DistinctCounter.FromElements(precision, bounds.ExactSet, elements);
    }

    private static void Gather(ContextTables tables, List<ulong> all)
    {
        foreach (var table in tables.All)
            Gather(table, all);
    }

    private static void Gather(ValueTable table, List<ulong> all)
    {
        foreach (ref readonly var value in table.Values)
            Gather(value.Tally, all);
    }

    private static void Gather(in Tally tally, List<ulong> all)
    {
        if (tally.Details?.Installs is { } set)
            all.AddRange(set.Elements);
    }

    /// <summary>How far behind a place an install stands.</summary>
    private int Gap(ulong install, int from)
    {
        // Mostly it is near; a few steps cost less than a search.
        for (var i = from; i < from + 8; i++)
        {
            if (installs[i] == install)
                return i - from;
        }

        return installs.AsSpan(from).BinarySearch(install);
    }

    private ulong[] ReadPlaces(ref ByteReader from, int count)
    {
        var elements = new ulong[count];
        var at = -1;
        for (var i = 0; i < count; i++)
        {
            at += 1 + (int)from.Varint(installs.Length - 1);
            if (at >= installs.Length)
                throw new RollupFormatException("A set has an install that there isn't.");
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
                throw new RollupFormatException("A set has more installs than it says.");
            elements[n++] = installs[at];
        }

        return n == count ? elements : throw new RollupFormatException("A set has fewer installs than it says.");
    }
}
