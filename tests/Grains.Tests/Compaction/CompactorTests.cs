using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Grains.Compaction;
using TelemetryKit.Grains.Counters;
using TelemetryKit.Grains.Diagnostics;
using TelemetryKit.Grains.Events;
using TelemetryKit.Grains.Projects;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Grains.Tests.Compaction;

public sealed class CompactorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);
    private readonly DueStore _store = new();

    [Fact]
    public async Task A_day_that_cannot_be_read_does_not_keep_the_others_waiting()
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
    public async Task Keys_are_forgotten_after_their_memory_and_only_now_and_then()
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
    public async Task A_month_is_folded_only_when_no_event_of_it_is_accepted_any_more()
    {
        await NewCompactor().RunOnceAsync(CancellationToken.None);

        var oldestAccepted = DateOnly.FromDateTime((Now - Limits.OldestEvent).UtcDateTime);
        Assert.True(_store.MonthsClosedBefore < oldestAccepted);
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_when_it_goes_and_when_it_is_back()
    {
        var log = new Lines();
        var compactor = NewCompactor(log: log);
        for (var outage = 0; outage < 2; outage++)
        {
            _store.IsAway = true;
            for (var round = 0; round < 3; round++)
                await compactor.TryOnceAsync(CancellationToken.None);
            _store.IsAway = false;
            for (var round = 0; round < 3; round++)
                await compactor.TryOnceAsync(CancellationToken.None);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information, LogLevel.Warning, LogLevel.Information], log.Levels);
    }

    private Compactor NewCompactor(TimeProvider? time = null, ILogger<Compactor>? log = null) =>
        new(_store, _store, new TelemetryKitMetrics(), time ?? new FakeTimeProvider(Now), log ?? NullLogger<Compactor>.Instance);

    private sealed class Lines : ILogger<Compactor>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }

    /// <summary>A store in which some days are due; what the compactor doesn't use isn't there.</summary>
    private sealed class DueStore : IRollupStore, IEventStore
    {
        public IReadOnlyList<PendingDay> Due { get; set; } = [];

        public Guid Unreadable { get; set; }

        public bool IsAway { get; set; }

        public List<Guid> Folded { get; } = [];

        public List<DateTimeOffset> ForgottenBefore { get; } = [];

        public DateOnly MonthsClosedBefore { get; private set; }

        public bool Compacted { get; private set; }

        public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
            IsAway ? throw new StorageUnavailableException("away") : Task.FromResult(Due);

        public Task<int> FoldDayAsync(
            Guid projectId, DataEnvironment environment, DateOnly day, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken)
        {
            fold([projectId == Unreadable ? new byte[] { 255, 255, 255 } : new Rollup().Serialize()]);
            Folded.Add(projectId);
            return Task.FromResult(1);
        }

        public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken)
        {
            MonthsClosedBefore = closedBefore;
            return Task.FromResult<IReadOnlyList<PendingDay>>([]);
        }

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

        public Task<IReadOnlyList<DayState>> ReadDaysAsync(
            Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, IReadOnlyDictionary<DateOnly, KnownDay> known, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<MonthState>> ReadMonthsAsync(Guid projectId, DataEnvironment environment, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> FoldMonthAsync(
            Guid projectId, DataEnvironment environment, DateOnly month, Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<EventPage> ReadPageAsync(EventQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<EventBatch> ScanAsync(EventQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> DeleteInstallAsync(Guid projectId, long install, RebuildDay rebuild, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
