using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TelemetryKit.Grains.Diagnostics;
using TelemetryKit.Grains.Storage;

namespace TelemetryKit.Grains.Ingest;

/// <summary>
/// Group commit: while one transaction is under way, arrivals wait; the next transaction takes all of them. There is no timer: an idle
/// server commits a batch at once, a busy one commits larger groups.
/// </summary>
internal sealed partial class CommitLoop(ICommitStore store, TelemetryKitMetrics metrics, TimeProvider time, ILogger logger, Action<IReadOnlyList<RollupDelta>> committed)
{
    private readonly Channel<PendingBatch> _waiting = Channel.CreateUnbounded<PendingBatch>(new() { SingleReader = true });
    private readonly KnownInstalls _knownInstalls = new();

    /// <summary>Queues a batch; its verdict comes with its commit. False once the loop drains.</summary>
    public bool TryEnqueue(PendingBatch batch) => _waiting.Writer.TryWrite(batch);

    /// <summary>Takes no more batches; <see cref="RunAsync"/> ends when those that wait are answered.</summary>
    public void StopTaking() => _waiting.Writer.TryComplete();

    /// <summary>Commits until <see cref="StopTaking"/>.</summary>
    public async Task RunAsync()
    {
        var group = new List<PendingBatch>();
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            var events = 0;
            while (group.Count < Limits.BatchesPerCommit && events < Limits.EventsPerCommit && _waiting.Reader.TryRead(out var batch))
            {
                group.Add(batch);
                events += batch.Parsed.Events.Count;
            }

            await CommitAsync(group).ConfigureAwait(false);
        }
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
            foreach (var batch in group)
                batch.Complete(new(IngestStatus.StorageUnavailable));
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
            group[0].Complete(new(IngestStatus.Malformed));
        }
    }

    private async Task CommitOnceAsync(List<PendingBatch> group)
    {
        using var activity = TelemetryKitMetrics.Activities.StartActivity("commit", ActivityKind.Internal);
        var started = time.GetTimestamp();
        var commit = new GroupCommit(group, _knownInstalls, time);
        // A commit that has begun is never cancelled: those who wait for it need its outcome.
        await commit.RunAsync(store, CancellationToken.None).ConfigureAwait(false);
        commit.Complete();
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
