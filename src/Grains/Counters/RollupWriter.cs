using System.Runtime.InteropServices;
using System.Text;

namespace TelemetryKit.Grains.Counters;

/// <summary>Writes the format that <see cref="RollupFormat"/> describes.</summary>
internal sealed class RollupWriter
{
    private const int KeptCapacity = 1024 * 1024;

    // One for each thread: a commit writes many small deltas.
    [ThreadStatic]
    private static RollupWriter? _writer;

    private readonly ByteWriter _to = new();
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private ulong[] _installs = [];

    public static byte[] Serialize(Rollup rollup)
    {
        var writer = _writer ?? new RollupWriter();
        writer.Write(rollup);
        var bytes = writer._to.Written.ToArray();
        _writer = writer._to.Capacity > KeptCapacity ? null : writer;
        return bytes;
    }

    private void Write(Rollup rollup)
    {
        _to.Clear();
        _names.Clear();
        _to.Byte(RollupFormat.Version);
        _installs = InstallsOf(rollup);
        WriteHashes(_installs, _installs.Length);
        if (rollup.Events == 0)
            _to.Varint(0);
        else
            Write(rollup.Day, default, isPart: false);
        WriteSessions(rollup.Sessions);
        _to.Varint(rollup.NewInstalls);
        foreach (var table in rollup.Context.All)
            Write(table, rollup.Day);
        Write(rollup.Types, rollup.Day);
        WriteSubjects(rollup);
        _to.Fixed32(RollupFormat.Checksum(_to.Written));
    }

    /// <summary>The day's installs are everybody's. Where they are only registers, those that the exact sets still know are gathered.</summary>
    private static ulong[] InstallsOf(Rollup rollup)
    {
        var ofDay = rollup.Day.Details?.Installs;
        if (ofDay is null)
            return [];
        if (ofDay.IsExact)
            return ofDay.Elements.ToArray();
        var all = new List<ulong>();
        Gather(rollup.Context);
        GatherTable(rollup.Types);
        foreach (var subject in rollup.Subjects)
        {
            GatherSet(subject.All);
            if (subject.Context is not null)
                Gather(subject.Context);
        }

        all.Sort();
        var sorted = CollectionsMarshal.AsSpan(all);
        var n = 0;
        foreach (var element in sorted)
        {
            if (n == 0 || sorted[n - 1] != element)
                sorted[n++] = element;
        }

        return sorted[..n].ToArray();

        void Gather(ContextTables tables)
        {
            foreach (var table in tables.All)
                GatherTable(table);
        }

        void GatherTable(ValueTable table)
        {
            foreach (ref readonly var value in table.Values)
                GatherSet(value.Tally);
        }

        void GatherSet(in Tally tally)
        {
            if (tally.Details?.Installs is { } installs)
                all.AddRange(installs.Elements);
        }
    }

    private void WriteSubjects(Rollup rollup)
    {
        WriteCut(rollup.Subjects.Length, rollup.BreakdownCut);
        foreach (var subject in rollup.Subjects)
        {
            WriteName(subject.Name.Type);
            WriteName(subject.Name.Text);
            Write(subject.All, rollup.ParentOf(TallyName.Value(subject.Name.Type!)));
            if (subject.Context is null)
                continue;
            foreach (var table in subject.Context.All)
                Write(table, subject.All);
            WriteCut(subject.Metadata!.Keys.Length, subject.Metadata.Cut);
            foreach (var table in subject.Metadata.Keys)
            {
                WriteName(table.Name.Text);
                Write(table, subject.All);
            }
        }
    }

    private void WriteCut(int count, ulong cut)
    {
        var isCut = cut != ulong.MaxValue;
        _to.Varint(((ulong)count << 1) | (isCut ? 1UL : 0));
        if (isCut)
            _to.Fixed64(cut);
    }

    private void Write(ValueTable table, in Tally parent)
    {
        if (table.Total == 0)
        {
            _to.Varint(0);
            return;
        }

        var count = (ulong)table.Values.Length;
        if (table.Total == parent.Events)
        {
            _to.Varint((count << 1) | 1);
        }
        else
        {
            _to.Varint(count << 1);
            _to.Varint(table.Total);
        }

        foreach (ref readonly var value in table.Values)
        {
            WriteName(value.Text);
            Write(value.Tally, parent);
        }
    }

