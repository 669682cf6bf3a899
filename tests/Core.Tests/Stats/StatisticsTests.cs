using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Tests.Counters;

namespace TelemetryKit.Core.Tests.Stats;

/// <summary>
/// Compares every answer with a naive count: over random events, split into deltas that are merged in random order, and random queries.
/// </summary>
public sealed class StatisticsTests
{
    private const int Days = 75;

    private static readonly DateOnly First = DateOnly.FromDateTime(Facts.Day.UtcDateTime);

    private static readonly string[] Dimensions =
    [
        "command", "feature", "method", "component", "event", "version", "os", "arch", "runtime", "actor", "sdk",
        "meta.key0", "meta.key3", "meta.unknown",
    ];

    [Fact]
    public void Overview_equals_a_naive_count() => Check((world, query) =>
    {
        var answer = world.Ask(new OverviewQuestion(query));
        Compare(world.Oracle(query).Figures(query, world.NewInstalls), answer.Current, query);
        Compare(world.Oracle(query).Figures(query.Previous(), world.NewInstalls), answer.Previous, query);
    });

    [Fact]
    public void Top_equals_a_naive_count() => Check((world, query) =>
    {
        foreach (var name in Dimensions)
        {
            Assert.True(Dimension.TryParse(name, out var by));
            var question = new TopQuestion(query, by, Limit: 5);
            var answer = world.Ask(question);
            var values = world.Oracle(query).Values(name);

            Assert.Equal(values.Sum(v => v.Value.Count), answer.Total);
            var expected = values.OrderByDescending(v => v.Value.Count).ThenBy(v => v.Key, StringComparer.Ordinal).Take(5);
            Assert.Equal(expected.Select(v => v.Key), answer.Items.Select(i => i.Value));
            Assert.Equal(answer.Total - answer.Items.Sum(i => i.Events), answer.Other);
            Assert.All(answer.Items, item => Compare(values[item.Value], item));
        }
    });

    [Fact]
    public void Series_equal_a_naive_count() => Check((world, query) =>
    {
        foreach (var interval in Enum.GetValues<SeriesInterval>())
        {
            var answer = world.Ask(new SeriesQuestion(query, interval));
            Assert.Equal(interval, answer.Interval);
            var points = answer.Points.Select(p => (p.Time, p.Events, p.Installs, p.Failures));
            var hasInstalls = interval != SeriesInterval.Hour;
            var expected = world.Oracle(query).Series(interval)
                .Select(p => (p.Time, (long?)p.Events, hasInstalls ? p.Installs : (long?)null, (long?)p.Failures));
            Assert.Equal(expected, points);
        }
    });

    [Fact]
    public void Users_equal_a_naive_count() => Check((world, query) =>
    {
        var answer = world.Ask(new UsersQuestion(query));
        var oracle = world.Oracle(query);
        Assert.Equal(oracle.ActiveInstalls(query.To, query.To), answer.Daily);
        Assert.Equal(oracle.ActiveInstalls(query.To.AddDays(-6), query.To), answer.Weekly);
        Assert.Equal(oracle.ActiveInstalls(query.To.AddDays(-29), query.To), answer.Monthly);
        Assert.Equal(Enumerable.Range(0, query.Days).Select(query.From.AddDays), answer.Days.Select(d => d.Day));
        foreach (var day in answer.Days)
        {
            Assert.Equal(oracle.ActiveInstalls(day.Day, day.Day), day.Active);
            var added = query.HasFilters ? null : (long?)world.NewInstalls.GetValueOrDefault(day.Day);
            Assert.Equal(added, day.New);
            Assert.Equal(added is null ? null : Math.Max(0, day.Active!.Value - added.Value), day.Returning);
        }
    });

    [Fact]
    public void Events_without_a_value_from_before_they_were_counted_are_the_rest_of_their_parent()
    {
        var version = new ValueTable(Kept.Numbers, 100, new Rollup().Installs);
        var parent = new Tally(Kept.Numbers) { Events = 10, Failures = 4, WithOutcome = 8, First = 1, Last = 9 };
        var known = new Tally(Kept.Numbers) { Events = 7, Failures = 3, WithOutcome = 6, First = 2, Last = 8 };
        version.Add("1.0", known);
        var rest = Unvalued.Find(version, parent, out _)!.Value;
        Assert.Equal((3, 1, 2), (rest.Events, rest.Failures, rest.WithOutcome));
        version.Add(NoValue.Name, new Tally(Kept.Numbers) { Events = 1, First = 3, Last = 3 });
        Assert.Equal(3, Unvalued.Find(version, parent, out _)!.Value.Events);
    }

