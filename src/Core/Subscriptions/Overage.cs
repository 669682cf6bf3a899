using Microsoft.Extensions.Logging;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Core.Subscriptions;

/// <summary>Events above the quota, which owners may allow and pay for, up to a cap.</summary>
public sealed partial class Overage(
    IAccountStore store, IBillingGateway gateway, ITenantOperations tenants, TimeProvider time, ILogger<Overage> logger)
{
    private const int PageSize = 100;

    /// <summary>Sets the cap of a UTC calendar month, or, with <c>null</c>, refuses events above the quota.</summary>
    /// <returns><c>false</c> if the tenant has no subscription that is paid.</returns>
    /// <exception cref="BillingUnavailableException">The payment provider can't be reached. Nothing was changed.</exception>
    public async Task<bool> SetCapAsync(Guid tenantId, long? cents, AuditLine line, CancellationToken cancellationToken)
    {
        if (cents is not null)
        {
            await tenants.FetchBillingAsync(tenantId, cancellationToken).ConfigureAwait(false);
            var account = await store.Billing.FindAsync(tenantId, cancellationToken).ConfigureAwait(false);
            if (account?.State is not { SubscriptionId: { } subscription, Status: { } status } state || !BillingState.GivesPlan(status))
                return false;
            if (state.OverageCentsPerEvent is null)
            {
                // The price stays when the cap is lifted: without events it costs nothing, and events that wait are still billed.
                await gateway.SetOverageAsync(subscription, isBilled: true, $"overage-{subscription}-{account.Revision}", cancellationToken)
                    .ConfigureAwait(false);
                await tenants.FetchBillingAsync(tenantId, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (await store.Billing.FindAsync(tenantId, cancellationToken).ConfigureAwait(false) is null)
        {
            return false;
        }

        await store.Billing.SetOverageCapAsync(tenantId, cents, line, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Reports the hours that have ended and whose events above the quota changed. An hour is reported again if it changes, and replaces
    /// the former report. Hours of a tenant whose report is refused are reported by the next call. Returns the number of reported hours.
    /// </summary>
    /// <param name="tenantId">One tenant, or <c>null</c> for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="BillingUnavailableException">
    /// The payment provider can't be reached. The rest is reported by the next call.
    /// </exception>
    public async Task<int> ReportAsync(Guid? tenantId, CancellationToken cancellationToken)
    {
        var count = 0;
        HashSet<Guid> refused = [];
        IReadOnlyList<OverageHour> hours = [];
        do
        {
            // What is reported of an hour that goes on would be billed with two plans if the plan changes in it.
            hours = await store.Billing
                .ListUnreportedAsync(tenantId, time.GetUtcNow(), hours is [.., var last] ? last : null, PageSize, cancellationToken)
                .ConfigureAwait(false);
            foreach (var hour in hours)
            {
                if (refused.Contains(hour.TenantId))
                    continue;
                if (await ReportAsync(hour, cancellationToken).ConfigureAwait(false))
                    count++;
                else
                    refused.Add(hour.TenantId);
            }
        }
        while (hours.Count == PageSize);
        return count;
    }

    private async Task<bool> ReportAsync(OverageHour hour, CancellationToken cancellationToken)
    {
        try
        {
            if (hour.Hour < time.GetUtcNow() - Limits.OverageReportAge)
                LogTooOld(hour.Events, hour.Hour);
            else
                await gateway.ReportOverageAsync(hour.CustomerId, hour.Hour, hour.Events, cancellationToken).ConfigureAwait(false);
        }
        catch (BillingRefusedException fault)
        {
            LogRefused(hour.TenantId, hour.Hour, fault.Message);
            return false;
        }

        await store.Billing.SetReportedAsync(hour, cancellationToken).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(1, LogLevel.Error, "{Events} events above a quota, of the hour {Hour}, are too old to be billed")]
    private partial void LogTooOld(long events, DateTimeOffset hour);

    [LoggerMessage(2, LogLevel.Error, "Events above the quota of the tenant {Tenant} in the hour {Hour} can't be reported: {Fault}")]
    private partial void LogRefused(Guid tenant, DateTimeOffset hour, string fault);
}
