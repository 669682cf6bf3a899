using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class RollupCountTests
{
    [Fact]
    public void Every_table_equals_a_naive_count_of_the_same_events() => Check(RollupBounds.Default);

    [Fact]
    public void Beyond_the_bounds_kept_names_are_exact_and_the_rest_counts_under_other() =>
        Check(new RollupBounds(Subjects: 12, Values: 3, MetadataKeys: 3, MetadataValues: 7, Breakdown: 120, ExactSet: 1_024));

    [Fact]
    public void At_a_bound_the_names_with_the_smallest_hashes_are_kept()
    {
        var bounds = RollupBounds.Default with { Subjects = 10, Values = 5 };
        var events = new Facts(1, names: 40).Take(3_000);
        var rollup = Fact.Rollup(events, bounds);

        var subjects = events.Select(e => TallyName.Subject(e.Type, e.Subject)).Distinct().OrderBy(n => n.Hash).Take(10);
        Assert.Equal(subjects, rollup.Subjects.ToArray().Select(s => s.Name));
        var versions = events.Select(e => TallyName.Value(e.Version ?? NoValue.Name)).Distinct()
            .OrderBy(n => n.Hash).Take(5);
        Assert.Equal(versions, rollup.Context[ContextDimension.Version].Values.ToArray().Select(v => TallyName.Value(v.Text)));
        Assert.True(rollup.IsTruncated);
        Assert.False(Fact.Rollup(events).IsTruncated);
    }

    [Fact]
    public void Subjects_beyond_the_budget_keep_their_totals_and_have_no_breakdown()
    {
        var events = new Facts(3).Take(2_000);
        var rollup = Fact.Rollup(events, RollupBounds.Default with { Breakdown = 300 });
        var subjects = rollup.Subjects.ToArray();
        var whole = subjects.TakeWhile(s => s.Context is not null).ToArray();

        Assert.InRange(whole.Length, 1, subjects.Length - 1);
        Assert.All(subjects[whole.Length..], s => Assert.Null(s.Context));
        Assert.InRange(whole.Sum(s => s.Charge), 1, 300);
        Assert.Equal(events.Count, subjects.Sum(s => s.All.Events));
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
        CompareTally(rollup.Day, events);
        Assert.Equal(events.Where(e => e.Session != 0).Select(e => e.Session).Distinct().Count(), rollup.Sessions.Count);
        CompareContext(rollup.Context, events);
        CompareTable(rollup.Types, events, e => e.Type);
        foreach (var subject in rollup.Subjects)
        {
            var own = events.Where(e => e.Type == subject.Name.Type && e.Subject == subject.Name.Text).ToList();
            CompareTally(subject.All, own);
            if (subject.Context is null)
                continue;
            CompareContext(subject.Context, own);
            foreach (var key in subject.Metadata!.Keys)
                CompareTable(key, own, e => e.Metadata.Where(m => m.Key == key.Name.Text).Select(m => m.Value));
            if (!subject.Metadata.IsCut)
                Assert.Equal(own.SelectMany(e => e.Metadata).Select(m => m.Key).Distinct().Count(), subject.Metadata.Keys.Length);
        }

        if (!rollup.IsTruncated)
            Assert.Equal(events.Select(e => (e.Type, e.Subject)).Distinct().Count(), rollup.Subjects.Length);
    }

    private static void CompareContext(ContextTables tables, List<Fact> events)
    {
        CompareTable(tables[ContextDimension.Version], events, e => e.Version ?? NoValue.Name);
        CompareTable(tables[ContextDimension.Os], events, e => e.Context.Os ?? NoValue.Name);
        CompareTable(tables[ContextDimension.Arch], events, e => e.Context.Arch ?? NoValue.Name);
        CompareTable(tables[ContextDimension.Runtime], events, e => e.Context.Runtime ?? NoValue.Name);
        CompareTable(tables[ContextDimension.Actor], events, e => e.Context.Actor ?? NoValue.Name);
        CompareTable(tables[ContextDimension.Sdk], events, e => e.Context.Sdk ?? NoValue.Name);
    }

    private static void CompareTable(ValueTable table, List<Fact> events, Func<Fact, string?> valueOf) =>
        CompareTable(table, events, e => valueOf(e) is { } value ? [value] : []);

    private static void CompareTable(ValueTable table, List<Fact> events, Func<Fact, IEnumerable<string>> valuesOf)
    {
        var groups = events.SelectMany(e => valuesOf(e).Select(value => (Value: value, Event: e)))
            .GroupBy(p => p.Value, p => p.Event)
            .ToDictionary(g => g.Key, g => g.ToList());
        Assert.Equal(groups.Values.Sum(g => g.Count), table.Total);
        foreach (var value in table.Values)
            CompareTally(value.Tally, groups[value.Text]);
        Assert.Equal(groups.Where(g => table.Find(TallyName.Value(g.Key)) is null).Sum(g => g.Value.Count), table.Other);
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
