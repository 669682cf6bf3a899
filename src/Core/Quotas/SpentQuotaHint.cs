using System.Collections.Concurrent;

namespace TelemetryKit.Core.Quotas;

/// <summary>
/// A hint that a tenant's quota is spent, so that further batches are refused without a transaction. It is never authoritative:
/// for batches that it doesn't refuse, the commit decides exactly.
/// </summary>
public sealed class SpentQuotaHint(TimeProvider time)
{
    // The plan may be raised at any time, so the hint expires and the next batch is checked against the store.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<
        (Guid TenantId, DataEnvironment Environment), (QuotaMonth Month, long Limit, long FoundAt)> _spent = new();

    /// <summary>
    /// Returns true if the tenant's quota for the environment was recently found to be spent. A hint for another limit or month is ignored.
    /// </summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="environment">Live or test.</param>
    /// <param name="limit">The most events that are accepted in a month, or <c>null</c> if there is no limit.</param>
    public bool IsSpent(Guid tenantId, DataEnvironment environment, long? limit)
    {
        if (limit is null || !_spent.TryGetValue((tenantId, environment), out var spent))
            return false;
        if (spent.Limit == limit && spent.Month == QuotaMonth.Of(time.GetUtcNow()) && time.GetElapsedTime(spent.FoundAt) < Lifetime)
            return true;
        _spent.TryRemove(new((tenantId, environment), spent));
        return false;
    }

    /// <summary>Records that the quota had no room for a single event of a batch.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="environment">Live or test.</param>
    /// <param name="limit">The most events that are accepted in a month.</param>
    /// <param name="month">The month in which the batch was received.</param>
    public void MarkSpent(Guid tenantId, DataEnvironment environment, long limit, QuotaMonth month) =>
        _spent[(tenantId, environment)] = (month, limit, time.GetTimestamp());
}
