using TelemetryKit.Core;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>Every answer equals a count of the events of its range, whatever months are folded and whatever was asked before.</summary>
public abstract class RangeContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private const int Histories = 6;
    private const int QuestionsPerHistory = 60;
    private static readonly DateOnly First = new(2025, 8, 2);
    private static readonly DateOnly Last = new(2026, 1, 5);

    private static readonly DateOnly[] Months = [.. Enumerable.Range(0, 6).Select(month => new DateOnly(2025, 8, 1).AddMonths(month))];

    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();
    private readonly List<Fact> _facts = [];

    [Theory]
    [InlineData(40, 39, 40)]
    [InlineData(60, 59, 60)]
    [InlineData(90, 89, 67)]
    public async Task Both_periods_of_an_overview_are_complete_after_months_were_folded(int days, long current, long previous)
    {
        for (var day = First; day < Last; day = day.AddDays(1))
            _facts.Add(new(day, 0, day.DayNumber, "build", "1.0"));
        await CommitAsync();
        await FoldAsync(Months[..4]);

        var answer = await AskAsync(NewView(), new OverviewQuestion(new(DataEnvironment.Live, Last.AddDays(1 - days), Last)));

        Assert.Equal((current, current), (answer.Current.Events, answer.Current.Installs));
        Assert.Equal((previous, previous), (answer.Previous.Events, answer.Previous.Installs));
    }

    [Fact]
    public async Task Every_answer_is_the_sum_over_its_days()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            _facts.Clear();
            var project = Guid.NewGuid();
            for (var day = First; day <= Last; day = day.AddDays(1))
            {
                for (var i = random.Next(4) - 1; i >= 0; i--)
                {
                    var subject = random.Next(3) == 0 ? "test" : "build";
                    _facts.Add(new(day, random.Next(86_400), 1 + random.Next(60), subject, random.Next(2) == 0 ? "1.0" : "2.0"));
                }
            }

            await CommitAsync(project);
            await FoldAsync([.. Months.Where(_ => random.Next(3) > 0)], project);
            var view = NewView(project);
            for (var question = 0; question < QuestionsPerHistory; question++)
            {
                if (random.Next(2) == 0)
                    harness.Time.Advance(Limits.ViewAge);
                await CompareAsync(view, RandomQuery(random), $"seed {seed}, question {question}");
            }
        }
    }

    [Fact]
    public async Task An_erasure_shows_in_every_process_with_the_next_answer_in_folded_months_too()
    {
        var tenant = await _store.Projects.EnsureDefaultTenantAsync(default);
        var project = (await _store.Projects.EnsureProjectAsync(tenant, Guid.NewGuid().ToString(), default)).Ref.ProjectId;
        for (var day = First; day <= Last; day = day.AddDays(1))
            _facts.Add(new(day, 0, 1 + (day.DayNumber % 3), "build", "1.0"));
        await CommitAsync(project);
        await FoldAsync(Months[..5], project);
        ProjectView[] views = [NewView(project), new(project, harness.Another().Rollups, harness.Time)];
        var query = new StatsQuery(DataEnvironment.Live, new(2025, 9, 1), new(2025, 12, 31));
        foreach (var install in (long[])[1, 2])
        {
            foreach (var view in views)
                await CompareAsync(view, await CurrentAsync(query), "before");
            await _store.Events.DeleteInstallAsync(project, install, RebuildAsync, null, default);
            _facts.RemoveAll(fact => fact.Install == install);
            foreach (var view in views)
                await CompareAsync(view, await CurrentAsync(query), "after");
            await FoldAsync(Months[..5], project);
        }

        async Task<StatsQuery> CurrentAsync(StatsQuery of) => of.For((await _store.Projects.FindProjectAsync(project, default))!);

        static async ValueTask<byte[]> RebuildAsync(IAsyncEnumerable<EventBatch> events, long newInstalls)
        {
            var rollup = new Rollup();
            await foreach (var batch in events)
                rollup.Add(batch, 0, batch.Count);
            rollup.AddNewInstalls(newInstalls);
            return rollup.Serialize();
        }
    }

    private static StatsQuery RandomQuery(Random random)
    {
        // Every third range consists of whole months, because those are the ranges that months replace.
        DateOnly from, to;
        if (random.Next(3) == 0)
        {
            var first = random.Next(Months.Length);
            (from, to) = (Months[first], Months[first + random.Next(Months.Length - first)].AddMonths(1).AddDays(-1));
        }
        else
        {
            from = First.AddDays(random.Next(Last.DayNumber - First.DayNumber));
            to = from.AddDays(random.Next(Last.DayNumber - from.DayNumber + 10));
        }

        return new StatsQuery(DataEnvironment.Live, from, to)
        {
            Subject = random.Next(4) == 0 ? "test" : null,
            Version = random.Next(4) == 0 ? "1.0" : null,
        };
    }

    private async Task CompareAsync(ProjectView view, StatsQuery query, string of)
    {
        var overview = await AskAsync(view, new OverviewQuestion(query));
        AssertFigures(query, overview.Current);
        AssertFigures(query.Previous(), overview.Previous);

        Assert.True(Dimension.TryParse("command", out var by));
        var top = await AskAsync(view, new TopQuestion(query, by, 10));
        Assert.Equal(
            In(query).GroupBy(fact => fact.Subject).OrderByDescending(subject => subject.Count()).ThenBy(subject => subject.Key)
                .Select(subject => (subject.Key, (long)subject.Count())),
            top.Items.Select(item => (item.Value, item.Events)));

        foreach (var interval in (SeriesInterval[])[SeriesInterval.Day, SeriesInterval.Week, SeriesInterval.Month])
        {
            var series = await AskAsync(view, new SeriesQuestion(query, interval));
            foreach (var (point, index) in series.Points.Select((point, index) => (point, index)))
            {
                var start = DateOnly.FromDateTime(point.Time.UtcDateTime);
                var end = index + 1 < series.Points.Count
                    ? DateOnly.FromDateTime(series.Points[index + 1].Time.UtcDateTime) : DateOnly.MaxValue;
                var expected = In(query).Where(fact => fact.Day >= start && fact.Day < end).ToList();
                Assert.True((expected.Count, Installs(expected)) == (point.Events, point.Installs), $"{of}: {interval} {start}");
            }
        }

        var users = await AskAsync(view, new UsersQuestion(query));
        Assert.Equal(Installs(In(query with { From = query.To.AddDays(-29) })), users.Monthly);
        Assert.Equal(Installs(In(query with { From = query.To })), users.Daily);

        void AssertFigures(StatsQuery range, Figures figures)
        {
            var expected = In(range);
            Assert.True(
                (expected.Count, Installs(expected)) == (figures.Events, figures.Installs),
                $"{of}: {range}: {figures.Events} events of {figures.Installs} installs "
                + $"instead of {expected.Count} of {Installs(expected)}");
            if (!range.HasFilters)
                Assert.Equal(
                    _facts.GroupBy(fact => fact.Install).Count(install => IsIn(range, install.Min(fact => fact.Day))), figures.NewInstalls);
        }
    }

    private static bool IsIn(StatsQuery query, DateOnly day) => day >= query.From && day <= query.To;

    private List<Fact> In(StatsQuery query) =>
        [.. _facts.Where(fact => IsIn(query, fact.Day)
            && (query.Subject is null || fact.Subject == query.Subject)
            && (query.Version is null || fact.Version == query.Version))];

    private static long Installs(List<Fact> facts) => facts.Select(fact => fact.Install).Distinct().Count();

    private ProjectView NewView(Guid? project = null) => new(project ?? _project, _store.Rollups, harness.Time);

    private static Task<TAnswer> AskAsync<TAnswer>(ProjectView view, StatsQuestion<TAnswer> question) =>
        view.AskAsync(question, default);

    private async Task CommitAsync(Guid? project = null)
    {
        var events = new EventBatch();
        var days = new RollupsByDay();
        foreach (var fact in _facts)
            events.Add(At(fact.Day, fact.Second), fact.Install, fact.Subject, Linux, version: fact.Version);
        days.Add(events);
        var installs = _facts.GroupBy(fact => fact.Install, fact => fact.Day)
            .Select(install => new SeenInstall(project ?? _project, DataEnvironment.Live, install.Key, install.Min())).ToArray();
        foreach (var install in installs)
            days.AddNewInstalls(install.Day, 1);
        await using var commit = await _store.Commits.BeginAsync(default);
        await commit.AddInstallsAsync(installs, default);
        await commit.WriteAndCommitAsync(
            [new(project ?? _project, DataEnvironment.Live, [events])],
            [.. days.Days.Select(day => new RollupDelta(
                Guid.CreateVersion7(), project ?? _project, DataEnvironment.Live, day.Key, day.Value.Serialize()))],
            default);
    }

    private async Task FoldAsync(DateOnly[] months, Guid? project = null)
    {
        foreach (var day in _facts.Select(fact => fact.Day).Distinct())
            await _store.Rollups.FoldDayAsync(project ?? _project, DataEnvironment.Live, day, Rollup.Fold, default);
        foreach (var month in months)
            await _store.Rollups.FoldMonthAsync(project ?? _project, DataEnvironment.Live, month, Rollup.Fold, default);
    }

    private sealed record Fact(DateOnly Day, int Second, long Install, string Subject, string Version);
}