    private void Write(in Tally tally, in Tally parent, bool isPart = true)
    {
        if (isPart && tally.Events == parent.Events && RollupFormat.CanInherit(parent, tally))
        {
            _to.Varint(0);
            return;
        }

        var noFailures = tally.Failures == 0;
        var allSaid = tally.Said == tally.Events;
        _to.Varint(((ulong)tally.Events << 2) | (noFailures ? RollupFormat.NoFailures : 0u) | (allSaid ? RollupFormat.AllSaid : 0u));
        if (!noFailures)
            _to.Varint(tally.Failures);
        if (!allSaid)
            _to.Varint(tally.Said);
        _to.Varint(tally.First - parent.First);
        _to.Varint(tally.Last - tally.First);
        if (tally.Keeps(Kept.Installs))
            WriteSet(tally.Details?.Installs);
        if (tally.Keeps(Kept.Durations))
            WriteBuckets(tally.Details?.Durations);
        if (!tally.Keeps(Kept.Hours))
            return;
        WriteBuckets(tally.Details?.Hours);
        if (!noFailures)
            WriteBuckets(tally.Details?.FailureHours);
    }

    private void WriteSet(DistinctCounter? set)
    {
        if (set is { IsExact: false })
        {
            _to.Varint(3);
            RegisterFormat.Write(_to, set.Registers);
            return;
        }

        var elements = set is null ? [] : set.Elements;
        var count = (ulong)elements.Length << 2;
        if (elements.Length == _installs.Length)
        {
            _to.Varint(count | 2);
            return;
        }

        // Whichever is shorter: a bit for each install there is, or (at least) a byte for each one in the set.
        if (elements.Length >= (_installs.Length + 7) / 8)
        {
            _to.Varint(count | 1);
            var bits = _to.Take((_installs.Length + 7) / 8);
            var at = 0;
            foreach (var element in elements)
            {
                at += Place(element, at);
                bits[at / 8] |= (byte)(1 << (at % 8));
                at++;
            }

            return;
        }

        _to.Varint(count);
        var next = 0;
        foreach (var element in elements)
        {
            var gap = Place(element, next);
            _to.Varint(gap);
            next += gap + 1;
        }
    }

    /// <summary>How far behind place <paramref name="from"/> of the installs an element is.</summary>
    private int Place(ulong element, int from)
    {
        // Mostly it is near; a few steps cost less than a search.
        for (var i = from; i < from + 8; i++)
        {
            if (_installs[i] == element)
                return i - from;
        }

        return _installs.AsSpan(from).BinarySearch(element);
    }

    private void WriteSessions(DistinctCounter sessions)
    {
        if (sessions.IsExact)
        {
            WriteHashes(sessions.Elements, sessions.Elements.Length * 2);
            return;
        }

        _to.Varint(1);
        RegisterFormat.Write(_to, sessions.Registers);
    }

    private void WriteHashes(ReadOnlySpan<ulong> hashes, int header)
    {
        _to.Varint(header);
        foreach (var hash in hashes)
            _to.Fixed64(hash);
    }

    private void WriteBuckets(BucketCounts? buckets)
    {
        if (buckets is null)
        {
            _to.Varint(0);
            return;
        }

        _to.Varint(buckets.Used);
        var next = 0;
        foreach (var (bucket, count) in buckets)
        {
            var gap = (ulong)(bucket - next) << 1;
            next = bucket + 1;
            if (count == 1)
            {
                _to.Varint(gap | 1);
                continue;
            }

            _to.Varint(gap);
            _to.Varint(count);
        }
    }

    private void WriteName(string? name)
    {
        if (name is null)
        {
            _to.Varint(0);
            return;
        }

        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, name, out var exists);
        if (exists)
        {
            _to.Varint(known);
            return;
        }

        known = _names.Count + 1;
        _to.Varint(1);
        if (Ascii.IsValid(name))
        {
            _to.Varint(name.Length << 1);
            Ascii.FromUtf16(name, _to.Take(name.Length), out _);
            return;
        }

        // UTF-16 brings back any .NET string, also one that isn't valid Unicode: two names must never become one.
        _to.Varint((name.Length << 1) | 1);
        MemoryMarshal.AsBytes(name.AsSpan()).CopyTo(_to.Take(name.Length * 2));
    }
}
