using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Tests.Stats;

public sealed class RangeTests
{
    private static readonly DateOnly First = new(2026, 1, 1);
    private static readonly DayRange Quarter = new(First, new DateOnly(2026, 3, 31));

    [Fact]
    public void Parts_of_a_range_contain_each_day_once()
    {
        RangePart january = new MonthPart(First, new Rollup());
        RangePart rest = new KnownEmpty(new(2026, 2, 1), Quarter.To);
        Assert.Single(new WholeRange(Quarter, [january, rest]).Rollups);

        AssertRejected(); // Nothing is known.
        AssertRejected(january);
        AssertRejected(rest);
        AssertRejected(rest, january);
        AssertRejected(january, january, rest);
        AssertRejected(january, new DayPart(new(2026, 1, 31), new Rollup()), rest);
        AssertRejected(january, new KnownEmpty(new(2026, 2, 2), Quarter.To));
        AssertRejected(january, rest, new DayPart(new(2026, 4, 1), new Rollup()));
        AssertRejected(new MonthPart(new(2025, 12, 1), new Rollup()), january, rest);

        static void AssertRejected(params RangePart[] parts) =>
            Assert.Throws<ArgumentException>(() => new WholeRange(Quarter, parts));
    }

    [Fact]
    public void A_day_outside_of_the_loaded_range_is_a_fault_and_not_an_empty_day()
    {
        var week = new DayRange(First, First.AddDays(6));
        var days = new DayByDay(week, [new KnownEmpty(First, First.AddDays(2)), .. Days(3, 7)]);
        Assert.Null(days.Find(First));
        Assert.NotNull(days.Find(First.AddDays(3)));
        Assert.Equal(4, days.Between(First, First.AddDays(6)).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => days.Find(First.AddDays(7)));
        Assert.Throws<ArgumentOutOfRangeException>(() => days.Between(First.AddDays(-1), First));
        Assert.Throws<ArgumentException>(() => new DayByDay(week, [.. Days(0, 6)]));

        static IEnumerable<DailyPart> Days(int from, int to) =>
            Enumerable.Range(from, to - from).Select(day => new DayPart(First.AddDays(day), new Rollup()));
    }

    [Fact]
    public void An_answer_is_not_computed_from_rollups_that_were_loaded_for_another_question()
    {
        var query = new StatsQuery(DataEnvironment.Live, First, First.AddDays(6));
        var longer = query with { To = query.To.AddDays(1) };
        var loaded = RollupSet.OfDays(new OverviewQuestion(query), new Dictionary<DateOnly, Rollup>());
        Assert.Equal(0, new OverviewQuestion(query).Compute(loaded).Current.Events);
        Assert.Throws<ArgumentException>(() => new OverviewQuestion(longer).Compute(loaded));
        Assert.Null(RollupSet.TryCreate([Quarter], null, new Partly(new() { [First] = null }, [])));
    }

    [Fact]
    public void A_plan_counts_each_event_once_whatever_months_are_folded()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var events = Enumerable.Range(0, 150).ToDictionary(First.AddDays, _ => (long)Math.Max(0, random.Next(-2, 4)));
            var days = events.ToDictionary(day => day.Key, day => day.Value == 0 ? null : RollupOf(day.Value));
            var months = Enumerable.Range(0, 4).Select(First.AddMonths).Where(_ => random.Next(2) == 0)
                .ToDictionary(month => month, month => RollupOf(Sum(DayRange.OfMonth(month))));
            var from = First.AddDays(random.Next(100));
            var range = new DayRange(from, from.AddDays(random.Next(150 - (from.DayNumber - First.DayNumber))));

            var whole = RangePlan.PlanWhole(range, new Partly(days, months));
            Assert.Equal(Sum(range), whole!.Rollups.Sum(rollup => rollup.Events));
            var daily = RangePlan.PlanDays(range, new Partly(days, months));
            Assert.Equal(Sum(range), daily!.Between(range.From, range.To).Sum(rollup => rollup.Events));

            // A day that isn't loaded is noticed, unless a month replaces it.
            var missing = range.From.AddDays(random.Next(range.To.DayNumber - range.From.DayNumber + 1));
            days.Remove(missing);
            var isReplaced = range.WholeMonths().Any(month => months.ContainsKey(month) && DayRange.OfMonth(month).Contains(missing));
            Assert.Equal(isReplaced, RangePlan.PlanWhole(range, new Partly(days, months)) is not null);
            Assert.Null(RangePlan.PlanDays(range, new Partly(days, months)));

            long Sum(DayRange of) => events.Where(day => of.Contains(day.Key)).Sum(day => day.Value);
        }
    }

    [Fact]
    public void The_union_of_ranges_has_their_days_once()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var ranges = Enumerable.Range(0, random.Next(6)).Select(_ => First.AddDays(random.Next(40)))
                .Select(from => new DayRange(from, from.AddDays(random.Next(10)))).ToArray();
            var union = DayRange.Union(ranges);
            Assert.Equal(ranges.SelectMany(Days).Distinct().Order(), union.SelectMany(Days));
            Assert.All(union.Zip(union.Skip(1)), pair => Assert.True(pair.First.To.AddDays(1) < pair.Second.From));
        }

        static IEnumerable<DateOnly> Days(DayRange range) =>
            Enumerable.Range(0, range.To.DayNumber - range.From.DayNumber + 1).Select(range.From.AddDays);
    }

    private static Rollup RollupOf(long events)
    {
        var rollup = new Rollup();
        var batch = new EventBatch();
        for (var i = 0; i < events; i++)
            batch.Add(Guid.NewGuid(), i, "command_executed", null, 1, 0, null, null, float.NaN, EventContext.None);
        rollup.Add(batch, 0, batch.Count);
        return rollup;
    }

    /// <summary>What is loaded: a day that is missing isn't.</summary>
    private sealed class Partly(Dictionary<DateOnly, Rollup?> days, Dictionary<DateOnly, Rollup> months) : ILoadedRollups
    {
        public Rollup? FindMonth(DateOnly month) => months.GetValueOrDefault(month);

        public bool TryFindDay(DateOnly day, out Rollup? rollup) => days.TryGetValue(day, out rollup);
    }
}
