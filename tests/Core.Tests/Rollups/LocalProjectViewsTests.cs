using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Tests.Counters;

namespace TelemetryKit.Core.Tests.Rollups;

public sealed class LocalProjectViewsTests
{
    private static readonly DateOnly Today = new(2026, 11, 20);
    private static readonly OverviewQuestion Question = new(new StatsQuery(DataEnvironment.Live, Today, Today));
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(Today, TimeOnly.MinValue, TimeSpan.Zero));
    private readonly DayStore _store = new();
    private readonly LocalProjectViews _views;

    public LocalProjectViewsTests() => _views = new(_store, _time, NullLogger<LocalProjectViews>.Instance);

    [Fact]
    public async Task A_view_reads_the_store_once_at_a_time_and_again_after_a_read_that_failed()
    {
        var project = Guid.NewGuid();
        _store.Fault = new StorageUnavailableException("away");
        await Assert.ThrowsAsync<StorageUnavailableException>(() => AskAsync(project));
        _store.Fault = null;

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => AskAsync(project))));

        Assert.Equal(1, _store.MostAtOnce);
        Assert.Equal(2, _store.Reads);
    }

    [Fact]
    public async Task The_number_of_waiting_calls_is_bounded()
    {
        var project = Guid.NewGuid();
        var busy = new TaskCompletionSource();
        _store.Busy = busy.Task;
        var waiting = Enumerable.Range(0, Limits.WaitingCallsPerView).Select(_ => AskAsync(project)).ToArray();

        await Assert.ThrowsAsync<ProjectOverloadedException>(() => AskAsync(project));

        busy.SetResult();
        await Task.WhenAll(waiting);
        await AskAsync(project);
    }

    [Fact]
    public async Task A_cancelled_call_neither_waits_nor_holds_up_the_next_one()
    {
        var project = Guid.NewGuid();
        var busy = new TaskCompletionSource();
        _store.Busy = busy.Task;
        var first = AskAsync(project);
        using var cancellation = new CancellationTokenSource();
        var cancelled = _views.AskAsync(project, Question, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        busy.SetResult();
        await first;
        await AskAsync(project);
    }

    [Fact]
    public async Task A_commit_is_merged_into_an_active_view_and_creates_none()
    {
        var (active, inactive) = (Guid.NewGuid(), Guid.NewGuid());
        await AskAsync(active);

        _views.MergeCommitted([Delta(active, 3), Delta(inactive, 5)]);

        Assert.Equal(3, (await AskAsync(active)).Current.Events);
        Assert.Equal(1, _views.Count);
    }

    [Fact]
    public async Task A_commit_that_was_folded_and_read_before_it_is_merged_counts_once()
    {
        var project = Guid.NewGuid();
        var busy = new TaskCompletionSource();
        _store.Busy = busy.Task;
        var (first, second) = (AskAsync(project), AskAsync(project));
        // It waits for its turn behind both questions.
        _views.MergeCommitted([Delta(project, 3)]);
        _time.Advance(TimeSpan.FromSeconds(2));
        _store.Rollup = RollupOf(3).Serialize();
        busy.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(3, (await AskAsync(project)).Current.Events);
    }

    [Fact]
    public async Task Idle_views_are_removed_and_used_ones_stay()
    {
        var (idle, used) = (Guid.NewGuid(), Guid.NewGuid());
        await AskAsync(idle);
        _time.Advance(Limits.ViewIdle / 2);
        await AskAsync(used);
        _time.Advance(Limits.ViewIdle / 2);

        _views.Sweep();

        Assert.Equal(1, _views.Count);
        _store.Reads = 0;
        await AskAsync(used);
        Assert.Equal(1, _store.Reads);
        Assert.True(_views.EstimatedBytes > 0);
        _views.Remove(used);
        Assert.Equal((0, 0L), (_views.Count, _views.EstimatedBytes));
    }

    // R6: there was a bound for each view, and none for all of them.
    [Fact]
    public async Task The_views_of_1000_projects_share_a_bound_of_memory()
    {
        _store.Rollup = LargeRollup();
        var projects = Enumerable.Range(0, 1_000).Select(_ => Guid.NewGuid()).ToArray();

        foreach (var project in projects)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(Installs, (await AskAsync(project)).Current.Installs);
            Assert.InRange(_views.EstimatedBytes, 1, Limits.ViewsBytes);
        }

        var bytes = Rollup.Read(_store.Rollup).EstimatedBytes;
        Assert.True(bytes * projects.Length > 2 * Limits.ViewsBytes, "The counters of all projects must exceed the bound.");
        Assert.InRange(_views.Count, (Limits.ViewsBytes / bytes) - 2, Limits.ViewsBytes / bytes);
        // The views that were used last remain.
        _store.Reads = 0;
        await AskAsync(projects[^1]);
        Assert.Equal(0, _store.Reads);
        await AskAsync(projects[0]);
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public async Task A_view_that_grows_by_commits_counts_with_its_new_size()
    {
        var project = Guid.NewGuid();
        await AskAsync(project);
        var before = _views.EstimatedBytes;
        _time.Advance(TimeSpan.FromSeconds(2));

        _views.MergeCommitted([new(Guid.NewGuid(), project, DataEnvironment.Live, Today, LargeRollup())]);

        await AskAsync(project);
        Assert.True(_views.EstimatedBytes > before + 100_000);
    }

    private const int Installs = 60_000;

    private Task<OverviewAnswer> AskAsync(Guid project) => _views.AskAsync(project, Question, CancellationToken.None);

    private static RollupDelta Delta(Guid project, int events) =>
        new(Guid.NewGuid(), project, DataEnvironment.Live, Today, RollupOf(events).Serialize());

    private static byte[] LargeRollup() => RollupOf(Installs).Serialize();

    private static Rollup RollupOf(int events) => Fact.Rollup(Enumerable.Range(1, events).Select(install => new Fact
    {
        Time = new(Today, TimeOnly.MinValue, TimeSpan.Zero), Type = "feature_used", Subject = "search", Install = Facts.Hash(install),
    }));

    /// <summary>A store in which each project has the same day.</summary>
    private sealed class DayStore : IRollupStore
    {
        private int _atOnce;

        public byte[]? Rollup { get; set; }

        public Exception? Fault { get; set; }

        public Task Busy { get; set; } = Task.CompletedTask;

        public int Reads { get; set; }

        public int MostAtOnce { get; private set; }

        public async Task<RollupSnapshot> ReadAsync(
            Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken)
        {
            Reads++;
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _atOnce));
            try
            {
                await Busy;
                await Task.Yield();
                if (Fault is not null)
                    throw Fault;
                return Rollup is null || request.KnownDays.GetValueOrDefault(Today)?.Revision == 1
                    ? new([], [])
                    : new([], [new(Today, 1, Replaces: true, Rollup, [])]);
            }
            finally
            {
                Interlocked.Decrement(ref _atOnce);
            }
        }

        public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
            Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
            int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> FoldDayAsync(
            Guid projectId,
            DataEnvironment environment,
            DateOnly day,
            Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(
            DateOnly closedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> FoldMonthAsync(
            Guid projectId,
            DataEnvironment environment,
            DateOnly month,
            Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
            CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
