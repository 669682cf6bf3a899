using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class InstallSetTests
{
    [Theory]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(65_536)]
    public void Sets_are_exact_up_to_the_bound_of_a_rollup(int count)
    {
        var rollup = Read(Fact.Rollup(Events(1, count)));
        Assert.False(rollup.Installs.IsOverflowed);
        Assert.Equal(count, rollup.Day.Details!.Installs!.Count);
        rollup.MergeFrom(Read(Fact.Rollup(Events(1, 65_536))));
        Assert.Equal(65_536, rollup.Day.Details!.Installs!.Count);
    }

    [Fact]
    public void Past_the_bound_small_sets_stay_exact_and_large_ones_are_estimates()
    {
        var rollup = Fact.Rollup(Events(1, 65_537).Select((e, i) => e with { Subject = i < 1_024 ? "small" : "large" }));
        foreach (var read in new[] { rollup, Read(rollup), Read(Read(rollup)) })
        {
            Assert.True(read.Installs.IsOverflowed);
            Assert.Equal(1_024, Installs(read, "small").Count);
            Assert.InRange(Installs(read, "large").Count, 64_513 * 0.97, 64_513 * 1.03);
            Assert.Equal(DistinctCounter.FinePrecision, Installs(read, "large").Sketch!.Precision);
        }
    }

    [Fact]
    public void A_union_counts_as_if_all_rollups_were_merged()
    {
        var bounds = RollupBounds.Day with { ExactInstalls = 100, ExactSet = 10 };
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var facts = new Facts(seed);
            var parts = facts.Split(facts.Take(facts.Next(400)), 1 + facts.Next(6)).Select(part => Fact.Rollup(part, bounds)).ToList();
            var sum = new Rollup(bounds);
            foreach (var part in parts)
                sum.MergeFrom(part);
            var union = new InstallUnion(new RangeInstalls(parts));
            var all = parts.Select(p => p.Day.Details?.Installs).OfType<InstallSet>().ToList();
            var os = parts.Select(Linux).OfType<InstallSet>().ToList();
            return union.Count(all) == (sum.Day.Details?.Installs?.Count ?? 0) && union.Count(os) == (Linux(sum)?.Count ?? 0);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), property);

        static InstallSet? Linux(Rollup rollup) =>
            rollup.Context[ContextDimension.Os]?.Find(TallyName.Value("os3"), out _)?.Details?.Installs;
    }

    private static IEnumerable<Fact> Events(int first, int count) =>
        Enumerable.Range(first, count).Select(i => new Fact { Time = Facts.Day, Type = "log", Install = i });

    private static Rollup Read(Rollup rollup) => Rollup.Read(rollup.Serialize());

    private static InstallSet Installs(Rollup rollup, string subject) =>
        rollup.SubjectTable.Find(TallyName.Subject("log", subject), out _)!.All.Details!.Installs!;
}
