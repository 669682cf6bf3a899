using TelemetryKit.Api.Erasures;
using TelemetryKit.Api.Notices;
using TelemetryKit.Api.Server;
using TelemetryKit.Core.Retention;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Background;

/// <summary>
/// Runs the work that a single replica does for all: notices about downgrades and erasures that users asked for every minute, notices that
/// were missed every hour, and each day the purge and the suspension of what tenants have above their plans. Purges and erasures have loops
/// of their own, so they don't delay notices.
/// </summary>
internal sealed partial class SharedJobs(
    IAccountStore store, PlanNotices notices, DailyPurge purge, ErasureJob erasures, Readiness readiness, TimeProvider time,
    ILogger<SharedJobs> log)
    : RepeatedService(readiness, time)
{
    private static readonly TimeSpan JobLease = TimeSpan.FromMinutes(2);
    private readonly LeasedWork _leased = new(store.JobLeases, time, JobLease);

    /// <summary>Suspends and queues what is due, unless another replica has the lease of this minute, hour or day.</summary>
    public async Task QueueNoticesAsync(CancellationToken cancellationToken)
    {
        await _leased.OncePerAsync("downgrades", "yyyy-MM-dd'T'HH:mm", notices.QueueDowngradeNoticesAsync, cancellationToken);
        await _leased.OncePerAsync(
            "suspensions", "yyyy-MM-dd", ct => store.Tenants.SuspendSurplusAsync(Time.GetUtcNow(), ct), cancellationToken);
        await _leased.OncePerAsync("notices", "yyyy-MM-dd'T'HH", QueueMissingNoticesAsync, cancellationToken);
    }

    private async Task QueueMissingNoticesAsync(CancellationToken cancellationToken)
    {
        await notices.QueueMissingUsageNoticesAsync(cancellationToken);
        await notices.QueueMissingSuspensionNoticesAsync(cancellationToken);
    }

    /// <summary>Erases what users asked for unless another replica has the lease of this minute.</summary>
    public Task EraseAsync(CancellationToken cancellationToken) =>
        _leased.OncePerAsync("erasures", "yyyy-MM-dd'T'HH:mm", erasures.RunAsync, cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            RepeatAsync(QueueNoticesAsync, stoppingToken),
            RepeatAsync(EraseAsync, stoppingToken),
            RepeatAsync(purge.RunIfDueAsync, stoppingToken));

    protected override void LogStoreUnavailable(string fault) => LogStoreUnavailable(log, fault);

    protected override void LogFailed(Exception fault) => LogFailed(log, fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; notices, erasures and the purge are retried: {Fault}")]
    private static partial void LogStoreUnavailable(ILogger log, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notices, erasures or the purge failed and are retried")]
    private static partial void LogFailed(ILogger log, Exception fault);
}
