using System.Collections.Concurrent;

namespace TelemetryKit.Core.Quotas;

/// <summary>
/// Remembers which tenants' quota a commit found spent, so that the next batches are refused without a transaction. Only ever a
/// short cut: what it lets through, the commit decides exactly.
/// </summary>
public sealed class QuotaGate(TimeProvider time)
{
    // A plan may be raised at any moment, so a refusal is re-checked against the store this often.
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<(Guid TenantId, DataEnvironment Environment), (long Limit, long FoundAt)> _spent = new();

    /// <summary>True where the tenant's quota for the environment is known to be spent.</summary>
    public bool IsSpent(Guid tenantId, DataEnvironment environment, long? limit)
    {
        if (limit is null || !_spent.TryGetValue((tenantId, environment), out var spent))
            return false;
        if (spent.Limit == limit && time.GetElapsedTime(spent.FoundAt) < Trust)
            return true;
        _spent.TryRemove(new((tenantId, environment), spent));
        return false;
    }

    /// <summary>Notes that nothing fitted any more.</summary>
    public void NoteSpent(Guid tenantId, DataEnvironment environment, long limit) => _spent[(tenantId, environment)] = (limit, time.GetTimestamp());

    /// <summary>The time until the month turns, which is when the quota is new.</summary>
    public static TimeSpan UntilNextMonth(DateTimeOffset now) =>
        new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1) - now;
}
