using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Tests.Counters;

namespace TelemetryKit.Core.Tests.Stats;

/// <summary>What the answers are if there are more names or installs than the counters keep.</summary>
public sealed class CardinalityTests
{
    private static readonly DateOnly Day = DateOnly.FromDateTime(Facts.Day.UtcDateTime);
    private static readonly EventContext Human = new("linux", "x64", "dotnet 10.0", "human", "dotnet/1.0.0", "{}");
    private static readonly Fact Event = new() { Time = Facts.Day.AddHours(10), Type = "command_executed", Install = 1, Context = Human };

    [Fact]
    public void W2_the_most_frequent_versions_are_in_the_top_list_and_are_counted()
    {
        var events = Enumerable.Range(0, 400).Select(i => Event with { Subject = "build", Version = $"0.0.{i}" }).ToList();
        for (var release = 0; release < 10; release++)
            events.AddRange(Enumerable.Repeat(Event with { Subject = "build", Version = $"1.{release}.0" }, 100));
        var days = OneDay(events);

        var top = Top(days, Query(), "version");
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"1.{i}.0"), top.Items.Take(10).Select(i => i.Value));
        Assert.All(top.Items.Take(10), item => Assert.Equal(100, item.Events));
        Assert.Equal(1_400, top.Total);
        Assert.Equal(100, Overview(days, Query() with { Version = "1.0.0" }).Events);
        Assert.Equal(100, Overview(days, Query() with { Version = "1.0.0", Subject = "build" }).Events);
    }

    [Fact]
    public void W2_methods_never_displace_commands()
    {
        var events = Commands().ToList();
        for (var i = 0; i < 10_000; i++)
            events.Add(Event with { Type = "method_called", Subject = $"Method{i * 7_919}" });
        var days = OneDay(events);

        Assert.Equal(8, Top(days, Query(), "command").Items.Count);
        Assert.Equal(50, Overview(days, Query() with { Subject = "build", Type = "command_executed" }).Events);
        Assert.Equal(50, Overview(days, Query() with { Subject = "command-3", Type = "command_executed" }).Events);
        Assert.Equal(("eu", 400L), Top(days, Query(), "meta.region").Items.Select(i => (i.Value, i.Events)).Single());
    }

    [Fact]
    public void W3_a_month_keeps_the_names_of_its_days()
    {
        var first = new DateOnly(2026, 10, 1);
        var days = new Dictionary<DateOnly, byte[]>();
        for (var day = 0; day < 31; day++)
        {
            var time = new DateTimeOffset(2026, 10, 1 + day, 10, 0, 0, TimeSpan.Zero);
            var events = Enumerable.Range(0, 24).Select(i => Event with { Time = time, Version = $"0.{day}.{i}" })
                .Concat(Enumerable.Repeat(Event with { Time = time, Version = "1.0.0" }, 20));
            days[first.AddDays(day)] = Fact.Rollup(events).Serialize();
        }

        var month = Rollup.Read(Rollup.FoldMonth([.. days.Values.Select(day => (ReadOnlyMemory<byte>)day)]), RollupScale.Month);
        var set = new Loaded([], new() { [first] = month });
        var query = new StatsQuery(DataEnvironment.Live, first, first.AddDays(30)) { Version = "1.0.0" };
        Assert.Equal(620, set.Ask(new OverviewQuestion(query)).Current.Events);
    }

    [Fact]
    public void W6_the_same_installs_are_the_same_number_everywhere()
    {
        var events = new List<Fact>();
        for (var i = 1; i <= 6_000; i++)
        {
            events.Add(Event with { Subject = "build", Version = "1.0.0", Install = i });
            if (i <= 3_000)
                events.Add(Event with { Subject = "test", Version = "1.0.0", Install = i });
        }

        var days = OneDay(events, newInstalls: 6_000);
        Assert.Equal((6_000L, 6_000L), (Overview(days, Query()).Installs, Overview(days, Query()).NewInstalls));
        Assert.Equal(6_000, Overview(days, Query() with { Version = "1.0.0" }).Installs);
        foreach (var by in new[] { "os", "arch", "version", "actor", "event" })
            Assert.Equal(6_000, Assert.Single(Top(days, Query(), by).Items).Installs);
        Assert.Equal([6_000L, 3_000L], Top(days, Query(), "command").Items.Select(i => i.Installs));
        var users = days.Ask(new UsersQuestion(Query()));
        Assert.Equal((6_000L, 6_000L, 0L), (users.Daily, users.Days[0].Active, users.Days[0].Returning));
        Assert.Equal(6_000, days.Ask(new SeriesQuestion(Query(), SeriesInterval.Day)).Points[0].Installs);
    }

    [Theory]
    [InlineData(66_500)]
    [InlineData(70_000)]
    [InlineData(80_000)]
    [InlineData(90_000)]
    public void W6_one_set_has_one_estimate_from_rollups_and_from_events_and_new_installs_never_exceed_it(int many)
    {
        var events = Enumerable.Range(1, many).Select(i => Event with { Install = i }).ToList();
        var days = OneDay(events, newInstalls: many);
        var figures = Overview(days, Query());
        var os = new FieldFilter(EventField.Of("os"), "linux");
        var fromEvents = FromEvents(new OverviewQuestion(Query() with { Filters = [os] }), events);
        var top = Top(days, Query(), "os");

        var installs = figures.Installs!.Value;
        Assert.InRange(installs, many * 0.97, many * 1.03);
        Assert.Equal((installs, installs), (fromEvents.Current.Installs!.Value, Assert.Single(top.Items).Installs!.Value));
        Assert.Equal(Math.Min(many, installs), figures.NewInstalls);
        var users = days.Ask(new UsersQuestion(Query()));
        Assert.Equal(new UsersDay(Day, installs, Math.Min(many, installs), installs - Math.Min(many, installs)), users.Days[0]);
        Assert.Equal(installs, days.Ask(new SeriesQuestion(Query(), SeriesInterval.Day)).Points[0].Installs);
        Assert.Equal(new Accuracy(AccuracyKind.Estimate) { RelativeError = 0.0081 }, top.Accuracy);
        Assert.Equal(top.Accuracy, fromEvents.Accuracy);
    }

    [Fact]
    public void The_range_of_several_days_has_the_installs_of_its_union_whether_its_days_are_folded_or_not()
    {
        var days = new Dictionary<DateOnly, byte[]>();
        for (var day = 0; day < 30; day++)
        {
            // 81,000 installs together, of which build has 600.
            var events = Enumerable.Range(1, 3_000).Select(i => Event with
            {
                Time = Facts.Day.AddDays(day - 19), Subject = i <= 20 ? "build" : "test", Install = (day * 2_700) + i,
            });
            days[Day.AddDays(day - 19)] = Fact.Rollup(events).Serialize();
        }

        var folded = Rollup.Read(Rollup.FoldMonth([.. days.Values.Select(day => (ReadOnlyMemory<byte>)day)]), RollupScale.Month);
        var single = new Loaded(days.ToDictionary(d => d.Key, d => Rollup.Read(d.Value)), []);
        var month = new Loaded([], new() { [Day.AddDays(-19)] = folded });
        var query = new StatsQuery(DataEnvironment.Live, Day.AddDays(-19), Day.AddDays(10));
        foreach (var set in new[] { single, month })
        {
            var top = Top(set, query, "command");
            Assert.Equal(("build", 600L), (top.Items[1].Value, top.Items[1].Installs));
            Assert.Equal(Overview(single, query), Overview(set, query));
            Assert.InRange(Overview(set, query).Installs!.Value, 81_300 * 0.97, 81_300 * 1.03);
        }

        Assert.Equal(Top(single, query, "command").Items, Top(month, query, "command").Items);
    }

    [Fact]
    public void An_answer_past_a_bound_has_intervals_and_no_zeros()
    {
        var events = new List<Fact>();
        for (var i = 0; i < 6_000; i++)
            events.Add(Event with { Subject = "build", Version = $"0.0.{i}" });
        events.AddRange(Enumerable.Repeat(Event with { Subject = "build", Version = "1.0.0" }, 100));
        var days = OneDay(events);

        var top = Top(days, Query(), "version");
        Assert.Equal(AccuracyKind.Truncated, top.Accuracy.Kind);
        Assert.InRange(top.Accuracy.UnlistedMax!.Value, 1, 6_100 / 1_025);
        Assert.Equal(6_100, top.Total);
        Assert.Equal(6_100, top.Other + top.Items.Sum(i => i.Events));
        Assert.Equal("1.0.0", top.Items[0].Value);
        Assert.InRange(100, top.Items[0].Events, top.Items[0].EventsMax ?? top.Items[0].Events);

        var evicted = events.First(e => top.Items.All(i => i.Value != e.Version)).Version;
        var figures = days.Ask(new OverviewQuestion(Query() with { Version = evicted }));
        Assert.Equal(
            ((long?)null, (long?)null, (long?)null, AccuracyKind.Truncated),
            (figures.Current.Events, figures.Current.Installs, figures.Current.Failures, figures.Accuracy.Kind));
        Assert.Equal(0, figures.Previous.Events);
        var one = Top(days, Query() with { Version = evicted }, "version");
        Assert.Equal(((long?)null, (long?)null, 0), (one.Total, one.Other, one.Items.Count));
        Assert.Null(days.Ask(new SeriesQuestion(Query() with { Version = evicted }, SeriesInterval.Day)).Points[0].Events);
        Assert.Null(days.Ask(new UsersQuestion(Query() with { Version = evicted })).Daily);

        // The platforms of the command are still exact.
        Assert.Equal(Accuracy.Exact, Top(days, Query() with { Subject = "build" }, "os").Accuracy);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("(none)")]
    public void W8_events_without_a_subject_are_listed_with_an_interval_past_a_bound(string? subject)
    {
        var events = Enumerable.Range(0, 7_000).Select(i => Event with { Subject = $"c{i}", Install = i % 50 }).ToList();
        events.AddRange(Enumerable.Repeat(Event with { Subject = subject, Install = 7, Success = false }, 60));
        events.Add(Event with { Subject = subject is null ? NoValue.Name : null });
        events.AddRange(Enumerable.Range(7_000, 7_000).Select(i => Event with { Subject = $"c{i}", Install = i % 50 }));

        var top = Top(OneDay(events), Query(), "command");

        Assert.Equal(AccuracyKind.Truncated, top.Accuracy.Kind);
        var none = top.Items[0];
        Assert.Equal(("(none)", 14_061L), (none.Value, top.Total));
        Assert.InRange(61, none.Events, none.EventsMax ?? none.Events);
        Assert.InRange(none.Failures!.Value, none.Events - 1, 60);
    }

    private static IEnumerable<Fact> Commands()
    {
        for (var i = 0; i < 8; i++)
        {
            var command = Event with { Subject = i == 0 ? "build" : $"command-{i}", Metadata = [("region", "eu")] };
            for (var n = 0; n < 50; n++)
                yield return command;
        }
    }

    /// <summary>Stores the events as the server does: in deltas, which are folded into a day.</summary>
    private static Loaded OneDay(IEnumerable<Fact> events, int newInstalls = 0)
    {
        var deltas = events.Chunk(1_000).Select(part => (ReadOnlyMemory<byte>)Fact.Rollup(part).Serialize()).ToList();
        var added = new Rollup();
        added.AddNewInstalls(newInstalls);
        deltas.Add(added.Serialize());
        return new Loaded(new() { [Day] = Rollup.Read(Rollup.Fold(deltas)) }, []);
    }

    private static StatsQuery Query() => new(DataEnvironment.Live, Day, Day);

    private static TAnswer FromEvents<TAnswer>(StatsQuestion<TAnswer> question, IEnumerable<Fact> events)
    {
        var (asked, batches) = (question.FromEvents(), events.Chunk(1_000).Select(Fact.Batch).ToList());
        return asked.Compute([.. asked.Counts.Select(count => EventTables.Of(count, asked.Ranges, batches))]);
    }

    private static Figures Overview(Loaded rollups, StatsQuery query) => rollups.Ask(new OverviewQuestion(query)).Current;

    private static TopAnswer Top(Loaded rollups, StatsQuery query, string by)
    {
        Assert.True(Dimension.TryParse(by, out var dimension));
        return rollups.Ask(new TopQuestion(query, dimension, 1_000));
    }

    /// <summary>What a view has loaded: days and months, and no other events.</summary>
    private sealed class Loaded(Dictionary<DateOnly, Rollup> days, Dictionary<DateOnly, Rollup> months) : ILoadedRollups
    {
        public Rollup? FindMonth(DateOnly month) => months.GetValueOrDefault(month);

        public bool TryFindDay(DateOnly day, out Rollup? rollup)
        {
            rollup = days.GetValueOrDefault(day);
            return true;
        }

        public TAnswer Ask<TAnswer>(StatsQuestion<TAnswer> question) =>
            question.Compute(RollupSet.TryCreate(question.WholeRanges, question.DailyRange, this)!);
    }
}