    private static void Check(Action<World, StatsQuery> compare)
    {
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var world = new World(seed);
            for (var i = 0; i < 10; i++)
                compare(world, world.Query());
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(15), property);
    }

    private static void Compare(Figures expected, Figures actual, StatsQuery query)
    {
        // Sessions are counted only for all events.
        if (query.HasFilters)
            expected = expected with { Sessions = null };
        // The median is within 1 %, and compared by Counting.Tests.
        Assert.Equal(expected, actual with { P50Ms = null });
    }

    private static void Compare(List<Fact> events, TopItem item)
    {
        Assert.Equal(events.Count, item.Events);
        Assert.Equal(events.Count(e => e.Failed), item.Failures);
        Assert.Equal(events.Count(e => e.IsError), item.Errors);
        Assert.Equal(Oracle.Rate(events), item.SuccessRate);
        Assert.Equal(events.Min(e => e.Time).ToUnixTimeSeconds(), item.FirstSeen.ToUnixTimeSeconds());
        Assert.Equal(events.Max(e => e.Time).ToUnixTimeSeconds(), item.LastSeen.ToUnixTimeSeconds());
        if (item.Installs is not null)
            Assert.Equal(Oracle.Installs(events), item.Installs);
        var durations = events.Where(e => !float.IsNaN(e.DurationMs)).Select(e => (double)e.DurationMs).Order().ToArray();
        if (item.P50Ms is null)
            return;
        Assert.InRange(item.P50Ms.Value / NearestRank(0.5), 0.99, 1.01);
        Assert.InRange(item.P95Ms!.Value / NearestRank(0.95), 0.99, 1.01);

        // The smallest duration that is at least as long as a share q of all.
        double NearestRank(double q) =>
            durations[Enumerable.Range(0, durations.Length).First(i => i + 1 >= (q * durations.Length) - 1e-6)];
    }

    private sealed class World
    {
        private readonly Facts _facts;
        private readonly List<Fact> _events;
        private readonly Dictionary<DateOnly, Rollup> _days = [];
        private readonly Dictionary<DateOnly, Rollup> _months = [];

        public World(int seed)
        {
            _facts = new Facts(seed, names: 4);
            _events = _facts.Take(1_500, Days);
            foreach (var day in _events.GroupBy(e => e.Day))
            {
                NewInstalls[day.Key] = _facts.Next(5);
                var added = new Rollup();
                added.AddNewInstalls(NewInstalls[day.Key]);
                var deltas = _facts.Split(day, 3).Select(part => Fact.Rollup(part)).Append(added);
                _days[day.Key] = Folded(_facts.Shuffled(deltas));
            }

            foreach (var month in _days.GroupBy(d => new DateOnly(d.Key.Year, d.Key.Month, 1)).Where(_ => _facts.Next(2) == 0))
                _months[month.Key] = Folded(month.Select(d => d.Value));
        }

        public Dictionary<DateOnly, long> NewInstalls { get; } = [];

        public Oracle Oracle(StatsQuery query) => new(_events, query);

        public StatsQuery Query()
        {
            var from = _facts.Next(Days);
            var some = _events[_facts.Next(_events.Count)];
            return new StatsQuery(DataEnvironment.Live, First.AddDays(from), First.AddDays(from + _facts.Next(Days - from)))
            {
                Subject = _facts.Next(3) == 0 ? some.Subject : null,
                Type = _facts.Next(3) == 0 ? some.Type : null,
                Version = _facts.Next(4) == 0 ? some.Version ?? NoValue.Name : null,
                Actor = _facts.Next(4) == 0 ? some.Context.Actor ?? NoValue.Name : null,
            };
        }

        /// <summary>
        /// Computes the answer as the server does: from the rollups of the days if they contain the data, and otherwise from the events.
        /// </summary>
        public TAnswer Ask<TAnswer>(StatsQuestion<TAnswer> question)
        {
            var needed = question.Days;
            if (question.IsKeptInRollups)
                return question.Compute(RollupSet.TryCreate(question.WholeRanges, question.DailyRange, new Loaded(_days, _months))!);

            var fromEvents = question.FromEvents();
            var days = _events.Where(e => needed.Contains(e.Day)).Chunk(100).Select(chunk => Fact.Batch(chunk)).ToList();
            return fromEvents.Compute([.. fromEvents.Counts.Select(count => EventTables.Of(count, fromEvents.Ranges, days))]);
        }

        private static Rollup Folded(IEnumerable<Rollup> parts) =>
            Rollup.Read(Rollup.Fold([.. parts.Select(part => (ReadOnlyMemory<byte>)part.Serialize())]));
    }

    private sealed class Loaded(Dictionary<DateOnly, Rollup> days, Dictionary<DateOnly, Rollup> months) : ILoadedRollups
    {
        public Rollup? FindMonth(DateOnly month) => months.GetValueOrDefault(month);

        public bool TryFindDay(DateOnly day, out Rollup? rollup)
        {
            rollup = days.GetValueOrDefault(day);
            return true;
        }
    }
}
