using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Core.Tests.Shares;

public sealed class SharedBudgetTests
{
    private const long Limit = 8_000;

    [Fact]
    public void One_party_leaves_half_and_each_other_its_share()
    {
        var budget = new SharedBudget(Resources.Waiting(Limit));
        var greedy = new Parties(Guid.NewGuid(), Guid.NewGuid(), new(1));
        while (budget.TryTake(greedy, 100) is null)
        {
        }

        Assert.Equal(Limit / 2, budget.Taken);
        var other = new Parties(Guid.NewGuid(), Guid.NewGuid(), new(2));
        var taken = 0;
        while (budget.TryTake(other, 100) is null)
            taken += 100;
        Assert.Equal(Limit / 8, taken);
    }

    [Theory]
    [InlineData(true, false, PartyKind.Key, 1_000)]
    [InlineData(false, true, PartyKind.Source, 1_000)]
    [InlineData(false, false, PartyKind.Tenant, 2_000)]
    public void A_share_holds_for_a_key_a_source_and_a_tenant(bool oneKey, bool oneSource, PartyKind full, long share)
    {
        var budget = new SharedBudget(Resources.Waiting(Limit));
        Assert.Null(budget.TryTake(new(Guid.NewGuid(), Guid.NewGuid(), new(99)), Limit / 2));
        var (tenant, key) = (Guid.NewGuid(), Guid.NewGuid());
        PartyKind? refused = null;
        for (var i = 1; refused is null; i++)
        {
            var of = new Parties(oneKey || oneSource ? Guid.NewGuid() : tenant, oneKey ? key : Guid.NewGuid(), new(oneSource ? 7 : i));
            refused = budget.TryTake(of, 100);
        }

        Assert.Equal((full, (Limit / 2) + share), (refused, budget.Taken));
    }

    [Fact]
    public void A_request_that_is_alone_may_take_more_than_there_is()
    {
        var budget = new SharedBudget(Resources.Waiting(Limit));
        var parties = new Parties(Guid.NewGuid(), Guid.NewGuid(), new(1));
        Assert.Null(budget.TryTake(parties, Limit));
        Assert.Equal(PartyKind.Process, budget.TryTake(parties, 1));
        Assert.Null(budget.TryTake(parties, 1, held: Limit));
    }

    [Fact]
    public void Whatever_is_taken_and_given_back_the_sums_are_right_and_the_bounds_hold()
    {
        var step = Gen.Zip(Gen.Choose(0, 2), Gen.Choose(0, 100_000)).ArrayOf();
        Prop.ForAll(step.ToArbitrary(), steps =>
        {
            var budget = new SharedBudget(Resources.Waiting(Limit));
            var held = new List<(Parties Parties, long Bytes)>();
            foreach (var (kind, number) in steps)
            {
                if (kind < 2)
                {
                    var parties = new Parties(Id(number % 3), Id(10 + (number % 6)), new(number % 4));
                    if (budget.TryTake(parties, number % 1_500) is null)
                        held.Add((parties, number % 1_500));
                }
                else if (held.Count > 0)
                {
                    budget.Return(held[number % held.Count].Parties, held[number % held.Count].Bytes);
                    held.RemoveAt(number % held.Count);
                }

                Assert.Equal(held.Sum(one => one.Bytes), budget.Taken);
                Assert.InRange(budget.Taken, 0, Limit);
            }

            foreach (var (parties, bytes) in held)
                budget.Return(parties, bytes);
            Assert.Equal(0, budget.Taken);
            // No party owes anything: each has its whole share again.
            Assert.Null(budget.TryTake(new(Guid.NewGuid(), Guid.NewGuid(), new(99)), Limit / 2));
            Assert.Null(budget.TryTake(new(Id(0), Guid.NewGuid(), default), Limit / 4));
            Assert.Null(budget.TryTake(new(Guid.NewGuid(), Id(10), default), Limit / 8));
            Assert.Null(budget.TryTake(new(Guid.NewGuid(), Guid.NewGuid(), new(1)), Limit / 8));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200));
    }

    // The third tenant, and no key's id, is empty: it isn't known.
    private static Guid Id(int number) => number == 2 ? Guid.Empty : new Guid(number + 1, 0, 0, new byte[8]);
}
