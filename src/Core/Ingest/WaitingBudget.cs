using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Core.Ingest;

/// <summary>The bytes of parsed batches that may wait for a commit, over the whole process.</summary>
public sealed class WaitingBudget(TelemetryKitMetrics metrics, long limit = Limits.WaitingBytes)
{
    private long _used;

    /// <summary>Bytes that wait now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes from the budget; false where they don't fit. A single batch always fits an empty budget.</summary>
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

    /// <summary>Gives bytes back once their batch is answered.</summary>
    public void Return(long bytes) => metrics.Waiting(Interlocked.Add(ref _used, -bytes));
}
