using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TelemetryKit.Core.Quotas;

/// <summary>
/// Decides when the usage of a tenant has to be checked for notices: when the events that this process accepted since the last check may
/// have reached the next threshold, when the quota is spent, and otherwise every few minutes while events arrive, because other processes
/// accept events, too. A tenant without events costs nothing.
/// </summary>
public sealed partial class UsageWatch(
    Func<Guid, CancellationToken, Task<UsageReading?>> check, TimeProvider time, ILogger<UsageWatch> logger)
{
    /// <summary>The longest time without a check while events arrive.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(5);

    /// <summary>The time after which a failed check is repeated by the next events.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    // Other processes accept events at the same time: of the events that are missing until the next threshold, this part in one process
    // is enough for a check.
    private const int PartOfMissing = 4;

    // A forgotten tenant is checked once more.
    private const int MostTenants = 100_000;
    private readonly ConcurrentDictionary<Guid, WatchedTenant> _tenants = new();
    private int _running;

    /// <summary>Whether no check is running.</summary>
    internal bool IsIdle => Volatile.Read(ref _running) == 0;

    /// <summary>Records accepted live events. Returns immediately and never throws.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="limit">The quota, or <c>null</c> if there is no limit.</param>
    /// <param name="events">The number of events.</param>
    public void Accepted(Guid tenantId, long? limit, long events)
    {
        if (limit is not { } most || events == 0)
            return;
        if (!_tenants.TryGetValue(tenantId, out var tenant))
        {
            if (_tenants.Count >= MostTenants)
                _tenants.Clear();
            tenant = _tenants.GetOrAdd(tenantId, static _ => new());
        }

        if (!tenant.Add(events, most, time.GetUtcNow()))
            return;
        Interlocked.Increment(ref _running);
        _ = CheckAsync(tenantId, tenant);
    }

    /// <summary>Records that live events were refused because the quota is spent. Returns immediately and never throws.</summary>
    public void Spent(Guid tenantId, long limit) => Accepted(tenantId, limit, limit + 1);

    private async Task CheckAsync(Guid tenantId, WatchedTenant tenant)
    {
        try
        {
            // The caller completes a request.
            await Task.Yield();
            var reading = await check(tenantId, CancellationToken.None).ConfigureAwait(false);
            tenant.Checked(reading, time.GetUtcNow());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            tenant.Failed(time.GetUtcNow());
            LogNotChecked(e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The usage of a tenant's quota was not checked; the check is repeated: {Fault}")]
    private partial void LogNotChecked(string fault);

    private sealed class WatchedTenant
    {
        private readonly Lock _lock = new();
        private long _accepted;
        private long _needed;
        private long _limit;
        private DateOnly _month;
        private DateTimeOffset _dueAt;
        private bool _isChecking;

        /// <summary>Adds events. Returns whether the caller has to check the usage.</summary>
        public bool Add(long events, long limit, DateTimeOffset now)
        {
            lock (_lock)
            {
                var month = QuotaMonth.Of(now).FirstDay;
                if (month != _month || limit != _limit)
                    (_month, _limit, _needed, _dueAt) = (month, limit, 0, now);
                _accepted = events > long.MaxValue - _accepted ? long.MaxValue : _accepted + events;
                var isDue = now >= _dueAt || (_needed > 0 && _accepted >= _needed);
                if (_isChecking || !isDue)
                    return false;
                _isChecking = true;
                _accepted = 0;
                return true;
            }
        }

        public void Checked(UsageReading? reading, DateTimeOffset now)
        {
            lock (_lock)
            {
                _isChecking = false;
                var missing = reading is null ? null : UsageThresholds.EventsUntilNext(reading);
                // If all thresholds are reached, only another month or limit has notices.
                (_needed, _dueAt) = missing is { } events
                    ? (Math.Max(1, events / PartOfMissing), now + CheckInterval)
                    : (0, DateTimeOffset.MaxValue);
            }
        }

        public void Failed(DateTimeOffset now)
        {
            lock (_lock)
                (_isChecking, _needed, _dueAt) = (false, 0, now + RetryInterval);
        }
    }
}
