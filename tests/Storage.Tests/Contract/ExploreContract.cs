using TelemetryKit.Core;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Failures;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Storage;
using static TelemetryKit.Storage.Tests.TestData;

namespace TelemetryKit.Storage.Tests.Contract;

/// <summary>The requirements of questions that are answered from events: any filters, and late events although days are cached.</summary>
public abstract class ExploreContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly IStore _store = harness.Store;
    private readonly Guid _project = Guid.NewGuid();
    private readonly ProjectStatistics _statistics = new(new NoViews(), harness.Store.Events, harness.Store.Rollups);

    [Fact]
    public async Task Events_of_several_days_are_counted_by_any_filters()
    {
        for (var day = 0; day < 3; day++)
        {
            await CommitAsync(Day.AddDays(day), new EventBatch()
                .Add(At(Day.AddDays(day)), install: 1, "build", Linux, metadata: """{"flags":["--a","--b"]}""", version: "1.0")
                .Add(At(Day.AddDays(day), 1), install: 10 + day, "build", Ci, metadata: """{"flags":["--a"]}""", version: "1.0")
                .Add(At(Day.AddDays(day), 2), install: 20, subject: "test", context: Linux, version: "2.0", success: false));
        }

        var all = Query(3);
        Assert.Equal("--a:6:4 (none):3:1 --b:3:1", await TopAsync(all, "meta.flags"));
        Assert.Equal("1.0:6:4", await TopAsync(all with { Filters = [Is("meta.flags", "--a")] }, "version"));
        Assert.Equal("human:3:1", await TopAsync(all with { Filters = [Is("meta.flags", "--b"), Is("os", "linux")] }, "actor"));
        Assert.Equal("ci:3:3", await TopAsync(all with { Actor = "ci", Version = "1.0" }, "actor"));
        Assert.Equal("2.0:3:1", await TopAsync(all with { Filters = [Is("meta.flags", "(none)")] }, "version"));
        Assert.Equal("2.0:1:1", await TopAsync(Query(1) with { Filters = [Is("success", "false")] }, "version"));
        Assert.Equal("", await TopAsync(all with { Filters = [Is("meta.flags", "--c")] }, "version"));
    }

    [Fact]
    public async Task Late_events_and_folding_are_seen_although_the_day_was_counted_before()
    {
        var query = Query(1) with { Filters = [Is("os", "linux")] };
        await CommitAsync(Day, new EventBatch().Add(At(Day), install: 1, context: Linux));
        Assert.Equal((1, 1), await OverviewAsync(query));
        Assert.Equal((1, 1), await OverviewAsync(query));
        await CommitAsync(Day, new EventBatch().Add(At(Day, 5), install: 2, context: Linux));
        Assert.Equal((2, 2), await OverviewAsync(query));
        await _store.Rollups.FoldDayAsync(_project, DataEnvironment.Live, Day, parts => parts[0].ToArray(), default);
        Assert.Equal((2, 2), await OverviewAsync(query));
        await CommitAsync(Day, new EventBatch().Add(At(Day, 6), install: 2, context: Linux));
        Assert.Equal((3, 2), await OverviewAsync(query));
    }

    [Fact]
    public async Task The_content_of_a_day_changes_with_each_commit_and_only_then()
    {
        await CommitAsync(Day, new EventBatch().Add(At(Day), install: 1));
        var first = await ContentAsync();
        Assert.Equal(first, await ContentAsync());
        Assert.Equal([Day], first.Keys);
        await CommitAsync(Day.AddDays(1), new EventBatch().Add(At(Day.AddDays(1)), install: 1));
        var second = await ContentAsync();
        Assert.Equal(first[Day], second[Day]);
        await CommitAsync(Day, new EventBatch().Add(At(Day), install: 1));
        Assert.NotEqual(first[Day], (await ContentAsync())[Day]);
        Assert.Equal(second[Day.AddDays(1)], (await ContentAsync())[Day.AddDays(1)]);
    }

    [Fact]
    public async Task Failures_are_listed_by_exit_code_version_and_system()
    {
        var batch = new EventBatch();
        for (var i = 0; i < 10; i++)
        {
            var metadata = i < 3 ? """{"exit_code":2}""" : null;
            batch.Add(At(Day, i), install: i % 3, context: Linux, version: "1.0", success: i >= 4, metadata: metadata);
        }

        await CommitAsync(Day, batch);
        var answer = await _statistics.AskAsync(new(Guid.Empty, _project), new FailuresQuestion(Query(1), 10), default);
        Assert.Equal((10, 4, 0.4, 0), (answer.Runs, answer.Failures, answer.FailureRate, answer.Other));
        // Install 0 is none.
        Assert.Equal(
            [("2", "1.0", "linux", 3L, 2L, 0.75, 0.3), ("(none)", "1.0", "linux", 1L, 0L, 0.25, 0.1)],
            answer.Items.Select(item =>
                (item.ExitCode, item.Version, item.Os, item.Failures, item.Installs, item.Share, item.FailureRate ?? -1)));
        Assert.Equal(Accuracy.Exact, answer.Accuracy);
    }

    private static StatsQuery Query(int days) => new(DataEnvironment.Live, Day, Day.AddDays(days - 1));

    private static FieldFilter Is(string field, string value) => FieldFilter.Of(EventField.Of(field), value);

    private Task CommitAsync(DateOnly day, EventBatch events) =>
        _store.CommitAsync(_project, events, Delta(_project, day, Guid.NewGuid().ToString()));

    private async Task<string> TopAsync(StatsQuery query, string by)
    {
        Assert.True(Dimension.TryParse(by, out var dimension));
        var answer = await _statistics.AskAsync(new(Guid.Empty, _project), new TopQuestion(query, dimension, 10).FromEvents(), default);
        Assert.Equal(Accuracy.Exact, answer.Accuracy);
        return string.Join(' ', answer.Items.Select(item => $"{item.Value}:{item.Events}:{item.Installs}"));
    }

    private async Task<(long? Events, long? Installs)> OverviewAsync(StatsQuery query)
    {
        var answer = await _statistics.AskAsync(new(Guid.Empty, _project), new OverviewQuestion(query).FromEvents(), default);
        return (answer.Current.Events, answer.Current.Installs);
    }

    private Task<IReadOnlyDictionary<DateOnly, DayContent>> ContentAsync() =>
        _store.Rollups.ReadContentAsync(_project, DataEnvironment.Live, [new(Day, Day.AddDays(5))], default);

    private sealed class NoViews : IProjectViews
    {
        public Task<TAnswer> AskAsync<TAnswer>(
            Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void MergeCommitted(IReadOnlyList<RollupDelta> deltas) => throw new NotSupportedException();
    }
}
