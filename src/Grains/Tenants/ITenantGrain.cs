using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Grains.Tenants;

/// <summary>The operations on a tenant, one at a time. The key is the id of the tenant.</summary>
[Alias("tenant")]
[Orleans.CodeGeneration.Version(1)]
[GrainInterfaceType("telemetrykit.tenant")]
internal interface ITenantGrain : IGrainWithGuidKey
{
    /// <summary>Sets the plan and the custom limits. See <see cref="ITenantOperations.SetPlanAsync"/>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="custom">The custom limits.</param>
    /// <param name="deadline">
    /// The time after which nothing is changed. A call can be delivered long after its caller stopped waiting, if this process hung.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("set-plan")]
    Task<bool> SetPlanAsync(PlanId plan, CustomLimits custom, DateTimeOffset deadline, CancellationToken cancellationToken);

    /// <summary>Ends the plan that the operator set. See <see cref="ITenantOperations.LiftPlanAsync"/>.</summary>
    /// <param name="deadline">The time after which nothing is changed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("lift-plan")]
    Task<bool> LiftPlanAsync(DateTimeOffset deadline, CancellationToken cancellationToken);

    /// <summary>Reads the usage and queues due notices. See <see cref="ITenantOperations.CheckUsageAsync"/>.</summary>
    [Alias("check-usage")]
    Task<UsageReading?> CheckUsageAsync(CancellationToken cancellationToken);

    /// <summary>Returns the forecast of the month. See <see cref="ITenantOperations.ForecastAsync"/>.</summary>
    [Alias("forecast")]
    Task<UsageForecast?> ForecastAsync(CancellationToken cancellationToken);

    /// <summary>Brings the plan in line with the payment provider. See <see cref="ITenantOperations.SyncBillingAsync"/>.</summary>
    [Alias("sync-billing")]
    Task<BillingSyncOutcome> SyncBillingAsync(CancellationToken cancellationToken);
}
