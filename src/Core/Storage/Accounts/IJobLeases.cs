namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// Leases of jobs that one replica runs for all, once in each period. If the holder of a lease fails, the lease expires and another replica
/// can acquire it.
/// </summary>
public interface IJobLeases
{
    /// <summary>
    /// Acquires a lease, or renews it for its holder. Returns <c>false</c> if another holder's lease hasn't expired or the job is completed
    /// for the period.
    /// </summary>
    /// <param name="name">The name of the job.</param>
    /// <param name="period">The period, such as <c>2026-11-20</c>. Later periods must sort after earlier ones.</param>
    /// <param name="holder">The id of the process that acquires the lease.</param>
    /// <param name="now">The current time.</param>
    /// <param name="until">When the lease expires unless it is renewed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<bool> TryAcquireAsync(
        string name, string period, Guid holder, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>
    /// Marks the job as completed for the period and releases the lease. Returns <c>false</c> if another process holds the lease.
    /// </summary>
    Task<bool> CompleteAsync(string name, string period, Guid holder, DateTimeOffset now, CancellationToken cancellationToken);
}
