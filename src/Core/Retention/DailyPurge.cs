using System.Globalization;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Retention;

/// <summary>
/// Deletes, once each UTC day and on one replica, the data that is older than its project keeps (<see cref="RetentionRule"/>). Days are
/// kept or deleted whole. Events of older days that arrive late are deleted by the next day's purge. If a replica dies during the purge,
/// another one continues when the lease expires; what was deleted by then stays deleted.
/// </summary>
public sealed partial class DailyPurge(
    IAccountStore accounts,
    IRetentionStore store,
    TelemetryKitMetrics metrics,
    TimeProvider time,
    ILogger<DailyPurge> log)
{
    /// <summary>
    /// The duration of the lease, which is renewed after each part of the work. Another replica continues the work of a failed one after
    /// this time.
    /// </summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private const string JobName = "purge";
    private const int TenantsPerPage = 500;
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>
    /// Runs the purge if it wasn't completed today and no other replica holds the lease. Returns what was deleted, or <c>null</c> if the
    /// purge wasn't due or the lease was lost to another replica.
    /// </summary>
    public async Task<Purged?> RunIfDueAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (!await TryAcquireLeaseAsync(today, cancellationToken).ConfigureAwait(false))
            return null;
        var (all, started) = (default(Purged), time.GetTimestamp());
        await foreach (var (tenant, project) in ListProjectsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (RetentionRule.FirstKeptDay(tenant, project, time.GetUtcNow(), today) is not { } first)
                continue;
            await foreach (var part in store.PurgeAsync(project.Id, first, cancellationToken).ConfigureAwait(false))
            {
                all += part;
                metrics.Purged(part.Events);
                if (!await TryAcquireLeaseAsync(today, cancellationToken).ConfigureAwait(false))
                    return null;
            }
        }

        LogPurged(all.Events, all.Days, time.GetElapsedTime(started).TotalSeconds);
        await accounts.JobLeases.CompleteAsync(JobName, PeriodOf(today), _holder, time.GetUtcNow(), cancellationToken)
            .ConfigureAwait(false);
        return all;
    }

    private Task<bool> TryAcquireLeaseAsync(DateOnly today, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return accounts.JobLeases.TryAcquireAsync(JobName, PeriodOf(today), _holder, now, now + Lease, cancellationToken);
    }

    private async IAsyncEnumerable<(Tenant Tenant, ProjectInfo Project)> ListProjectsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (Guid? after = null; ;)
        {
            var tenants = await accounts.Tenants.ListAsync(after, TenantsPerPage, cancellationToken).ConfigureAwait(false);
            foreach (var listed in tenants)
            {
                foreach (var project in await accounts.Projects.ListAsync(listed.Id, cancellationToken).ConfigureAwait(false))
                {
                    // Read again for each project: the plan may be upgraded during the purge.
                    if (await accounts.Tenants.FindAsync(listed.Id, cancellationToken).ConfigureAwait(false) is { } tenant)
                        yield return (tenant, project);
                }
            }

            if (tenants.Count < TenantsPerPage)
                yield break;
            after = tenants[^1].Id;
        }
    }

    private static string PeriodOf(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Information, "The daily purge deleted {Events} events and {Days} days of counters in {Seconds:0.0} s.")]
    private partial void LogPurged(long events, long days, double seconds);
}
