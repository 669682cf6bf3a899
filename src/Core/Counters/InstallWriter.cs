using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Writes the installs of a rollup in ascending order and without duplicates: the serialised form has the eight bytes of an install once,
/// and each set that contains it adds a bit or a byte.
/// </summary>
internal sealed class InstallWriter
{
    public const int Gaps = 0;
    public const int Bitmap = 1;
    public const int All = 2;
    public const int Registers = 3;

    private const int MaxReusedInstalls = 4_096;

    private ulong[] _installs = [];
    private int _count;

    // By rank in the rollup's index: the position in the list.
    private int[] _positions = [];
    private int[] _members = [];

    /// <summary>Writes the list: all installs, or if they aren't known exactly, those of all sets that are.</summary>
    public void Write(ByteWriter to, Rollup rollup)
    {
        if (rollup.Installs.IsOverflowed)
            Collect(rollup);
        else
            Sort(rollup.Installs.Elements);
        to.Varint(_count);
        foreach (var install in _installs.AsSpan(0, _count))
            to.Fixed64(install);
    }

    /// <summary>Writes a set of the rollup.</summary>
    public void WriteSet(ByteWriter to, InstallSet? set)
    {
        if (set?.Sketch is { IsExact: false } estimate)
        {
            to.Varint((estimate.Precision << 2) | Registers);
            RegisterFormat.Write(to, estimate.Registers);
            return;
        }

        var members = MembersOf(set);
        var count = (ulong)members.Length << 2;
        if (members.Length == _count)
        {
            to.Varint(count | All);
            return;
        }

        // The shorter form: a bit for each install in the list, or at least a byte for each install in the set.
        if (members.Length >= (_count + 7) / 8)
        {
            to.Varint(count | Bitmap);
            var bits = to.Append((_count + 7) / 8);
            foreach (var member in members)
                bits[member / 8] |= (byte)(1 << (member % 8));
            return;
        }

        to.Varint(count | Gaps);
        members.Sort();
        var next = 0;
        foreach (var member in members)
        {
            to.Varint(member - next);
            next = member + 1;
        }
    }

    /// <summary>Frees the memory of a large rollup.</summary>
    public void Trim()
    {
        if (_installs.Length > MaxReusedInstalls)
            (_installs, _positions, _members) = ([], [], []);
    }

    /// <summary>Returns the positions of a set's installs in the list, in any order.</summary>
    private Span<int> MembersOf(InstallSet? set)
    {
        if (set is null)
            return [];
        if (set.Sketch is { } sketch)
        {
            var found = Members(sketch.Elements.Length);
            for (var i = 0; i < found.Length; i++)
                found[i] = _installs.AsSpan(0, _count).BinarySearch(sketch.Elements[i]);
            return found;
        }

        var members = Members(set.Ranks);
        Span<ushort> ranks = members.Length <= 256 ? stackalloc ushort[members.Length] : new ushort[members.Length];
        set.CopyRanks(ranks);
        for (var i = 0; i < members.Length; i++)
            members[i] = _positions[ranks[i]];
        return members;
    }

    private Span<int> Members(int count)
    {
        if (_members.Length < count)
            _members = new int[Math.Max(count, 16)];
        return _members.AsSpan(0, count);
    }

    private void Sort(ReadOnlySpan<ulong> elements)
    {
        _count = elements.Length;
        if (_installs.Length < _count || _positions.Length < _count)
            (_installs, _positions) = (new ulong[_count], new int[_count]);
        elements.CopyTo(_installs);
        Span<int> ranks = _count <= 256 ? stackalloc int[_count] : new int[_count];
        for (var rank = 0; rank < _count; rank++)
            ranks[rank] = rank;
        _installs.AsSpan(0, _count).Sort(ranks);
        for (var position = 0; position < _count; position++)
            _positions[ranks[position]] = position;
    }

    private void Collect(Rollup rollup)
    {
        var all = new List<ulong>();
        Collect(rollup.Context, all);
        Collect(rollup.Types, all);
        foreach (var subject in rollup.Subjects)
        {
            Collect(subject.All, all);
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

        _installs = sorted[..n].ToArray();
        _positions = [];
        _count = n;
    }

    private static void Collect(ContextTables tables, List<ulong> all)
    {
        foreach (var table in tables.All)
            Collect(table, all);
    }

    private static void Collect(ValueTable? table, List<ulong> all)
    {
        if (table is null)
            return;
        foreach (ref readonly var value in table.Values)
            Collect(value.Tally, all);
    }

    private static void Collect(in Tally tally, List<ulong> all)
    {
        if (tally.Details?.Installs?.Sketch is { } set)
            all.AddRange(set.Elements);
    }
}
