using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Group commit: batches that arrive during a transaction wait, and the next transaction commits all of them. There is no timer: an idle
/// server commits a batch at once, a busy one commits larger groups. If very many events wait and the store can work on a second
/// transaction while the first waits for the disk (<see cref="ICommitStore.CommitsAtOnce"/>), another thread starts one. The loop has
/// its own threads because every request waits for it: it must not queue behind the requests that it has just completed.
/// </summary>
internal sealed partial class CommitLoop(
    ICommitStore store, TelemetryKitMetrics metrics, TimeProvider time, ILogger logger, Action<IReadOnlyList<RollupDelta>> committed)
{
    // With fewer events, the cost of another transaction exceeds the time that it saves.
    private const int EventsForConcurrentCommit = 400;

    private readonly object _gate = new();
    private readonly Queue<PendingBatch> _waiting = new();
    private readonly KnownInstalls _knownInstalls = new();
    private int _waitingEvents;
    private int _underWay;
    private bool _stopped;

    /// <summary>Queues a batch, whose verdict is set by its commit. Returns false if the loop is stopping.</summary>
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

    /// <summary>Stops accepting batches. The loop ends when the waiting ones are committed and their verdicts dispatched.</summary>
    public void StopAccepting()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Starts the loop. The task completes when the loop has ended after <see cref="StopAccepting"/>.</summary>
    public Task StartAsync() => Task.WhenAll(Enumerable.Range(0, store.CommitsAtOnce).Select(
        _ => Task.Factory.StartNew(
            Run, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default)));

    private void Run()
    {
        // Has capacity for every group, so that adding a batch that was taken from the queue can't fail.
        var group = new List<PendingBatch>(Limits.BatchesPerCommit);
        var singleStep = new SingleStepBackOff();
        while (TakeGroup(group))
        {
            try
            {
                CommitAsync(group, singleStep).GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                FailUnexpectedly(group, e);
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
            // Wake the other threads if enough is left for another one, or if they must end.
            if (MayTake() || _stopped)
                Monitor.PulseAll(_gate);
        }

        return true;
    }

    private bool MayTake() => _waiting.Count > 0 && (_underWay == 0 || _waitingEvents >= EventsForConcurrentCommit || _stopped);

    private async Task CommitAsync(List<PendingBatch> group, SingleStepBackOff singleStep)
    {
        var started = time.GetTimestamp();
        var commit = new GroupCommit(group, _knownInstalls, singleStep, time);
        if (await TryRunAsync(commit, group.Count).ConfigureAwait(false) is { } fault)
        {
            await FailAsync(group, fault, singleStep).ConfigureAwait(false);
            return;
        }

        // A completed request returns its columns to the pool, where another one reuses them: nothing below may read them or throw.
        commit.CompleteBatches();
        if (commit.Events == 0)
            return;
        Observe(commit.RememberInstalls);
        Observe(() => metrics.Committed(time.GetElapsedTime(started), commit.Events, group.Count));
        Observe(() => committed(commit.Deltas));
    }

    /// <summary>
    /// Runs the transaction. Returns the fault because of which nothing was committed, or <c>null</c> if every batch has a verdict.
    /// </summary>
    private async Task<Exception?> TryRunAsync(GroupCommit commit, int batches)
    {
        Activity? activity = null;
        Observe(() => activity = metrics.StartActivity("commit"));
        ICommit? transaction = null;
        try
        {
            // A commit that has begun is never canceled: its requests need to know the outcome.
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

    /// <summary>Closes a transaction. A fault is logged; it neither changes the verdicts nor hides the fault of the commit.</summary>
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

    private async Task FailAsync(List<PendingBatch> group, Exception fault, SingleStepBackOff singleStep)
    {
        if (fault is StorageUnavailableException)
        {
            Send(group, IngestStatus.StorageUnavailable);
            metrics.StoreFailed("commit");
            Observe(() => LogStoreUnavailable(fault.Message));
        }
        else if (group.Count > 1)
        {
            metrics.StoreFailed("group");
            Observe(() => LogGroupFailed(fault, group.Count));
            // At least one of the batches can't be stored. Each is retried alone, so that the others are committed.
            foreach (var batch in group)
                await CommitAsync([batch], singleStep).ConfigureAwait(false);
        }
        else
        {
            Send(group, IngestStatus.Malformed);
            metrics.StoreFailed("batch");
            Observe(() => LogBatchRejected(fault));
        }
    }

    private static void Send(List<PendingBatch> group, IngestStatus status) =>
        VerdictDispatch.Start(group.ConvertAll(batch => (batch, new CommitVerdict(status))));

    /// <summary>The last resort for unexpected faults, so that no request waits forever. A batch that has a verdict keeps it.</summary>
    private void FailUnexpectedly(List<PendingBatch> group, Exception fault)
    {
        foreach (var batch in group)
            batch.Complete(new(IngestStatus.StorageUnavailable));
        Observe(() => LogThreadFault(fault));
    }

    /// <summary>
    /// Runs an action that only observes commits (traces, logs, views). Its faults are logged and don't affect the commit.
    /// </summary>
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
                // The logger itself fails, so the fault can't be reported.
            }
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "The store is unavailable; the waiting batches are rejected with 503 and will be sent again. {Fault}")]
    private partial void LogStoreUnavailable(string fault);

    [LoggerMessage(2, LogLevel.Warning, "A commit of {Batches} batches failed; each batch is retried alone.")]
    private partial void LogGroupFailed(Exception fault, int batches);

    [LoggerMessage(
        3,
        LogLevel.Error,
        "The store rejected a batch that passed validation. Nothing of it was stored, and its sender received an error.")]
    private partial void LogBatchRejected(Exception fault);

    [LoggerMessage(4, LogLevel.Error, "The transaction of a commit could not be closed. The outcome of the commit is not affected.")]
    private partial void LogNotClosed(Exception fault);

    [LoggerMessage(5, LogLevel.Error, "An observer of commits (traces, logs, views) failed. The commit is not affected.")]
    private partial void LogObserverFailed(Exception fault);

    [LoggerMessage(
        6, LogLevel.Critical, "A commit thread failed. Its batches are rejected with 503 and will be sent again; the thread continues.")]
    private partial void LogThreadFault(Exception fault);
}
