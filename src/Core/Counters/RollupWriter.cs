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
    private readonly InstallWriter _installs = new();

    public static byte[] Serialize(Rollup rollup)
    {
        var writer = _writer ?? new RollupWriter();
        writer.Write(rollup);
        var bytes = writer._to.Written.ToArray();
        writer._installs.Trim();
        _writer = writer._to.Capacity > MaxReusedCapacity ? null : writer;
        return bytes;
    }

    private void Write(Rollup rollup)
    {
        _to.Clear();
        _names.Clear();
        _to.Byte(RollupFormat.Version);
        _installs.Write(_to, rollup);
        if (rollup.Events == 0)
            _to.Varint(0);
        else
            Write(rollup.Day, default, isPart: false);
        WriteSessions(rollup.Sessions);
        _to.Varint((ulong)((rollup.NewInstalls << 1) ^ (rollup.NewInstalls >> 63)));
        foreach (var table in rollup.Context.All)
            Write(table, rollup.Day);
        Write(rollup.Types, rollup.Day);
        WriteSubjects(rollup);
        _to.Fixed32(RollupFormat.Checksum(_to.Written));
    }

    private void WriteSubjects(Rollup rollup)
    {
        var subjects = rollup.SubjectTable;
        _to.Varint(subjects.BreakdownFloor);
        byte mask = 0;
        for (var i = 0; i < SubjectTable.Count; i++)
            mask |= (byte)(subjects.Summary(i) is { Total: > 0 } ? 1 << i : 0);
        _to.Byte(mask);
        foreach (var summary in subjects.Summaries)
        {
            if (summary.Total > 0)
                Write(summary, rollup);
        }
    }

    private void Write(SubjectSummary summary, Rollup rollup)
    {
        summary.Sort();
        var other = summary.Other;
        var truncated = summary.Floor > 0 || other > 0;
        foreach (var subject in summary.Items)
            truncated |= subject.Missed > 0;
        WriteCount(summary.Count, truncated);
        if (truncated)
        {
            _to.Varint(other);
            _to.Varint(summary.Floor);
        }

        foreach (var subject in summary.Items)
        {
            if (summary.Type is null)
                _names.Write(_to, subject.Name.Type);
            _names.Write(_to, subject.Name.Text);
            Write(subject.All, rollup.ParentOf(TallyName.Value(subject.Name.Type!)));
            if (truncated)
                _to.Varint(subject.Missed);
            foreach (var table in subject.Context.All)
                Write(table, subject.All);
            Write(subject.Metadata, subject.All);
        }
    }

    private void Write(MetadataTables tables, in Tally parent)
    {
        tables.Sort();
        var truncated = tables.Floor > 0;
        foreach (var key in tables.Keys)
            truncated |= key.Missed > 0;
        WriteCount(tables.Count, truncated);
        if (truncated)
            _to.Varint(tables.Floor);
        foreach (var key in tables.Keys)
        {
            _names.Write(_to, key.Text);
            if (truncated)
                _to.Varint(key.Missed);
            Write(key, parent);
        }
    }

    private void WriteCount(int count, bool truncated) => _to.Varint(((ulong)count << 1) | (truncated ? 1UL : 0));

    private void Write(ValueTable? table, in Tally parent)
    {
        if (table is null or { Total: 0 })
        {
            _to.Varint(0);
            return;
        }

        table.Sort();
        var isOfParent = table.Total == parent.Events;
        var truncated = table.IsTruncated;
        var flags = (isOfParent ? RollupFormat.TotalOfParent : 0u) | (truncated ? RollupFormat.Truncated : 0u);
        _to.Varint((((ulong)table.Count << 2) | flags) + 1);
        if (!isOfParent)
            _to.Varint(table.Total);
        if (truncated)
            _to.Varint(table.Floor);
        foreach (ref readonly var value in table.Values)
        {
            _names.Write(_to, value.Text);
            Write(value.Tally, parent);
            if (truncated)
                _to.Varint(value.Missed);
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
