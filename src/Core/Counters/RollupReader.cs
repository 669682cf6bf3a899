namespace TelemetryKit.Core.Counters;

/// <summary>
/// Reads the format that <see cref="RollupFormat"/> describes, and rejects anything that <see cref="RollupWriter"/> doesn't write: a
/// rollup that was read satisfies every invariant that merging and statistics rely on.
/// </summary>
internal ref partial struct RollupReader
{
    private readonly RollupBounds _bounds;
    private readonly NameReader _names = new();
    private readonly byte _version;
    private ByteReader _from;
    private InstallReader _installs;

    private RollupReader(ReadOnlySpan<byte> data, byte version, RollupBounds bounds)
    {
        _from = new ByteReader(data);
        _version = version;
        _bounds = bounds;
    }

    public static Rollup Read(ReadOnlySpan<byte> data, RollupBounds bounds)
    {
        if (data.IsEmpty)
            throw new RollupFormatException("The rollup is empty.");
        if (data[0] > RollupFormat.Version)
        {
            throw new RollupFormatException(
                $"The rollup has format version {data[0]}, but this software supports only versions up to {RollupFormat.Version}.");
        }

        if (data[0] == 0 || data.Length < 1 + RollupFormat.ChecksumBytes)
            throw new RollupFormatException("The data is not a rollup.");
        var body = data[..^RollupFormat.ChecksumBytes];
        if (new ByteReader(data[body.Length..]).Fixed32() != RollupFormat.Checksum(body))
            throw new RollupFormatException("The checksum doesn't match the data.");
        return new RollupReader(body[1..], data[0], bounds).Read();
    }

    private Rollup Read()
    {
        var rollup = new Rollup(_bounds);
        _installs = new InstallReader(ref _from, _version, rollup.Installs);
        var day = ReadTally(Rollup.KeptOfDays, default, isPart: false);
        var sessions = ReadSessions();
        var newInstalls = _version == 1 ? _from.Varint(long.MaxValue) : ReadSigned();
        ReadContext(rollup.Context, day);
        ReadTable(rollup.Types, day);
        rollup.Load(day, sessions, newInstalls);
        if (_version == 1)
            ReadSubjectsOfVersion1(rollup);
        else
            ReadSubjects(rollup);
        if (_from.Remaining != 0)
            throw new RollupFormatException("Unexpected data follows the rollup.");
        return rollup;
    }

    private void ReadSubjects(Rollup rollup)
    {
        rollup.SubjectTable.LoadBreakdownFloor(_from.Varint(long.MaxValue));
        var mask = _from.Byte();
        long events = 0;
        for (var i = 0; i < SubjectTable.Count; i++)
        {
            if ((mask & (1 << i)) != 0)
                events = Sum(events, ReadSummary(rollup, rollup.SubjectTable.Of(i)), rollup.Events);
        }
    }

    private long ReadSummary(Rollup rollup, SubjectSummary summary)
    {
        var (count, truncated) = ReadCount();
        var total = truncated ? _from.Varint(rollup.Events) : 0;
        summary.LoadFloor(truncated ? _from.Varint(long.MaxValue) : 0);
        summary.Reserve(count);
        TallyName previous = default;
        for (var i = 0; i < count; i++)
        {
            var (type, typeHash) = summary.Type is { } known ? (known, NameHash.Of(known)) : _names.ReadRequired(ref _from);
            if (SubjectTable.NumberOf(type) != SubjectTable.NumberOf(summary.Type ?? ""))
                throw new RollupFormatException("A subject is in the summary of another type.");
            var text = _names.Read(ref _from);
            var name = TallyName.Subject(type, typeHash, text?.Text, text?.Hash ?? 0);
            CheckOrder(previous, name, first: i == 0);
            previous = name;
            var subject = summary.Load(name);
            subject.All = ReadTally(SubjectTally.KeptOfSubjects, rollup.ParentOf(new TallyName(type, null, typeHash)));
            subject.Missed = truncated ? _from.Varint(long.MaxValue) : 0;
            total = Sum(total, subject.All.Events, rollup.Events);
            ReadContext(subject.Context, subject.All);
            subject.Context.RemoveEmpty();
            ReadMetadata(subject);
        }

        if (total == 0)
            throw new RollupFormatException("A summary has no events.");
        return summary.Total = total;
    }

    private void ReadMetadata(SubjectTally subject)
    {
        var (count, truncated) = ReadCount();
        subject.Metadata.LoadFloor(truncated ? _from.Varint(long.MaxValue) : 0);
        subject.Metadata.Reserve(count);
        TallyName previous = default;
        for (var i = 0; i < count; i++)
        {
            var (text, hash) = _names.ReadRequired(ref _from);
            var name = new TallyName(text, null, hash);
            CheckOrder(previous, name, first: i == 0);
            previous = name;
            var key = subject.Metadata.Load(name);
            key.Missed = truncated ? _from.Varint(long.MaxValue) : 0;
            // An event may have several values of a key, so there may be more values than events.
            ReadTable(key, subject.All, mostTotal: long.MaxValue);
        }
    }

    private (int Count, bool Truncated) ReadCount()
    {
        // Each name has at least two bytes.
        var header = _from.Varint(_from.Remaining);
        return ((int)(header >> 1), (header & 1) != 0);
    }

    private long ReadSigned()
    {
        var value = _from.Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private void ReadContext(ContextTables tables, in Tally parent)
    {
        for (var i = 0; i < ContextTables.Count; i++)
        {
            if (_from.IsNextZero)
                _from.Byte();
            else
                ReadTable(tables.Of((ContextDimension)i), parent);
        }
    }

    private void ReadTable(ValueTable table, in Tally parent) => ReadTable(table, parent, parent.Events);

    private void ReadTable(ValueTable table, in Tally parent, long mostTotal)
    {
        if (_version == 1)
        {
            ReadTableOfVersion1(table, parent, mostTotal);
            return;
        }

        // Each value has at least two bytes.
        var header = _from.Varint(_from.Remaining * 2L) - 1;
        if (header < 0)
            return;
        var total = (header & RollupFormat.TotalOfParent) != 0 ? parent.Events : _from.Varint(mostTotal);
        var truncated = (header & RollupFormat.Truncated) != 0;
        table.LoadFloor(truncated ? _from.Varint(long.MaxValue) : 0);
        ReadValues(table, parent, total, (int)(header >> 2), truncated);
    }

    private void ReadValues(ValueTable table, in Tally parent, long total, int count, bool truncated)
    {
        table.Load(total, count);
        long events = 0;
        TallyName previous = default;
        for (var i = 0; i < count; i++)
        {
            var (text, hash) = _names.ReadRequired(ref _from);
            var name = new TallyName(text, null, hash);
            // The order of version 1 is by stable hash.
            if (_version > 1)
                CheckOrder(previous, name, first: i == 0);
            else if (table.Search(name) >= 0)
                throw new RollupFormatException("A name occurs twice.");
            var tally = ReadTally(table.Kept, parent);
            events = Sum(events, tally.Events, total);
            table.Load(name, tally, truncated ? _from.Varint(long.MaxValue) : 0);
            previous = name;
        }
    }

    private Tally ReadTally(Kept kept, in Tally parent, bool isPart = true)
    {
        var tally = new Tally(kept);
        var header = _from.Varint();
        if (header == 0)
        {
            if (!isPart)
                return tally;
            if (parent.Events == 0)
                throw new RollupFormatException("A tally has no events.");
            tally.MergeFrom(parent, _installs.Index);
            return tally;
        }

        tally.Events = (long)(header >> 2);
        tally.Failures = (header & RollupFormat.NoFailures) != 0 ? 0 : _from.Varint(tally.Events);
        tally.WithOutcome = (header & RollupFormat.AllHaveOutcome) != 0 ? tally.Events : _from.Varint(tally.Events);
        tally.First = parent.First + (uint)_from.Varint(uint.MaxValue - parent.First);
        tally.Last = tally.First + (uint)_from.Varint(uint.MaxValue - tally.First);
        if (tally.Events < 1 || tally.Failures > tally.WithOutcome || (isPart && tally.Last > parent.Last))
            throw new RollupFormatException("A tally is inconsistent.");
        if (kept == Kept.Numbers)
            return tally;
        var details = tally.Details = new Details();
        if (tally.Keeps(Kept.Installs))
            details.Installs = isPart ? _installs.ReadSet(ref _from, tally.Events) : _installs.ReadAll(ref _from);
        if (tally.Keeps(Kept.Durations))
            details.Durations = ReadBuckets(DurationBuckets.Count, tally.Events);
        if (!tally.Keeps(Kept.Hours))
            return tally;
        details.Hours = ReadBuckets(24, tally.Events);
        if (tally.Failures > 0)
            details.FailureHours = ReadBuckets(24, tally.Failures);
        return tally;
    }

    private DistinctCounter ReadSessions()
    {
        var header = _from.Varint(((long)_bounds.ExactSet << 1) | 1);
        if (header == 1)
        {
            var registers = RegisterFormat.Read(ref _from, DistinctCounter.FinePrecision);
            return DistinctCounter.FromRegisters(DistinctCounter.FinePrecision, _bounds.ExactSet, registers);
        }

        if ((header & 1) != 0 || header / 2 > _from.Remaining / 8)
            throw new RollupFormatException("The sessions have an unknown encoding.");
        var hashes = InstallReader.ReadHashes(ref _from, (int)(header / 2));
        return DistinctCounter.FromElements(DistinctCounter.FinePrecision, _bounds.ExactSet, hashes);
    }

    private BucketCounts? ReadBuckets(int buckets, long events)
    {
        var used = (int)_from.Varint(Math.Min(buckets, _from.Remaining));
        if (used == 0)
            return null;
        var list = new ulong[used];
        var next = 0UL;
        long sum = 0;
        for (var i = 0; i < used; i++)
        {
            var gap = (ulong)_from.Varint((long)buckets << 1);
            var bucket = next + (gap >> 1);
            var count = (gap & 1) != 0 ? 1 : (ulong)_from.Varint(uint.MaxValue);
            if (bucket >= (ulong)buckets || count == 0)
                throw new RollupFormatException("A bucket is out of range.");
            sum = Sum(sum, (long)count, events);
            list[i] = (bucket << 32) | count;
            next = bucket + 1;
        }

        return BucketCounts.FromList(list);
    }

    private static void CheckOrder(in TallyName previous, in TallyName name, bool first)
    {
        if (!first && previous.CompareTo(name) >= 0)
            throw new RollupFormatException("Names are not in order.");
    }

    /// <summary>Adds a part to a sum of parts, which can't exceed their whole.</summary>
    private static long Sum(long sum, long part, long whole) =>
        part <= whole - sum ? sum + part : throw new RollupFormatException("The parts exceed the whole.");
}
