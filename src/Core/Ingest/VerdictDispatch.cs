namespace TelemetryKit.Core.Ingest;

/// <summary>
/// Completes the batches of one commit on the thread pool, in a few work items (at most one for each processor) instead of one for each
/// batch: waking a thread for each request would cost more than the rest of the request.
/// </summary>
internal sealed class VerdictDispatch(IReadOnlyList<(PendingBatch Batch, CommitVerdict Verdict)> verdicts, int first, int end)
    : IThreadPoolWorkItem
{
    // Fewer batches are not worth another thread.
    private const int SmallestRun = 8;

    /// <summary>Queues the completion of every batch with its verdict.</summary>
    public static void Start(IReadOnlyList<(PendingBatch Batch, CommitVerdict Verdict)> verdicts)
    {
        var runs = Math.Clamp(verdicts.Count / SmallestRun, 1, Environment.ProcessorCount);
        for (var run = 0; run < runs; run++)
        {
            var (first, end) = (verdicts.Count * run / runs, verdicts.Count * (run + 1) / runs);
            ThreadPool.UnsafeQueueUserWorkItem(new VerdictDispatch(verdicts, first, end), preferLocal: false);
        }
    }

    /// <inheritdoc />
    public void Execute()
    {
        for (var i = first; i < end; i++)
            verdicts[i].Batch.Complete(verdicts[i].Verdict);
    }
}
