using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Tests.Rollups;

public sealed class CompactorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);
    private readonly DueStore _store = new();

    [Fact]
    public async Task A_day_that_cannot_be_read_does_not_block_the_others()
    {
        var broken = new PendingDay(Guid.CreateVersion7(), DataEnvironment.Live, new(2026, 11, 20), 40, Now);
        var sound = broken with { ProjectId = Guid.CreateVersion7() };
        _store.Due = [broken, sound];
        _store.Unreadable = broken.ProjectId;

        await NewCompactor().RunOnceAsync(CancellationToken.None);

        Assert.Equal([sound.ProjectId], _store.Folded);
        Assert.True(_store.Compacted);
    }

    [Fact]
    public async Task Old_batch_keys_are_deleted_in_hourly_rounds()
    {
        var time = new FakeTimeProvider(Now);
        var compactor = NewCompactor(time);

        await compactor.RunOnceAsync(CancellationToken.None);
        await compactor.RunOnceAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromHours(2));
        await compactor.RunOnceAsync(CancellationToken.None);

        Assert.Equal([Now - Limits.BatchKeyMemory, Now.AddHours(2) - Limits.BatchKeyMemory], _store.ForgottenBefore);
    }

    [Fact]
    public async Task A_month_is_folded_only_after_its_events_are_no_longer_accepted()
    {
        await NewCompactor().RunOnceAsync(CancellationToken.None);

        var oldestAccepted = DateOnly.FromDateTime((Now - Limits.OldestEvent).UtcDateTime);
        Assert.True(_store.MonthsClosedBefore < oldestAccepted);
    }

    [Fact]
    public async Task An_unavailable_store_is_logged_once_and_again_when_it_is_available()
    {
        var log = new LogLevels();
        var compactor = NewCompactor(log: log);
        for (var outage = 0; outage < 2; outage++)
        {
            _store.IsUnavailable = true;
            for (var round = 0; round < 3; round++)
                await compactor.TryOnceAsync(CancellationToken.None);
            _store.IsUnavailable = false;
            for (var round = 0; round < 3; round++)
                await compactor.TryOnceAsync(CancellationToken.None);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning, LogLevel.Information], log.Levels);
    }

    private Compactor NewCompactor(TimeProvider? time = null, ILogger<Compactor>? log = null) =>
        new(_store, _store, new TelemetryKitMetrics(), time ?? new FakeTimeProvider(Now), log ?? NullLogger<Compactor>.Instance);

    private sealed class LogLevels : ILogger<Compactor>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }

    /// <summary>A store with pending days. Members that the compactor doesn't use are not supported.</summary>
    private sealed class DueStore : IRollupStore, IEventStore
    {
        public IReadOnlyList<PendingDay> Due { get; set; } = [];

        public Guid Unreadable { get; set; }

        public bool IsUnavailable { get; set; }

        public List<Guid> Folded { get; } = [];

        public List<DateTimeOffset> ForgottenBefore { get; } = [];

        public DateOnly MonthsClosedBefore { get; private set; }

        public bool Compacted { get; private set; }

        public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
            Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
            int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
            IsUnavailable ? throw new StorageUnavailableException("unavailable") : Task.FromResult(Due);

        public Task<int> FoldDayAsync(
            Guid projectId,
            DataEnvironment environment,
            DateOnly day,
            Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
            CancellationToken cancellationToken)
        {
            fold([projectId == Unreadable ? new byte[] { 255, 255, 255 } : new Rollup().Serialize()]);
            Folded.Add(projectId);
            return Task.FromResult(1);
        }

        public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(
            DateOnly closedBefore, int limit, CancellationToken cancellationToken)
        {
            MonthsClosedBefore = closedBefore;
            return Task.FromResult<IReadOnlyList<PendingDay>>([]);
        }

        public Task<Arrivals> ReadArrivalsAsync(
            Guid projectId, DataEnvironment environment, ArrivalPosition? after, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> CompactEventsAsync(CancellationToken cancellationToken)
        {
            Compacted = true;
            return Task.FromResult(0);
        }

        public Task<int> ForgetKeysAsync(DateTimeOffset before, CancellationToken cancellationToken)
        {
            ForgottenBefore.Add(before);
            return Task.FromResult(0);
        }

        public Task<RollupSnapshot> ReadAsync(
            Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> FoldMonthAsync(
            Guid projectId,
            DataEnvironment environment,
            DateOnly month,
            Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
            CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<long> DeleteInstallAsync(
            Guid projectId, long install, RebuildDay rebuild, DeletionRecord? record, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
