using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Core.Ingest;

/// <summary>Limits the bytes of parsed batches that wait for a commit, in the whole process.</summary>
public sealed class WaitingBudget(TelemetryKitMetrics metrics, long limit = Limits.WaitingBytes)
{
    private readonly SharedBudget _budget = new(Resources.Waiting(limit));

    /// <summary>The number of bytes that are waiting.</summary>
    public long Used => _budget.Taken;

    /// <summary>Takes bytes from the budget. Returns false if they don't fit. A single batch always fits an empty budget.</summary>
    public bool TryTake(in Parties parties, long bytes)
    {
        if (_budget.TryTake(parties, bytes) is { } full)
        {
            metrics.Refused(_budget.Resource.Stage, full.Code());
            return false;
        }

        metrics.Waiting(bytes);
        return true;
    }

    /// <summary>Returns the bytes of a completed batch to the budget.</summary>
    public void Return(in Parties parties, long bytes)
    {
        _budget.Return(parties, bytes);
        metrics.Waiting(-bytes);
    }
}
