using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

/// <summary>The guarantees of a summary, for random events, split into parts that are merged in a random tree.</summary>
public sealed class NameTableTests
{
    private const int Bound = 8;

    [Fact]
    public void The_floor_is_bounded_by_the_events_that_the_largest_names_do_not_have() => Check((table, counts) =>
    {
        var largest = counts.Values.OrderDescending().ToArray();
        var total = largest.Sum();
        for (var t = 0; t <= Bound; t++)
        {
            if (table.Floor > (total - largest.Take(t).Sum()) / (Bound + 1 - t))
                return false;
        }

        return true;
    });

    [Fact]
    public void Each_count_is_an_interval_that_contains_the_true_number() => Check((table, counts) =>
        counts.All(c => table.Find(TallyName.Value(c.Key), out var missed) is { } tally
            ? c.Value >= tally.Events && c.Value <= tally.Events + missed && missed <= table.Floor
            : c.Value <= missed && missed == table.Floor));

    [Fact]
    public void Each_name_with_more_than_its_share_of_events_is_kept() => Check((table, counts) =>
        counts.Where(c => c.Value > counts.Values.Sum() / (Bound + 1.0)).All(c => table.Find(TallyName.Value(c.Key), out _) is not null));

    [Fact]
    public void The_total_includes_what_is_not_kept() => Check((table, counts) =>
        table.Total == counts.Values.Sum() && table.Total == table.Other + table.Values.ToArray().Sum(v => v.Tally.Events));

    [Fact]
    public void Up_to_the_bound_each_count_is_exact() => Check(
        (table, counts) => !table.IsTruncated && counts.All(c => table.Find(TallyName.Value(c.Key), out _)?.Events == c.Value),
        names: Bound);

    [Fact]
    public void Names_with_as_many_events_are_not_chosen_by_their_order()
    {
        // The tie is decided by a secret of the process, so that neither the first nor the last to arrive is preferred.
        var table = Table();
        for (var i = 0; i < 1_000; i++)
            table.Add("name" + i, default(Sample));
        table.Prune();
        Assert.Equal((Bound, 1_000L), (table.Count, table.Total));
        Assert.InRange(table.Floor, 1, 1_000 / (Bound + 1));
    }

    private static void Check(Func<ValueTable, Dictionary<string, long>, bool> holds, int names = 60)
    {
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var random = new Random(seed);
            var counts = new Dictionary<string, long>();
            var parts = new List<ValueTable>();
            for (var part = random.Next(1, 12); part > 0; part--)
                parts.Add(Part(random, random.Next(1, names + 1), counts));
            while (parts.Count > 1)
            {
                var sum = Table();
                for (var n = Math.Min(parts.Count, random.Next(2, 5)); n > 0; n--)
                {
                    var taken = random.Next(parts.Count);
                    sum.MergeFrom(parts[taken]);
                    parts.RemoveAt(taken);
                }

                if (random.Next(2) == 0)
                    sum.Prune();
                parts.Add(sum);
            }

            return holds(parts[0], counts);
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), property);
    }

    private static ValueTable Part(Random random, int names, Dictionary<string, long> counts)
    {
        var table = Table();
        for (var i = random.Next(300); i > 0; i--)
        {
            // Some names are far more frequent than others.
            var name = "name" + Math.Min(random.Next(names), random.Next(random.Next(names) + 1));
            table.Add(name, default(Sample));
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        if (random.Next(2) == 0)
            table.Prune();
        return table;
    }

    private static ValueTable Table() => new(Kept.Numbers, Bound, new InstallIndex(RollupBounds.Day));
}
