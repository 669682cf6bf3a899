using System.Runtime.CompilerServices;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Rollups;

public sealed class ProjectStatisticsTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    // A question that needs a scan.
    private static readonly OverviewQuestion Filtered =
        new(new StatsQuery(DataEnvironment.Live, Day, Day) { Type = "a", Subject = "b", Version = "c", Actor = "d" });

    [Fact]
    public async Task Scans_of_one_project_are_bounded_and_do_not_block_other_projects()
    {
        var store = new SlowStore();
        var statistics = new ProjectStatistics(new NoViews(), store, store);
        var (busy, other) = (NewProject(), NewProject());
        var waiting = Enumerable.Range(0, Limits.ScansPerProject).Select(_ => statistics.AskAsync(busy, Filtered, default)).ToArray();

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

        public int Started => Volatile.Read(ref _started);

        public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
            Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<DateOnly, DayContent>>(
                new Dictionary<DateOnly, DayContent> { [Day] = new DayContent(Interlocked.Increment(ref _revision), 0, 0) });

        public async IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _started);
            await Go.Task;
            yield break;
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
