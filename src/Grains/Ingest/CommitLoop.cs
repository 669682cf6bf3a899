using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TelemetryKit.Grains.Diagnostics;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Grains.Ingest;

/// <summary>
/// Group commit: while one transaction is under way, arrivals wait; the next transaction takes all of them. There is no timer: an idle
/// server commits a batch at once, a busy one commits larger groups. It runs on a thread of its own: everybody waits for it, so
/// it must not queue behind the requests it has just answered.
/// </summary>
internal sealed partial class CommitLoop(ICommitStore store, TelemetryKitMetrics metrics, TimeProvider time, ILogger logger, Action<IReadOnlyList<RollupDelta>> committed)
{
    private readonly object _gate = new();
    private readonly Queue<PendingBatch> _waiting = new();
    private readonly KnownInstalls _knownInstalls = new();
    private readonly ShortCut _shortCut = new();
    private bool _stopped;

    /// <summary>Queues a batch; its verdict comes with its commit. False once the loop drains.</summary>
    public bool TryEnqueue(PendingBatch batch)
    {
        lock (_gate)
        {
            if (_stopped)
                return false;
            _waiting.Enqueue(batch);
            if (_waiting.Count == 1)
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
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Starts the loop. The task ends after <see cref="StopTaking"/>.</summary>
    public Task StartAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private void Run()
    {
        var group = new List<PendingBatch>();
        while (TakeGroup(group))
            CommitAsync(group).GetAwaiter().GetResult();
    }

    private bool TakeGroup(List<PendingBatch> group)
    {
        group.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_stopped)
                    return false;
                Monitor.Wait(_gate);
            }

            var events = 0;
            while (group.Count < Limits.BatchesPerCommit && events < Limits.EventsPerCommit && _waiting.TryDequeue(out var batch))
            {
                group.Add(batch);
                events += batch.Parsed.Events.Count;
            }
        }

        return true;
    }

    private async Task CommitAsync(List<PendingBatch> group)
    {
        try
        {
            await CommitOnceAsync(group).ConfigureAwait(false);
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
                await CommitAsync([batch]).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            metrics.StoreFailed("batch");
            LogBatchRefused(e);
            Answers.Send([(group[0], new CommitVerdict(IngestStatus.Malformed))]);
        }
    }

    private async Task CommitOnceAsync(List<PendingBatch> group)
    {
        using var activity = TelemetryKitMetrics.Activities.StartActivity("commit", ActivityKind.Internal);
        var started = time.GetTimestamp();
        var commit = new GroupCommit(group, _knownInstalls, _shortCut, time);
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
