using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Keeps reads fast: folds deltas into daily rollups, closed months into monthly rollups and small event rows into larger ones, and
/// deletes old batch keys. Every replica runs a compactor; the store ensures that only one processes a project at a time. Answers are
/// correct without it.
/// </summary>
public sealed partial class Compactor(
    IRollupStore rollups,
    IEventStore events,
    TelemetryKitMetrics metrics,
    TimeProvider time,
    ILogger<Compactor> logger)
{
    // A day is folded if it has this many deltas, or if one of them is this old: readers merge only a few, and an idle project has none.
    private const int DeltasWorthFolding = 32;
    private const int DaysPerRound = 200;
    private static readonly TimeSpan DeltaAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromHours(1);

    private long? _lastHousekeeping;
    private bool _isStoreUnavailable;

    /// <summary>Runs rounds until cancelled. Errors of the store are logged, and the next round retries.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            await TryOnceAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs one round: everything that is due.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await FoldDaysAsync(cancellationToken).ConfigureAwait(false);
        await events.CompactEventsAsync(cancellationToken).ConfigureAwait(false);
        if (_lastHousekeeping is { } at && time.GetElapsedTime(at) < HousekeepingInterval)
            return;
        await FoldMonthsAsync(cancellationToken).ConfigureAwait(false);
        await events.ForgetKeysAsync(time.GetUtcNow() - Limits.BatchKeyMemory, cancellationToken).ConfigureAwait(false);
        _lastHousekeeping = time.GetTimestamp();
    }

    /// <summary>
    /// Runs one round and logs errors. That the store is unavailable is logged only once, and again when it is available.
    /// </summary>
    internal async Task TryOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunOnceAsync(cancellationToken).ConfigureAwait(false);
            if (_isStoreUnavailable)
                LogStoreAvailable();
            _isStoreUnavailable = false;
        }
        catch (StorageUnavailableException e)
        {
            metrics.StoreFailed("compaction");
            if (!_isStoreUnavailable)
                LogStoreUnavailable(e.Message);
            _isStoreUnavailable = true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.StoreFailed("compaction");
            LogFailed(e);
        }
    }

    private async Task FoldDaysAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pending = await rollups.FindPendingDaysAsync(DeltasWorthFolding, now - DeltaAge, DaysPerRound, cancellationToken)
            .ConfigureAwait(false);
        metrics.CompactorLag(pending.Count == 0 ? TimeSpan.Zero : now - pending.Min(p => p.Oldest));
        foreach (var day in pending)
        {
            var folded = await FoldAsync(
                () => rollups.FoldDayAsync(day.ProjectId, day.Environment, day.Day, Rollup.Fold, cancellationToken)).ConfigureAwait(false);
            metrics.Folded(folded);
        }
    }

    private async Task FoldMonthsAsync(CancellationToken cancellationToken)
    {
        // A month is closed if events that old are no longer accepted. One more day, for commits in progress.
        var closedBefore = DateOnly.FromDateTime((time.GetUtcNow() - Limits.OldestEvent).UtcDateTime).AddDays(-1);
        foreach (var month in await rollups.FindOpenMonthsAsync(closedBefore, DaysPerRound, cancellationToken).ConfigureAwait(false))
        {
            await FoldAsync(
                () => rollups.FoldMonthAsync(month.ProjectId, month.Environment, month.Day, Rollup.FoldMonth, cancellationToken))
                .ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Folds one day or month. If it can't be read, it is left unchanged and logged in each round, and the others are still folded.
    /// </summary>
    private async Task<T?> FoldAsync<T>(Func<Task<T>> fold)
    {
        try
        {
            return await fold().ConfigureAwait(false);
        }
        catch (RollupFormatException e)
        {
            metrics.StoreFailed("fold");
            LogUnreadable(e);
            return default;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Compaction waits because the store is unavailable. {Fault}")]
    private partial void LogStoreUnavailable(string fault);

    [LoggerMessage(4, LogLevel.Information, "Compaction continues: the store is available again.")]
    private partial void LogStoreAvailable();

    [LoggerMessage(3, LogLevel.Error, "A rollup can't be read. It was left unchanged.")]
    private partial void LogUnreadable(Exception fault);

    [LoggerMessage(2, LogLevel.Error, "A round of compaction failed and will be retried. Statistics remain correct.")]
    private partial void LogFailed(Exception fault);
}
