using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

/// <summary>What is kept of the installs of a range equals what is computed anew, whatever happens to its rollups in between.</summary>
public sealed class RangeInstallsTests
{
    private static readonly RollupBounds Bounds = RollupBounds.Day with { ExactInstalls = 100, ExactSet = 10 };

    [Fact]
    public void A_kept_range_counts_as_a_new_one_after_any_changes()
    {
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var facts = new Facts(seed);
            var random = new Random((int)seed);
            var parts = facts.Split(facts.Take(20 + facts.Next(150)), 2 + facts.Next(5));
            var rollups = parts.Select(part => Fact.Rollup(part, Bounds)).ToList();
            var cache = new RangeInstallsCache();
            for (var step = 0; step < 12; step++)
            {
                Change(facts, random, rollups, cache);
                if (!Counts(cache.Of(rollups), rollups).SequenceEqual(Counts(new RangeInstalls(rollups), rollups)))
                    return false;
                cache.Trim();
            }

            return cache.Count >= 1;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), property);
    }

    [Fact]
    public void Ranges_of_other_rollups_are_computed_separately_and_removed_with_a_rollup()
    {
        var facts = new Facts(1);
        var rollups = Enumerable.Range(0, 3).Select(_ => Fact.Rollup(facts.Take(30), Bounds)).ToList();
        var cache = new RangeInstallsCache();
        var all = cache.Of(rollups);
        var two = cache.Of([rollups[0], rollups[1]]);
        Assert.NotSame(all, two);
        Assert.Same(all, cache.Of([.. rollups]));

        cache.Replace(rollups[2], null);

        Assert.Equal(1, cache.Count);
        Assert.Same(two, cache.Of([rollups[0], rollups[1]]));
    }

    private static void Change(Facts facts, Random random, List<Rollup> rollups, RangeInstallsCache cache)
    {
        var at = random.Next(rollups.Count);
        var rollup = rollups[at];
        switch (random.Next(4))
        {
            case 0:
                rollup.MergeFrom(Fact.Rollup(facts.Take(1 + facts.Next(8)), Bounds));
                break;
            case 1:
                // A fold, with deltas that weren't merged yet.
                rollups[at] = Rollup.Read(rollup.Serialize(), Bounds);
                rollups[at].MergeFrom(Fact.Rollup(facts.Take(1 + facts.Next(8)), Bounds));
                cache.Replace(rollup, rollups[at]);
                break;
            case 2:
                // An erasure.
                rollups[at] = Fact.Rollup(facts.Take(1 + facts.Next(30)), Bounds);
                cache.Replace(rollup, rollups[at]);
                break;
            default:
                break;
        }
    }

    private static List<(long Count, double Error)> Counts(RangeInstalls installs, List<Rollup> rollups)
    {
        var counts = new List<(long, double)>();
        Add(union => union.Count([.. rollups.Select(r => r.Day.Details?.Installs).OfType<InstallSet>()]));
        foreach (var os in Enumerable.Range(0, 6).Select(i => TallyName.Value("os" + i)))
        {
            Add(union => union.Count(
                [.. rollups.Select(r => r.Context[ContextDimension.Os]?.Find(os, out _)?.Details?.Installs).OfType<InstallSet>()]));
        }

        Add(union => union.CountSessions());
        return counts;

        void Add(Func<InstallUnion, long> count)
        {
            var union = new InstallUnion(installs);
            counts.Add((count(union), union.RelativeError));
        }
    }
}
