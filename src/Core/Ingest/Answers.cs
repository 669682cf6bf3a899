namespace TelemetryKit.Core.Ingest;

/// <summary>
/// The verdicts of one commit on their way to the requests that wait for them. They go to the thread pool in a few runs, one for each processor, instead of one by one: waking
/// a thread for each request would cost more than the request does.
/// </summary>
internal sealed class Answers(IReadOnlyList<(PendingBatch Batch, CommitVerdict Verdict)> verdicts, int first, int end) : IThreadPoolWorkItem
{
    // So few are not worth a second thread.
    private const int SmallestRun = 8;

    /// <summary>Tells every batch its verdict, on the thread pool.</summary>
    public static void Send(IReadOnlyList<(PendingBatch Batch, CommitVerdict Verdict)> verdicts)
    {
        var runs = Math.Clamp(verdicts.Count / SmallestRun, 1, Environment.ProcessorCount);
        for (var run = 0; run < runs; run++)
            ThreadPool.UnsafeQueueUserWorkItem(new Answers(verdicts, verdicts.Count * run / runs, verdicts.Count * (run + 1) / runs), preferLocal: false);
    }

    /// <inheritdoc />
    public void Execute()
    {
        for (var i = first; i < end; i++)
            verdicts[i].Batch.Complete(verdicts[i].Verdict);
    }
}
