using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Group commit: while one transaction is under way, arrivals wait; the next transaction takes all of them. There is no timer: an idle
/// server commits a batch at once, a busy one commits larger groups. Where very many events wait and the store can work on a second
/// transaction while it waits for its disk (<see cref="ICommitStore.CommitsAtOnce"/>), they don't wait for the first to end. It runs on threads
/// of its own: everybody waits for it, so it must not queue behind the requests it has just answered.
/// </summary>
internal sealed partial class CommitLoop(ICommitStore store, TelemetryKitMetrics metrics, TimeProvider time, ILogger logger, Action<IReadOnlyList<RollupDelta>> committed)
{
    // Fewer events would cost more as a transaction of their own than they gain by not waiting.
    private const int WorthASecondCommit = 400;

    private readonly object _gate = new();
    private readonly Queue<PendingBatch> _waiting = new();
    private readonly KnownInstalls _knownInstalls = new();
    private int _waitingEvents;
    private int _underWay;
    private bool _stopped;

    /// <summary>Queues a batch; its verdict comes with its commit. False once the loop drains.</summary>
    public bool TryEnqueue(PendingBatch batch)
    {
        lock (_gate)
        {
            if (_stopped)
                return false;
            _waiting.Enqueue(batch);
            _waitingEvents += batch.Parsed.Events.Count;
            if (MayTake())
                Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes no more batches; the loop ends when those that wait are committed and their answers are on their way.</summary>
    public void StopTaking()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Starts the loop. The task ends after <see cref="StopTaking"/>.</summary>
    public Task StartAsync() => Task.WhenAll(Enumerable.Range(0, store.CommitsAtOnce).Select(
        _ => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default)));

    private void Run()
    {
        // Has room for every group: adding a batch that has left the queue can't fail.
        var group = new List<PendingBatch>(Limits.BatchesPerCommit);
        var shortCut = new ShortCut();
        while (TakeGroup(group))
        {
            try
            {
                CommitAsync(group, shortCut).GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                GiveUp(group, e);
            }
            finally
            {
                lock (_gate)
                    _underWay--;
            }
        }
    }

    private bool TakeGroup(List<PendingBatch> group)
    {
        group.Clear();
        lock (_gate)
        {
            while (!MayTake())
            {
                if (_stopped && _waiting.Count == 0)
                    return false;
                Monitor.Wait(_gate);
            }

            var events = 0;
            while (group.Count < Limits.BatchesPerCommit && events < Limits.EventsPerCommit && _waiting.TryDequeue(out var batch))
            {
                group.Add(batch);
                events += batch.Parsed.Events.Count;
            }

            _waitingEvents -= events;
            _underWay++;
            // There may be enough left for another thread, or nothing left to wait for.
            if (MayTake() || _stopped)
                Monitor.PulseAll(_gate);
        }

        return true;
    }

    private bool MayTake() => _waiting.Count > 0 && (_underWay == 0 || _waitingEvents >= WorthASecondCommit || _stopped);

    private async Task CommitAsync(List<PendingBatch> group, ShortCut shortCut)
    {
        var started = time.GetTimestamp();
        var commit = new GroupCommit(group, _knownInstalls, shortCut, time);
        if (await TryRunAsync(commit, group.Count).ConfigureAwait(false) is { } fault)
        {
            await FailAsync(group, fault, shortCut).ConfigureAwait(false);
            return;
        }

        // A request that has its verdict returns its columns to the pool, and another one parses into them:
        // nothing below reads them or fails.
        commit.Answer();
        if (commit.Events == 0)
            return;
        Observe(commit.RememberInstalls);
        Observe(() => metrics.Committed(time.GetElapsedTime(started), commit.Events, group.Count));
        Observe(() => committed(commit.Deltas));
    }

    /// <summary>Runs the transaction. Returns why nothing was committed; <c>null</c> if every batch has its verdict.</summary>
    private async Task<Exception?> TryRunAsync(GroupCommit commit, int batches)
    {
        Activity? activity = null;
        Observe(() => activity = TelemetryKitMetrics.Activities.StartActivity("commit", ActivityKind.Internal));
        ICommit? transaction = null;
        try
        {
            // A commit that has begun is never cancelled: those who wait for it need its outcome.
            transaction = await store.BeginAsync(CancellationToken.None).ConfigureAwait(false);
            await commit.RunAsync(transaction, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            await CloseAsync(transaction).ConfigureAwait(false);
            Observe(() => activity?.SetTag("batches", batches).SetTag("events", commit.Events).Dispose());
        }
    }

    /// <summary>Closes a transaction. A fault here neither changes the verdicts nor hides why nothing was committed.</summary>
    private async Task CloseAsync(ICommit? transaction)
    {
        try
        {
            if (transaction is not null)
                await transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Observe(() => LogNotClosed(e));
        }
    }

    private async Task FailAsync(List<PendingBatch> group, Exception fault, ShortCut shortCut)
    {
        if (fault is StorageUnavailableException)
        {
            Send(group, IngestStatus.StorageUnavailable);
            metrics.StoreFailed("commit");
            Observe(() => LogStoreAway(fault.Message));
        }
        else if (group.Count > 1)
        {
            metrics.StoreFailed("group");
            Observe(() => LogGroupFailed(fault, group.Count));
            // One batch among them is poison; each is tried alone, so that it fails alone.
            foreach (var batch in group)
                await CommitAsync([batch], shortCut).ConfigureAwait(false);
        }
        else
        {
            Send(group, IngestStatus.Malformed);
            metrics.StoreFailed("batch");
            Observe(() => LogBatchRefused(fault));
        }
    }

    private static void Send(List<PendingBatch> group, IngestStatus status) =>
        Answers.Send(group.ConvertAll(batch => (batch, new CommitVerdict(status))));

    /// <summary>The last resort, for faults of this class: no request waits for ever. A batch that has its verdict keeps it.</summary>
    private void GiveUp(List<PendingBatch> group, Exception fault)
    {
        foreach (var batch in group)
            batch.Complete(new(IngestStatus.StorageUnavailable));
        Observe(() => LogGivenUp(fault));
    }

    /// <summary>Runs what only observes commits: a trace, a log, the views. Its faults are logged and change nothing.</summary>
    private void Observe(Action observer)
    {
        try
        {
            observer();
        }
        catch (Exception e)
        {
            try
            {
                LogObserverFailed(e);
            }
            catch (Exception)
            {
                // The log itself fails: there is nothing left to report it to.
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The store is unavailable; the waiting batches are answered with 503 and will be sent again. {Fault}")]
    private partial void LogStoreAway(string fault);

    [LoggerMessage(2, LogLevel.Warning, "A commit of {Batches} batches failed; each is tried alone.")]
    private partial void LogGroupFailed(Exception fault, int batches);

    [LoggerMessage(3, LogLevel.Error, "The store refused a batch that passed validation. Nothing of it was stored, and its sender was told.")]
    private partial void LogBatchRefused(Exception fault);

    [LoggerMessage(4, LogLevel.Error, "A transaction of a commit can't be closed. Its outcome is not affected.")]
    private partial void LogNotClosed(Exception fault);

    [LoggerMessage(5, LogLevel.Error, "What observes commits (traces, logs, views) failed. The commit is not affected.")]
    private partial void LogObserverFailed(Exception fault);

    [LoggerMessage(6, LogLevel.Critical, "A commit thread failed. Its batches get a 503 and will be sent again; the thread goes on.")]
    private partial void LogGivenUp(Exception fault);
}
