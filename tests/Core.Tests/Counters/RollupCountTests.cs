using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class RollupCountTests
{
    // Small enough that a few hundred events exceed each of them.
    private static readonly RollupBounds Tight = new(
        Subjects: 5, Types: 4, Values: 3, SubjectValues: 2, MetadataKeys: 2, Breakdown: 60, ExactInstalls: 65_536, ExactSet: 1_024);

    [Fact]
    public void Every_table_equals_a_naive_count_of_the_same_events() => Check(RollupBounds.Delta);

    [Fact]
    public void Beyond_the_bounds_each_number_is_an_interval_that_contains_the_naive_count() => Check(Tight);

    [Fact]
    public void The_values_of_all_breakdowns_together_are_bounded()
    {
        var bounds = RollupBounds.Day with { Breakdown = 300 };
        var events = new Facts(3).Take(2_000);
        var rollup = Rollup.Read(Fact.Rollup(events, bounds).Serialize(), bounds);
        var tables = rollup.Subjects.SelectMany(s => s.Tables()).ToList();

        Assert.Equal(300, tables.Sum(t => t.Table.Count));
        Assert.True(rollup.IsTruncated);
        Assert.Equal(events.Count, rollup.Subjects.Sum(s => s.All.Events));

        // The floor is at most the number of pairs, divided by the bound and one more.
        var pairs = tables.Sum(t => t.Table.Total);
        Assert.InRange(rollup.SubjectTable.BreakdownFloor, 1, pairs / 301);
    }

    [Fact]
    public void A_delta_of_one_event_is_small()
    {
        var context = new Core.Events.EventContext("linux", "x64", "dotnet 10.0", "human", "dotnet/1.0.0", "{}");
        var fact = new Fact
        {
            Time = Facts.Day.AddHours(10),
            Type = "command_executed",
            Subject = "build",
            Install = 1,
            Session = 2,
            Version = "1.2.0",
            Success = true,
            DurationMs = 5_123,
            Context = context,
            Metadata = [("command", "build"), ("target", "production")],
        };
        var bytes = Fact.Rollup([fact]).Serialize();

        Assert.InRange(bytes.Length, 100, 200);
    }

    [Fact]
    public void An_event_is_a_run_if_it_has_success_and_fails_if_that_is_false()
    {
        var fact = new Fact { Time = Facts.Day, Type = "error" };
        var day = Fact.Rollup(
        [
            fact,
            fact with { Success = true },
            fact with { Success = false },
            fact with { Type = "log" },
            fact with { Type = "log", Success = false },
        ]).Day;
        Assert.Equal((5L, 2L, 3L), (day.Events, day.Failures, day.WithOutcome));
    }

    private static void Check(RollupBounds bounds)
    {
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var facts = new Facts(seed);
            var events = facts.Take(1 + facts.Next(600));
            var rollup = new Rollup(bounds);
            foreach (var part in facts.Split(events, 3))
                rollup.MergeFrom(Rollup.Read(Fact.Rollup(part, bounds).Serialize(), bounds));
            Compare(rollup, events);
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), property);
    }

    private static void Compare(Rollup rollup, List<Fact> events)
    {
        CompareTally(rollup.Day, events, 0);
        Assert.Equal(events.Where(e => e.Session != 0).Select(e => e.Session).Distinct().Count(), rollup.Sessions.Count);
        CompareContext(rollup.Context, events, 0);
        CompareTable(rollup.Types, events, e => e.Type, 0);
        Assert.Equal(events.Count, rollup.SubjectTable.Summaries.Sum(s => s.Total));
        foreach (var subject in events.GroupBy(e => (e.Type, e.Subject)))
        {
            var own = subject.ToList();
            if (rollup.SubjectTable.Find(TallyName.Subject(subject.Key.Type, subject.Key.Subject), out var missed) is not { } found)
            {
                Assert.InRange(own.Count, 1, missed);
                continue;
            }

            CompareTally(found.All, own, missed);
            CompareContext(found.Context, own, missed);
            foreach (var key in own.SelectMany(e => e.Metadata).Select(m => m.Key).Distinct())
                CompareKey(found.Metadata, key, own, missed);
        }

        if (!rollup.IsTruncated)
            Assert.Equal(events.Select(e => (e.Type, e.Subject)).Distinct().Count(), rollup.Subjects.Count());
    }

    private static void CompareKey(MetadataTables tables, string key, List<Fact> events, long missed)
    {
        IEnumerable<string> ValuesOf(Fact e) => e.Metadata.Where(m => m.Key == key).Select(m => m.Value);
        if (tables.Find(TallyName.Value(key)) is { } table)
            CompareTable(table, events, ValuesOf, missed + table.Missed);
        else
            Assert.InRange(events.SelectMany(ValuesOf).GroupBy(v => v).Max(g => g.Count()), 1, missed + tables.Floor);
    }

    private static void CompareContext(ContextTables tables, List<Fact> events, long missed)
    {
        CompareTable(tables[ContextDimension.Version], events, e => e.Version ?? NoValue.Name, missed);
        CompareTable(tables[ContextDimension.Os], events, e => e.Context.Os ?? NoValue.Name, missed);
        CompareTable(tables[ContextDimension.Arch], events, e => e.Context.Arch ?? NoValue.Name, missed);
        CompareTable(tables[ContextDimension.Runtime], events, e => e.Context.Runtime ?? NoValue.Name, missed);
        CompareTable(tables[ContextDimension.Actor], events, e => e.Context.Actor ?? NoValue.Name, missed);
        CompareTable(tables[ContextDimension.Sdk], events, e => e.Context.Sdk ?? NoValue.Name, missed);
    }

    private static void CompareTable(ValueTable? table, List<Fact> events, Func<Fact, string?> valueOf, long missed) =>
        CompareTable(table, events, e => valueOf(e) is { } value ? [value] : [], missed);

    /// <summary>Compares a table, of whose events the parent may have missed some.</summary>
    private static void CompareTable(ValueTable? table, List<Fact> events, Func<Fact, IEnumerable<string>> valuesOf, long ofParent)
    {
        var groups = events.SelectMany(e => valuesOf(e).Select(value => (Value: value, Event: e)))
            .GroupBy(p => p.Value, p => p.Event)
            .ToDictionary(g => g.Key, g => g.ToList());
        var total = groups.Values.Sum(g => g.Count);
        if (ofParent == 0)
            Assert.Equal(total, table?.Total ?? 0);
        foreach (var (text, own) in groups)
        {
            long missed = 0;
            if (table?.Find(TallyName.Value(text), out missed) is { } tally)
                CompareTally(tally, own, missed + ofParent);
            else
                Assert.InRange(own.Count, 1, missed + ofParent);
        }

        Assert.All(table?.Values.ToArray() ?? [], value => Assert.Contains(value.Text, groups));
        Assert.InRange(table?.Other ?? 0, 0, total);
    }

    /// <summary>Compares the numbers of a name that may have more events than were counted.</summary>
    private static void CompareTally(Tally tally, List<Fact> events, long missed)
    {
        if (missed == 0)
        {
            CompareTally(tally, events);
            return;
        }

        Assert.InRange(events.Count, tally.Events, tally.Events + missed);
        Assert.InRange(events.Count(e => e.Failed), tally.Failures, tally.Failures + missed);
        Assert.InRange(tally.First, events.Min(e => e.Time).ToUnixTimeSeconds(), uint.MaxValue);
        Assert.InRange(tally.Last, 0, events.Max(e => e.Time).ToUnixTimeSeconds());
    }

    private static void CompareTally(Tally tally, List<Fact> events)
    {
        Assert.Equal(events.Count, tally.Events);
        Assert.Equal(events.Count(e => e.Failed), tally.Failures);
        Assert.Equal(events.Count(e => e.HasOutcome), tally.WithOutcome);
        Assert.Equal(events.Min(e => e.Time).ToUnixTimeSeconds(), tally.First);
        Assert.Equal(events.Max(e => e.Time).ToUnixTimeSeconds(), tally.Last);
        if (tally.Keeps(Kept.Installs))
            Assert.Equal(events.Where(e => e.Install != 0).Select(e => e.Install).Distinct().Count(), tally.Details?.Installs?.Count ?? 0);
        if (tally.Keeps(Kept.Durations))
        {
            var timed = events.Where(e => !float.IsNaN(e.DurationMs));
            Assert.Equal(Count(timed, e => DurationBuckets.Of(e.DurationMs)), Listed(tally.Details?.Durations));
        }

        if (!tally.Keeps(Kept.Hours))
            return;
        Assert.Equal(Count(events, e => e.Time.Hour), Listed(tally.Details?.Hours));
        Assert.Equal(Count(events.Where(e => e.Failed), e => e.Time.Hour), Listed(tally.Details?.FailureHours));
    }

    private static (int, uint)[] Count(IEnumerable<Fact> events, Func<Fact, int> bucket) =>
        [.. events.GroupBy(bucket).OrderBy(g => g.Key).Select(g => (g.Key, (uint)g.Count()))];

    private static (int, uint)[] Listed(BucketCounts? counts)
    {
        var list = new List<(int, uint)>();
        if (counts is not null)
        {
            foreach (var bucket in counts)
                list.Add(bucket);
        }

        return [.. list];
    }
}
