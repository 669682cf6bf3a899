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
        var group = new List<PendingBatch>();
        var shortCut = new ShortCut();
        while (TakeGroup(group))
        {
            CommitAsync(group, shortCut).GetAwaiter().GetResult();
            lock (_gate)
                _underWay--;
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
        try
        {
            await CommitOnceAsync(group, shortCut).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            metrics.StoreFailed("commit");
            LogStoreAway(e.Message);
            Answers.Send(group.ConvertAll(batch => (batch, new CommitVerdict(IngestStatus.StorageUnavailable))));
        }
        catch (Exception e) when (group.Count > 1)
        {
            // One batch among them is poison; each is tried alone, so that it fails alone.
            metrics.StoreFailed("group");
            LogGroupFailed(e, group.Count);
            foreach (var batch in group.ToArray())
                await CommitAsync([batch], shortCut).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            metrics.StoreFailed("batch");
            LogBatchRefused(e);
            Answers.Send([(group[0], new CommitVerdict(IngestStatus.Malformed))]);
        }
    }

    private async Task CommitOnceAsync(List<PendingBatch> group, ShortCut shortCut)
    {
        using var activity = TelemetryKitMetrics.Activities.StartActivity("commit", ActivityKind.Internal);
        var started = time.GetTimestamp();
        var commit = new GroupCommit(group, _knownInstalls, shortCut, time);
        // A commit that has begun is never cancelled: those who wait for it need its outcome.
        await commit.RunAsync(store, CancellationToken.None).ConfigureAwait(false);
        commit.Answer();
        activity?.SetTag("batches", group.Count).SetTag("events", commit.Events);
        if (commit.Events == 0)
            return;
        metrics.Committed(time.GetElapsedTime(started), commit.Events, group.Count);
        committed(commit.Deltas);
    }

    [LoggerMessage(1, LogLevel.Warning, "The store is unavailable; the waiting batches are answered with 503 and will be sent again. {Fault}")]
    private partial void LogStoreAway(string fault);

    [LoggerMessage(2, LogLevel.Warning, "A commit of {Batches} batches failed; each is tried alone.")]
    private partial void LogGroupFailed(Exception fault, int batches);

    [LoggerMessage(3, LogLevel.Error, "The store refused a batch that passed validation. Nothing of it was stored, and its sender was told.")]
    private partial void LogBatchRefused(Exception fault);
}
