using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class RollupMergeTests
{
    // Small enough that a few hundred events exceed each of them. Names past a bound depend on the order of merging, installs don't.
    private static readonly RollupBounds Tight = RollupBounds.Delta with { ExactInstalls = 60, ExactSet = 8 };

    private static readonly RollupBounds Tighter = RollupBounds.Delta with { ExactInstalls = 5, ExactSet = 2 };

    public static TheoryData<string> Bounds => ["default", "tight", "tighter"];

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Parts_merged_in_any_order_are_the_rollup_of_the_whole(string bounds)
    {
        Check(bounds, (facts, events, used) =>
        {
            var parts = facts.Split(events, 1 + facts.Next(9)).Select(part => Fact.Rollup(part, used)).ToArray();
            var sum = new Rollup(used);
            foreach (var part in facts.Shuffled(parts))
                sum.MergeFrom(part);
            return Same(sum, Fact.Rollup(events, used));
        });
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Folding_serialised_parts_in_any_grouping_gives_the_same_bytes(string bounds)
    {
        Check(bounds, (facts, events, used) =>
        {
            var pending = facts.Split(events, 1 + facts.Next(9))
                .Select(part => (ReadOnlyMemory<byte>)Fact.Rollup(part, used).Serialize())
                .ToList();
            while (pending.Count > 1)
            {
                var taken = facts.Shuffled(pending)[..Math.Min(pending.Count, 2 + facts.Next(3))];
                pending.RemoveAll(taken.Contains);
                pending.Add(Rollup.Fold(taken, used));
            }

            return pending[0].Span.SequenceEqual(Fact.Rollup(events, used).Serialize());
        });
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Merge_is_associative_and_commutative(string bounds)
    {
        Check(bounds, (facts, events, used) =>
        {
            var parts = facts.Split(events, 3).Select(part => Fact.Rollup(part, used)).ToArray();
            var left = Sum(used, Sum(used, parts[0], parts[1]), parts[2]);
            var right = Sum(used, parts[0], Sum(used, parts[1], parts[2]));
            return Same(left, right) && Same(Sum(used, parts[0], parts[1]), Sum(used, parts[1], parts[0]));
        });
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void The_empty_rollup_changes_nothing(string bounds)
    {
        Check(bounds, (_, events, used) =>
        {
            var rollup = Fact.Rollup(events, used);
            var before = rollup.Serialize();
            rollup.MergeFrom(new Rollup(used));
            return rollup.Serialize().AsSpan().SequenceEqual(before) && Same(Sum(used, rollup), rollup);
        });
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Reading_a_serialised_rollup_gives_the_same_rollup(string bounds)
    {
        Check(bounds, (facts, events, used) =>
        {
            var rollup = Fact.Rollup(events, used);
            rollup.AddNewInstalls(facts.Next(1_000) - 500);
            var bytes = rollup.Serialize();
            return Rollup.Read(bytes, used).Serialize().AsSpan().SequenceEqual(bytes);
        });
    }

    [Fact]
    public void Merging_shares_no_state_with_the_other_rollup()
    {
        var facts = new Facts(5);
        var other = Fact.Rollup(facts.Take(300));
        var before = other.Serialize();
        var rollup = new Rollup();
        rollup.MergeFrom(other);
        rollup.MergeFrom(Fact.Rollup(facts.Take(300)));
        Assert.Equal(before, other.Serialize());
    }

    [Fact]
    public void New_installs_are_added_and_may_be_negative()
    {
        var one = new Rollup();
        one.AddNewInstalls(3);
        var two = new Rollup();
        two.AddNewInstalls(-4);
        Assert.Equal(-1, Rollup.Read(Rollup.Fold([one.Serialize(), two.Serialize()])).NewInstalls);
    }

    private static void Check(string bounds, Func<Facts, List<Fact>, RollupBounds, bool> holds)
    {
        var used = bounds switch { "tight" => Tight, "tighter" => Tighter, _ => RollupBounds.Day };
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var facts = new Facts(seed);
            return holds(facts, facts.Take(facts.Next(400)), used);
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), property);
    }

    private static Rollup Sum(RollupBounds bounds, params Rollup[] parts)
    {
        var sum = new Rollup(bounds);
        foreach (var part in parts)
            sum.MergeFrom(part);
        return sum;
    }

    private static bool Same(Rollup one, Rollup two) => one.Serialize().AsSpan().SequenceEqual(two.Serialize());
}
