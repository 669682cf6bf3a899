using System.Globalization;
using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Retention;

/// <summary>
/// Deletes, once each UTC day and on one replica, what is older than its project keeps it. Today and the days before it that are kept stay, whole; what a late sender brings
/// for older days goes with the next day's purge. A replica that dies in the middle is followed by another one when its lease runs out; what it has deleted by then stays deleted.
/// </summary>
public sealed partial class DailyPurge(IAccountStore accounts, IRetentionStore store, TelemetryKitMetrics metrics, TimeProvider time, ILogger<DailyPurge> log)
{
    /// <summary>How long the work of a replica that died waits for another one; between two parts of the work, the lease is renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private const string Chore = "purge";
    private const int TenantsAtOnce = 500;
    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>Purges where it hasn't been done today and nobody else is at it. Answers what went; <c>null</c> where it wasn't its turn, or another replica took it over.</summary>
    public async Task<Purged?> RunIfDueAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (!await TakeAsync(today, cancellationToken).ConfigureAwait(false))
            return null;
        var (all, started) = (default(Purged), time.GetTimestamp());
        await foreach (var (tenant, project) in ListProjectsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (FirstKeptDay(tenant, project, time.GetUtcNow(), today) is not { } first)
                continue;
            await foreach (var part in store.PurgeAsync(project.Id, first, cancellationToken).ConfigureAwait(false))
            {
                all += part;
                metrics.Purged(part.Events);
                if (!await TakeAsync(today, cancellationToken).ConfigureAwait(false))
                    return null;
            }
        }

        LogPurged(all.Events, all.Days, time.GetElapsedTime(started).TotalSeconds);
        await accounts.Chores.FinishAsync(Chore, PeriodOf(today), _holder, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return all;
    }

    /// <summary>The earliest day that a project keeps; <c>null</c> where it keeps everything.</summary>
    public static DateOnly? FirstKeptDay(Tenant tenant, ProjectInfo project, DateTimeOffset now, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(project);
        var (plans, own) = (tenant.KeptDaysAt(now), project.Settings.KeptDays);
        var days = own is null || plans < own ? plans : own;
        return days is { } kept ? today.AddDays(-kept) : null;
    }

    private Task<bool> TakeAsync(DateOnly today, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return accounts.Chores.TryTakeAsync(Chore, PeriodOf(today), _holder, now, now + Lease, cancellationToken);
    }

    private async IAsyncEnumerable<(Tenant Tenant, ProjectInfo Project)> ListProjectsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (Guid? after = null; ;)
        {
            var tenants = await accounts.Tenants.ListAsync(after, TenantsAtOnce, cancellationToken).ConfigureAwait(false);
            foreach (var listed in tenants)
            {
                foreach (var project in await accounts.Projects.ListAsync(listed.Id, cancellationToken).ConfigureAwait(false))
                {
                    // Read anew for each: a plan may be raised while others' data is deleted.
                    if (await accounts.Tenants.FindAsync(listed.Id, cancellationToken).ConfigureAwait(false) is { } tenant)
                        yield return (tenant, project);
                }
            }

            if (tenants.Count < TenantsAtOnce)
                yield break;
            after = tenants[^1].Id;
        }
    }

    private static string PeriodOf(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Information, "The daily purge deleted {Events} events and {Days} days of counters in {Seconds:0.0} s.")]
    private partial void LogPurged(long events, long days, double seconds);
}
