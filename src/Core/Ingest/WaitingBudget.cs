using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Core.Ingest;

/// <summary>Limits the bytes of parsed batches that wait for a commit, in the whole process.</summary>
public sealed class WaitingBudget(TelemetryKitMetrics metrics, long limit = Limits.WaitingBytes)
{
    private long _used;

    /// <summary>The number of bytes that are waiting.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes from the budget. Returns false if they don't fit. A single batch always fits an empty budget.</summary>
    public bool TryTake(long bytes)
    {
        var used = Interlocked.Add(ref _used, bytes);
        if (used > limit && used != bytes)
        {
            Return(bytes);
            return false;
        }

        metrics.Waiting(used);
        return true;
    }

    /// <summary>Returns the bytes of a completed batch to the budget.</summary>
    public void Return(long bytes) => metrics.Waiting(Interlocked.Add(ref _used, -bytes));
}
