namespace TelemetryKit.Core.Counters;

/// <summary>Reads what is different in version 1.</summary>
internal ref partial struct RollupReader
{
    /// <summary>Reads a table whose values are exact, and of which another can have all events that count as other.</summary>
    private void ReadTableOfVersion1(ValueTable table, in Tally parent, long mostTotal)
    {
        // Each value has at least two bytes.
        var header = _from.Varint(_from.Remaining);
        if (header == 0)
            return;
        var total = (header & 1) != 0 ? parent.Events : _from.Varint(mostTotal);
        ReadValues(table, parent, total, (int)(header >> 1), truncated: false);
        table.LoadFloor(table.Other);
    }

    private void ReadSubjectsOfVersion1(Rollup rollup)
    {
        var (count, cut) = ReadCut();
        long events = 0;
        for (var i = 0; i < count; i++)
        {
            var (type, typeHash) = _names.ReadRequired(ref _from);
            var text = _names.Read(ref _from);
            var name = TallyName.Subject(type, typeHash, text?.Text, text?.Hash ?? 0);
            var summary = rollup.SubjectTable.Of(SubjectTable.NumberOf(type));
            if (summary.Search(name) >= 0)
                throw new RollupFormatException("A name occurs twice.");
            var subject = summary.Load(name);
            subject.All = ReadTally(SubjectTally.KeptOfSubjects, rollup.ParentOf(new TallyName(type, null, typeHash)));
            events = Sum(events, subject.All.Events, rollup.Events);
            var hash = StableHash.Combine(StableHash.Of(type), text is null ? 0 : StableHash.Of(text.Value.Text));
            if (hash < cut)
            {
                ReadContext(subject.Context, subject.All);
                ReadMetadataOfVersion1(subject);
            }
            else
            {
                LoadUnknownBreakdown(subject);
            }
        }

        LoadTotals(rollup);
    }

    private void ReadMetadataOfVersion1(SubjectTally subject)
    {
        var (count, cut) = ReadCut();
        for (var i = 0; i < count; i++)
        {
            var (text, hash) = _names.ReadRequired(ref _from);
            var name = new TallyName(text, null, hash);
            if (subject.Metadata.Search(name) >= 0)
                throw new RollupFormatException("A name occurs twice.");
            ReadTable(subject.Metadata.Load(name), subject.All, mostTotal: long.MaxValue);
        }

        if (cut != ulong.MaxValue)
            subject.Metadata.LoadFloor(MostValues(subject));
    }

    private (int Count, ulong Cut) ReadCut()
    {
        var header = (ulong)_from.Varint(_from.Remaining);
        return ((int)(header >> 1), (header & 1) == 0 ? ulong.MaxValue : _from.Fixed64());
    }

    /// <summary>Loads a subject whose breakdown wasn't kept: each value can have all of its events.</summary>
    private static void LoadUnknownBreakdown(SubjectTally subject)
    {
        for (var i = 0; i < ContextTables.Count; i++)
        {
            var table = subject.Context.Of((ContextDimension)i);
            table.Load(subject.All.Events, 0);
            table.LoadFloor(subject.All.Events);
        }

        subject.Metadata.LoadFloor(MostValues(subject));
    }

    private static long MostValues(SubjectTally subject) =>
        subject.All.Events > long.MaxValue / Limits.CountedValues ? long.MaxValue : subject.All.Events * Limits.CountedValues;

    /// <summary>Loads the totals of each type, of which a subject that wasn't kept can have all that the others don't have.</summary>
    private static void LoadTotals(Rollup rollup)
    {
        var inTypes = 0L;
        for (var i = 0; i < SubjectTable.Count - 1; i++)
        {
            var type = SubjectTable.TypeOf(i)!;
            var events = rollup.Types.Find(TallyName.Value(type), out var missed)?.Events ?? 0;
            inTypes += events;
            LoadTotal(rollup.SubjectTable, i, events, missed);
        }

        LoadTotal(rollup.SubjectTable, SubjectTable.Count - 1, rollup.Events - inTypes, 0);
    }

    private static void LoadTotal(SubjectTable subjects, int number, long events, long missed)
    {
        if (events == 0 && missed == 0 && subjects.Summary(number) is null)
            return;
        var summary = subjects.Of(number);
        var kept = -summary.Other;
        summary.Total = Math.Max(events, kept);
        summary.LoadFloor(summary.Other + missed);
    }
}
