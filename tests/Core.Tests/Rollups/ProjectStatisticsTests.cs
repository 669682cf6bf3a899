using System.Runtime.CompilerServices;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Rollups;

public sealed class ProjectStatisticsTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    // A question that needs a scan.
    private static readonly OverviewQuestion Filtered =
        new(new StatsQuery(DataEnvironment.Live, Day, Day) { Type = "a", Subject = "b", Version = "c", Actor = "d" });

    // What Overview asks under a filter, each with a scan.
    private static readonly string[] Lists = ["type", "command", "version", "os", "actor", "agent", "ci_name"];

    private static readonly string[] Versions = ["1.0.0", "1.1.0", "1.2.0"];

    // Subjects of questions that take the slots, so that the others wait.
    private static readonly string[] Blocking = ["x", "y"];

    [Fact]
    public async Task Scans_of_one_project_are_bounded_and_do_not_block_other_projects()
    {
        var store = new SlowStore();
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var (busy, other) = (NewProject(), NewProject());
        var waiting = Enumerable.Range(0, Limits.ScansPerProject).Select(i => statistics.AskAsync(busy, Of($"{i}"), default)).ToArray();

        await Assert.ThrowsAsync<ResourceFullException>(() => statistics.AskAsync(busy, Filtered, default));
        var others = statistics.AskAsync(other, Filtered, default);
        Assert.Equal(Limits.ConcurrentScans, store.Started);

        store.Go.SetResult();
        await Task.WhenAll([.. waiting, others]);
        await statistics.AskAsync(busy, Filtered, default);
        Assert.Equal(Limits.ScansPerProject + 2, store.Started);
    }

    [Fact]
    public async Task A_tenant_with_many_projects_has_one_share_of_the_scans()
    {
        var store = new SlowStore();
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var busy = Guid.NewGuid();
        var waiting = Enumerable.Range(0, Limits.ScansPerTenant)
            .Select(_ => statistics.AskAsync(new(busy, Guid.NewGuid()), Filtered, default)).ToArray();

        var fault = await Assert.ThrowsAsync<ResourceFullException>(
            () => statistics.AskAsync(new(busy, Guid.NewGuid()), Filtered, default));
        Assert.Equal(("scans", PartyKind.Tenant), (fault.Stage, fault.Full));
        var others = statistics.AskAsync(NewProject(), Filtered, default);

        store.Go.SetResult();
        await Task.WhenAll([.. waiting, others]);
    }

    [Fact]
    public async Task Three_pages_with_different_filters_are_answered_at_once()
    {
        var store = new SlowStore();
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var project = NewProject();

        var pages = Versions.SelectMany(version => AskPage(statistics, project, version)).ToArray();
        store.Go.SetResult();
        await Task.WhenAll(pages);

        // The first two questions start at once, and what waits meanwhile is counted in one scan for each filter.
        Assert.Equal(Limits.ConcurrentScans + 3, store.Started);
    }

    [Fact]
    public async Task Questions_that_wait_together_are_each_answered_right()
    {
        var store = new SlowStore();
        store.Events.Add(Guid.NewGuid(), Time(10), "command_executed", "build", 1, 1, "1.0.0", true, 5, EventContext.None);
        store.Events.Add(Guid.NewGuid(), Time(11), "command_executed", "build", 2, 2, "1.0.0", false, 5, EventContext.None);
        store.Events.Add(Guid.NewGuid(), Time(12), "feature_used", "cache", 2, 2, "1.0.0", null, 5, EventContext.None);
        store.Events.Add(Guid.NewGuid(), Time(13), "command_executed", "build", 3, 3, "1.1.0", true, 5, EventContext.None);
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var project = NewProject();
        var blocking = Blocking.Select(name => statistics.AskAsync(project, Of(name), default)).ToArray();

        var types = statistics.AskAsync(project, Top("1.0.0", "type"), default);
        var commands = statistics.AskAsync(project, Top("1.0.0", "command"), default);
        var same = statistics.AskAsync(project, Top("1.0.0", "type"), default);
        var figures = statistics.AskAsync(project, new OverviewQuestion(Only("1.0.0")).FromEvents(), default);
        store.Go.SetResult();
        await Task.WhenAll(blocking);

        Assert.Equal([("command_executed", 2L), ("feature_used", 1L)], (await types).Items.Select(item => (item.Value, item.Events)));
        Assert.Equal([("command_executed", 2L), ("feature_used", 1L)], (await same).Items.Select(item => (item.Value, item.Events)));
        Assert.Equal([("build", 2L)], (await commands).Items.Select(item => (item.Value, item.Events)));
        Assert.Equal((3L, 2L, 1L), ((await figures).Current.Events, (await figures).Current.Installs, (await figures).Current.Failures));
        Assert.Equal(3, store.Started);
    }

    [Fact]
    public async Task A_shared_scan_continues_for_the_others_if_a_client_leaves()
    {
        var store = new SlowStore();
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var project = NewProject();
        using var leaving = new CancellationTokenSource();
        var blocking = Blocking.Select(name => statistics.AskAsync(project, Of(name), default)).ToArray();
        var first = statistics.AskAsync(project, Filtered, leaving.Token);
        var second = statistics.AskAsync(project, Filtered, default);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        store.Go.SetResult();
        await Task.WhenAll([.. blocking, second]);
        Assert.Equal(3, store.Started);
    }

    [Fact]
    public async Task A_scan_ends_if_all_its_clients_leave_and_its_slot_is_free_again()
    {
        var store = new SlowStore();
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var project = NewProject();
        using var leaving = new CancellationTokenSource();
        var left = Enumerable.Range(0, Limits.ScansPerProject)
            .Select(i => statistics.AskAsync(project, Of($"{i}"), leaving.Token)).ToArray();

        await leaving.CancelAsync();
        foreach (var question in left)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => question);
        var next = statistics.AskAsync(project, Filtered, default);
        store.Go.SetResult();
        await next;
    }

    private static StatsQuery Only(string version) => new(DataEnvironment.Live, Day, Day) { Version = version };

    private static OverviewQuestion Of(string subject) => Filtered with { Query = Filtered.Query with { Subject = subject } };

    private static EventQuestion<TopAnswer> Top(string version, string by) =>
        new TopQuestion(Only(version), Dimension.TryParse(by, out var dimension) ? dimension : throw new ArgumentException(by), 10)
            .FromEvents();

    private static IEnumerable<Task> AskPage(ProjectStatistics statistics, ProjectRef project, string version)
    {
        yield return statistics.AskAsync(project, new OverviewQuestion(Only(version)).FromEvents(), default);
        yield return statistics.AskAsync(project, new SeriesQuestion(Only(version), SeriesInterval.Day).FromEvents(), default);
        yield return statistics.AskAsync(project, new SeriesQuestion(Only(version).Previous(), SeriesInterval.Day).FromEvents(), default);
        foreach (var by in Lists)
            yield return statistics.AskAsync(project, Top(version, by), default);
    }

    private static long Time(int hour) =>
        new DateTimeOffset(Day, new TimeOnly(hour, 0), TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;

    private static ProjectRef NewProject() => new(Guid.NewGuid(), Guid.NewGuid());

    private sealed class NoViews : IProjectViews
    {
        public Task<TAnswer> AskAsync<TAnswer>(
            Guid projectId, StatsQuestion<TAnswer> question, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void MergeCommitted(IReadOnlyList<RollupDelta> deltas) => throw new NotSupportedException();
    }

    /// <summary>A store whose scans wait until <see cref="Go"/>. Other members are not supported.</summary>
    private sealed class SlowStore : IEventStore, IRollupStore
    {
        private int _started;
        private long _revision;

        public TaskCompletionSource Go { get; } = new();

        public EventBatch Events { get; } = new();

        public int Started => Volatile.Read(ref _started);

        public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
            Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<DateOnly, DayContent>>(
                new Dictionary<DateOnly, DayContent> { [Day] = new DayContent(Interlocked.Increment(ref _revision), 0, 0) });

        public async IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _started);
            await Go.Task.WaitAsync(cancellationToken);
            if (Events.Count > 0)
                yield return Events;
        }

        public Task<RollupSnapshot> ReadAsync(
            Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
            int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> FoldDayAsync(
            Guid projectId, DataEnvironment environment, DateOnly day, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> FoldMonthAsync(
            Guid projectId, DataEnvironment environment, DateOnly month, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<Arrivals> ReadArrivalsAsync(
            Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<long> DeleteInstallAsync(
            Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> CompactEventsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
