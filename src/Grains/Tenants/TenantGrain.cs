using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Tenants;

/// <summary>Runs the operations on a tenant one at a time, and keeps the forecast of its month.</summary>
[GrainType("tenant")]
internal sealed partial class TenantGrain(
    [PersistentState("tenant", GrainStorage.Name)] IPersistentState<TenantState> state,
    TenantOperations operations,
    ProductClock clock,
    ILogger<TenantGrain> logger) : Grain, ITenantGrain
{
    private static readonly TimeSpan ForecastAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMinutes(1);

    public async Task<bool> SetPlanAsync(
        PlanId plan, CustomLimits custom, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        state.State.ForecastAt = null;
        return await operations.SetPlanAsync(
            this.GetPrimaryKey(), plan, custom, () => TimeProvider.System.GetUtcNow() <= deadline, cancellationToken);
    }

    public async Task<bool> LiftPlanAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        state.State.ForecastAt = null;
        return await operations.LiftPlanAsync(
            this.GetPrimaryKey(), () => TimeProvider.System.GetUtcNow() <= deadline, cancellationToken);
    }

    public Task<UsageReading?> CheckUsageAsync(CancellationToken cancellationToken) =>
        operations.CheckUsageAsync(this.GetPrimaryKey(), cancellationToken);

    public async Task<BillingSyncOutcome> SyncBillingAsync(CancellationToken cancellationToken)
    {
        state.State.ForecastAt = null;
        return await operations.SyncBillingAsync(this.GetPrimaryKey(), cancellationToken);
    }

    public async Task<UsageForecast?> ForecastAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var age = now - state.State.ForecastAt;
        if (age >= TimeSpan.Zero && age < ForecastAge)
            return state.State.Forecast;
        state.State.Forecast = await operations.ForecastAsync(this.GetPrimaryKey(), cancellationToken);
        state.State.ForecastAt = now;
        await WriteAsync(now);
        return state.State.Forecast;
    }

    // The state may be lost, so a fault of its storage is not one of the call.
    private async Task WriteAsync(DateTimeOffset now)
    {
        if (now - state.State.WrittenAt < WriteInterval)
            return;
        state.State.WrittenAt = now;
        try
        {
            await state.WriteStateAsync();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            LogNotWritten(fault.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The state of a tenant's grain was not written, which loses nothing: {Fault}")]
    private partial void LogNotWritten(string fault);
}
