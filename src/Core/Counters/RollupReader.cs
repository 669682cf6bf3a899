namespace TelemetryKit.Core.Counters;

/// <summary>
/// Reads the format that <see cref="RollupFormat"/> describes, and rejects anything that <see cref="RollupWriter"/> doesn't write: a
/// rollup that was read satisfies every invariant that merging and statistics rely on.
/// </summary>
internal ref struct RollupReader
{
    private readonly RollupBounds _bounds;
    private readonly NameReader _names = new();
    private ByteReader _from;
    private InstallList _installs;

    private RollupReader(ReadOnlySpan<byte> data, RollupBounds bounds)
    {
        _from = new ByteReader(data);
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
        return new RollupReader(body[1..], bounds).Read();
    }

    private Rollup Read()
    {
        var rollup = new Rollup(_bounds);
        _installs = InstallList.Read(ref _from);
        var day = ReadTally(Rollup.KeptOfDays, default, isPart: false);
        var sessions = ReadSessions();
        var newInstalls = (long)_from.Varint();
        foreach (var table in rollup.Context.All)
            ReadTable(table, day);
        ReadTable(rollup.Types, day);
        rollup.Load(day, sessions, newInstalls);
        ReadSubjects(rollup);
        if (_from.Remaining != 0)
            throw new RollupFormatException("Unexpected data follows the rollup.");
        return rollup;
    }

    private void ReadSubjects(Rollup rollup)
    {
        var (count, cut) = ReadCut(_bounds.Subjects);
        var subjects = new SubjectTally[count];
        long events = 0;
        for (var i = 0; i < count; i++)
        {
            var (type, typeHash) = _names.ReadRequired(ref _from);
            var text = _names.Read(ref _from);
            var name = TallyName.Subject(type, typeHash, text?.Text, text?.Hash ?? 0);
            CheckOrder(i == 0 ? default : subjects[i - 1].Name, name, first: i == 0);
            var subject = subjects[i] = new SubjectTally(name, name.Hash < cut, _bounds);
            subject.All = ReadTally(SubjectTally.KeptOfSubjects, rollup.ParentOf(new TallyName(type, null, typeHash)));
            events = Sum(events, subject.All.Events, rollup.Events);
            if (subject.Context is null)
                continue;
            foreach (var table in subject.Context.All)
                ReadTable(table, subject.All);
            ReadMetadata(subject);
        }

        rollup.SubjectTable.Load(cut, subjects);
    }

    private void ReadMetadata(SubjectTally subject)
    {
        var (count, cut) = ReadCut(_bounds.MetadataKeys);
        var keys = new ValueTable[count];
        var values = 0;
        for (var i = 0; i < count; i++)
        {
            var (text, hash) = _names.ReadRequired(ref _from);
            var name = new TallyName(text, null, hash);
            CheckOrder(i == 0 ? default : keys[i - 1].Name, name, first: i == 0);
            keys[i] = new ValueTable(Kept.Numbers, _bounds, name);
            // An event may have several values of a key, so there may be more values than events.
            ReadTable(keys[i], subject.All, mostTotal: long.MaxValue);
            values += keys[i].Values.Length;
            if (hash >= cut || values > _bounds.MetadataValues)
                throw new RollupFormatException("A subject exceeds the bounds on metadata.");
        }

        subject.Metadata!.Load(cut, keys);
    }

    private (int Count, ulong Cut) ReadCut(int bound)
    {
        var header = (ulong)_from.Varint(((long)bound << 1) | 1);
        return ((int)(header >> 1), (header & 1) == 0 ? ulong.MaxValue : _from.Fixed64());
    }

    private void ReadTable(ValueTable table, in Tally parent) => ReadTable(table, parent, parent.Events);

    private void ReadTable(ValueTable table, in Tally parent, long mostTotal)
    {
        var header = (ulong)_from.Varint(((long)_bounds.Values << 1) | 1);
        if (header == 0)
            return;
        var total = (header & 1) != 0 ? parent.Events : _from.Varint(mostTotal);
        var count = (int)(header >> 1);
        table.Load(total, count);
        long events = 0;
        TallyName previous = default;
        for (var i = 0; i < count; i++)
        {
            var (text, hash) = _names.ReadRequired(ref _from);
            var name = new TallyName(text, null, hash);
            CheckOrder(previous, name, first: i == 0);
            var tally = ReadTally(table.Kept, parent);
            events = Sum(events, tally.Events, total);
            table.Load(name, tally);
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
            if (!RollupFormat.CanInherit(parent, tally))
                throw new RollupFormatException("A set that can't be inherited is missing.");
            tally.MergeFrom(parent, _bounds);
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
            details.Installs = _installs.ReadSet(ref _from, tally.Precision, tally.Events, _bounds);
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
        var hashes = InstallList.ReadHashes(ref _from, (int)(header / 2));
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
