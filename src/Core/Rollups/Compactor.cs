using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Rollups;

/// <summary>
/// Keeps reading cheap: folds deltas into the day's rollup, closed months into monthly rollups, small rows of events into larger ones, and
/// forgets old batch keys. Every replica runs one; the store lets only one of them at a project at a time. Nothing here is needed
/// for an answer to be right.
/// </summary>
public sealed partial class Compactor(IRollupStore rollups, IEventStore events, TelemetryKitMetrics metrics, TimeProvider time, ILogger<Compactor> logger)
{
    // A day is folded when it has this many deltas, or when one of them is this old: a reader merges few, an idle project leaves none.
    private const int DeltasWorthFolding = 32;
    private const int DaysARound = 200;
    private static readonly TimeSpan DeltaAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HousekeepingPause = TimeSpan.FromHours(1);

    private long? _housekeptAt;
    private bool _isStoreAway;

    /// <summary>Works until cancelled. A fault of the store is logged, and the next round tries again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            await TryOnceAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One round: everything that is due now.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await FoldDaysAsync(cancellationToken).ConfigureAwait(false);
        await events.CompactEventsAsync(cancellationToken).ConfigureAwait(false);
        if (_housekeptAt is { } at && time.GetElapsedTime(at) < HousekeepingPause)
            return;
        await FoldMonthsAsync(cancellationToken).ConfigureAwait(false);
        await events.ForgetKeysAsync(time.GetUtcNow() - Limits.BatchKeyMemory, cancellationToken).ConfigureAwait(false);
        _housekeptAt = time.GetTimestamp();
    }

    /// <summary>One round, which may fail. A store that is away is told when it goes and when it is back, and not in each of the rounds between.</summary>
    internal async Task TryOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunOnceAsync(cancellationToken).ConfigureAwait(false);
            if (_isStoreAway)
                LogStoreBack();
            _isStoreAway = false;
        }
        catch (StorageUnavailableException e)
        {
            metrics.StoreFailed("compaction");
            if (!_isStoreAway)
                LogStoreAway(e.Message);
            _isStoreAway = true;
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
        var pending = await rollups.FindPendingDaysAsync(DeltasWorthFolding, now - DeltaAge, DaysARound, cancellationToken).ConfigureAwait(false);
        metrics.CompactorLag(pending.Count == 0 ? TimeSpan.Zero : now - pending.Min(p => p.Oldest));
        foreach (var day in pending)
            metrics.Folded(await FoldAsync(() => rollups.FoldDayAsync(day.ProjectId, day.Environment, day.Day, Rollup.Fold, cancellationToken)).ConfigureAwait(false));
    }

    private async Task FoldMonthsAsync(CancellationToken cancellationToken)
    {
        // Closed: no event that old is accepted any more. A day more, for commits that are under way.
        var closedBefore = DateOnly.FromDateTime((time.GetUtcNow() - Limits.OldestEvent).UtcDateTime).AddDays(-1);
        foreach (var month in await rollups.FindOpenMonthsAsync(closedBefore, DaysARound, cancellationToken).ConfigureAwait(false))
            await FoldAsync(() => rollups.FoldMonthAsync(month.ProjectId, month.Environment, month.Day, Rollup.Fold, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Folds one day or month. One that can't be read must not keep the others waiting: it stays as it is, and is reported each round.</summary>
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

    [LoggerMessage(1, LogLevel.Warning, "Compaction waits for the store. {Fault}")]
    private partial void LogStoreAway(string fault);

    [LoggerMessage(4, LogLevel.Information, "Compaction goes on: the store is there again.")]
    private partial void LogStoreBack();

    [LoggerMessage(3, LogLevel.Error, "A rollup can't be read; it was left as it is.")]
    private partial void LogUnreadable(Exception fault);

    [LoggerMessage(2, LogLevel.Error, "A round of compaction failed; the next one tries again. Statistics stay exact meanwhile.")]
    private partial void LogFailed(Exception fault);
}
