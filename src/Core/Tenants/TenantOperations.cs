using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Tenants;

/// <summary>The operations on tenants, in this process.</summary>
/// <param name="store">The store.</param>
/// <param name="notices">The notices.</param>
/// <param name="time">The clock.</param>
/// <param name="billing">The synchronisation with the payment provider, or <c>null</c> if there is none.</param>
public sealed class TenantOperations(IAccountStore store, ITenantNotices notices, TimeProvider time, BillingSync? billing = null)
    : ITenantOperations
{
    /// <inheritdoc />
    public Task<bool> SetPlanAsync(Guid tenantId, PlanId plan, CustomLimits custom, CancellationToken cancellationToken) =>
        SetPlanAsync(tenantId, plan, custom, static () => true, cancellationToken);

    /// <summary>
    /// Sets the plan, unless it is too late for it: a caller that didn't wait any longer may have set it itself, and others another one.
    /// </summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="custom">The custom limits.</param>
    /// <param name="isInTime">Returns whether the change may still be made; called while the tenant is locked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="TooLateException">It is too late. Nothing was changed.</exception>
    public async Task<bool> SetPlanAsync(
        Guid tenantId, PlanId plan, CustomLimits custom, Func<bool> isInTime, CancellationToken cancellationToken)
    {
        var changed = await PlanChange.SetAsync(store, tenantId, plan, custom, time.GetUtcNow(), isInTime, cancellationToken)
            .ConfigureAwait(false);
        return await NotifyAsync(changed, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task<bool> LiftPlanAsync(Guid tenantId, CancellationToken cancellationToken) =>
        LiftPlanAsync(tenantId, static () => true, cancellationToken);

    /// <summary>Ends the plan that the operator set, unless it is too late for it.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="isInTime">Returns whether the change may still be made; called while the tenant is locked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="TooLateException">It is too late. Nothing was changed.</exception>
    public async Task<bool> LiftPlanAsync(Guid tenantId, Func<bool> isInTime, CancellationToken cancellationToken)
    {
        var changed = await PlanChange.LiftAsync(store, tenantId, time.GetUtcNow(), isInTime, cancellationToken).ConfigureAwait(false);
        return await NotifyAsync(changed, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<BillingSyncOutcome> SyncBillingAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        if (billing is null)
            throw new InvalidOperationException("Billing isn't configured in this process.");
        var (outcome, change) = await billing.RunAsync(tenantId, cancellationToken).ConfigureAwait(false);
        if (change is not { TenantAfter: var tenant, After: var account })
            return outcome;
        // Notices follow from the state, not from the change, so those that a killed process didn't queue are queued the next time.
        await notices.QueueBillingAsync(tenant, account, cancellationToken).ConfigureAwait(false);
        if (tenant.Plan != change.TenantBefore.Plan)
            await NotifyAsync(tenant, cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    /// <inheritdoc />
    public async Task<UsageReading?> CheckUsageAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await store.Tenants.FindAsync(tenantId, cancellationToken).ConfigureAwait(false) is { } tenant
            ? await CheckUsageAsync(tenant, cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc />
    public async Task<UsageForecast?> ForecastAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        if (await store.Tenants.FindAsync(tenantId, cancellationToken).ConfigureAwait(false) is not { } tenant)
            return null;
        var now = time.GetUtcNow();
        var month = QuotaMonth.Of(now);
        var usage = await store.Usage.ReadAsync(tenantId, month.FirstDay, cancellationToken).ConfigureAwait(false);
        return UsageForecast.Of(usage, tenant.LimitsIn(month).Quota, now);
    }

    // Queues the notices about a changed plan. Returns whether the tenant exists.
    private async Task<bool> NotifyAsync(Tenant? changed, CancellationToken cancellationToken)
    {
        if (changed is not { } tenant)
            return false;
        await notices.QueueDowngradeAsync(tenant, cancellationToken).ConfigureAwait(false);
        await notices.QueueSuspensionsAsync(tenant, cancellationToken).ConfigureAwait(false);
        await CheckUsageAsync(tenant, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<UsageReading> CheckUsageAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var month = QuotaMonth.Of(time.GetUtcNow());
        var usage = await store.Usage.ReadAsync(tenant.Id, month.FirstDay, cancellationToken).ConfigureAwait(false);
        var limits = tenant.LimitsIn(month);
        var reading = new UsageReading(month.FirstDay, usage.Live, limits.Quota, limits.Overage);
        await notices.QueueUsageAsync(tenant, reading, cancellationToken).ConfigureAwait(false);
        if (limits.Overage is not null
            && await store.Billing.FindAsync(tenant.Id, cancellationToken).ConfigureAwait(false) is { } account)
            await notices.QueueOverageAsync(tenant, account, reading, cancellationToken).ConfigureAwait(false);
        return reading;
    }
}
