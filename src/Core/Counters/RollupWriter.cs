namespace TelemetryKit.Core.Counters;

/// <summary>Writes the format that <see cref="RollupFormat"/> describes.</summary>
internal sealed class RollupWriter
{
    private const int MaxReusedCapacity = 64 * 1024;

    // Reused by each thread, because a commit writes many small deltas. A writer that has grown is dropped: clearing it takes longer.
    [ThreadStatic]
    private static RollupWriter? _writer;

    private readonly ByteWriter _to = new();
    private readonly NameWriter _names = new();
    private InstallList _installs;

    public static byte[] Serialize(Rollup rollup)
    {
        var writer = _writer ?? new RollupWriter();
        writer.Write(rollup);
        var bytes = writer._to.Written.ToArray();
        _writer = writer._to.Capacity > MaxReusedCapacity ? null : writer;
        return bytes;
    }

    private void Write(Rollup rollup)
    {
        _to.Clear();
        _names.Clear();
        _to.Byte(RollupFormat.Version);
        _installs = InstallList.Of(rollup);
        _installs.Write(_to);
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

    private void WriteSubjects(Rollup rollup)
    {
        WriteCut(rollup.Subjects.Length, rollup.SubjectTable.Cut);
        foreach (var subject in rollup.Subjects)
        {
            _names.Write(_to, subject.Name.Type);
            _names.Write(_to, subject.Name.Text);
            Write(subject.All, rollup.ParentOf(TallyName.Value(subject.Name.Type!)));
            if (subject.Context is null)
                continue;
            foreach (var table in subject.Context.All)
                Write(table, subject.All);
            WriteCut(subject.Metadata!.Keys.Length, subject.Metadata.Cut);
            foreach (var table in subject.Metadata.Keys)
            {
                _names.Write(_to, table.Name.Text);
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
            _names.Write(_to, value.Text);
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
        var allHaveOutcome = tally.WithOutcome == tally.Events;
        var flags = (noFailures ? RollupFormat.NoFailures : 0u) | (allHaveOutcome ? RollupFormat.AllHaveOutcome : 0u);
        _to.Varint(((ulong)tally.Events << 2) | flags);
        if (!noFailures)
            _to.Varint(tally.Failures);
        if (!allHaveOutcome)
            _to.Varint(tally.WithOutcome);
        _to.Varint(tally.First - parent.First);
        _to.Varint(tally.Last - tally.First);
        if (tally.Keeps(Kept.Installs))
            _installs.WriteSet(_to, tally.Details?.Installs);
        if (tally.Keeps(Kept.Durations))
            WriteBuckets(tally.Details?.Durations);
        if (!tally.Keeps(Kept.Hours))
            return;
        WriteBuckets(tally.Details?.Hours);
        if (!noFailures)
            WriteBuckets(tally.Details?.FailureHours);
    }

    private void WriteSessions(DistinctCounter sessions)
    {
        if (sessions.IsExact)
        {
            _to.Varint(sessions.Elements.Length * 2);
            foreach (var session in sessions.Elements)
                _to.Fixed64(session);
            return;
        }

        _to.Varint(1);
        RegisterFormat.Write(_to, sessions.Registers);
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
}
