using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Tenants;

/// <summary>
/// The operations on tenants in a cluster: each runs in the grain of its tenant. If the grain doesn't return in time, or its silo is lost,
/// this process runs the operation, because rows of the store decide what is done once.
/// </summary>
internal sealed partial class ClusterTenantOperations(
    TenantOperations local, GrainHost host, ILogger<ClusterTenantOperations> logger) : ITenantOperations
{
    // Earlier than the time-out by more than the clocks of processes may differ.
    private static readonly TimeSpan Deadline = GrainHost.ResponseTimeout - TimeSpan.FromSeconds(0.5);

    /// <inheritdoc />
    public Task<bool> SetPlanAsync(Guid tenantId, PlanId plan, CustomLimits custom, CancellationToken cancellationToken) => RunAsync(
        tenantId,
        grain => grain.SetPlanAsync(plan, custom, TimeProvider.System.GetUtcNow() + Deadline, cancellationToken),
        () => local.SetPlanAsync(tenantId, plan, custom, cancellationToken),
        cancellationToken);

    /// <inheritdoc />
    public Task<bool> LiftPlanAsync(Guid tenantId, CancellationToken cancellationToken) => RunAsync(
        tenantId,
        grain => grain.LiftPlanAsync(TimeProvider.System.GetUtcNow() + Deadline, cancellationToken),
        () => local.LiftPlanAsync(tenantId, cancellationToken),
        cancellationToken);

    /// <inheritdoc />
    public Task<UsageReading?> CheckUsageAsync(Guid tenantId, CancellationToken cancellationToken) => RunAsync(
        tenantId,
        grain => grain.CheckUsageAsync(cancellationToken),
        () => local.CheckUsageAsync(tenantId, cancellationToken),
        cancellationToken);

    /// <inheritdoc />
    public Task<UsageForecast?> ForecastAsync(Guid tenantId, CancellationToken cancellationToken) => RunAsync(
        tenantId,
        grain => grain.ForecastAsync(cancellationToken),
        () => local.ForecastAsync(tenantId, cancellationToken),
        cancellationToken);

    /// <inheritdoc />
    public Task<BillingSyncOutcome> SyncBillingAsync(Guid tenantId, CancellationToken cancellationToken) => RunAsync(
        tenantId,
        grain => grain.SyncBillingAsync(cancellationToken),
        () => local.SyncBillingAsync(tenantId, cancellationToken),
        cancellationToken);

    private async Task<T> RunAsync<T>(
        Guid tenantId, Func<ITenantGrain, Task<T>> inGrain, Func<Task<T>> inProcess, CancellationToken cancellationToken)
    {
        if (host.Grains is { } grains)
        {
            try
            {
                return await inGrain(grains.GetGrain<ITenantGrain>(tenantId))
                    .WaitAsync(GrainHost.ResponseTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is not StorageUnavailableException)
            {
                LogRunHere(fault.GetType().Name, fault.Message);
            }
        }

        return await inProcess().ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Debug, "A tenant's grain was not available ({Fault}: {Message}); this process ran the operation.")]
    private partial void LogRunHere(string fault, string message);
}
