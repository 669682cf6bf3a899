using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Core.Ingest;

/// <summary>The bytes of parsed batches that may wait for a commit, over the whole process.</summary>
public sealed class WaitingBudget(TelemetryKitMetrics metrics, long limit = Limits.WaitingBytes)
{
    private readonly SharedBudget _budget = new(limit);

    /// <summary>Bytes that wait now.</summary>
    public long Used => _budget.Taken;

    /// <summary>Takes bytes from the budget; false where they don't fit. A single batch always fits an empty budget.</summary>
    public bool TryTake(in Parties parties, long bytes)
    {
        if (_budget.TryTake(parties, bytes) is { } full)
        {
            metrics.Refused("waiting", full.Code());
            return false;
        }

        metrics.Waiting(bytes);
        return true;
    }

    /// <summary>Gives bytes back once their batch is answered.</summary>
    public void Return(in Parties parties, long bytes)
    {
        _budget.Return(parties, bytes);
        metrics.Waiting(-bytes);
    }
}
