using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Core.Subscriptions;

/// <summary>
/// Changes subscriptions: to a larger plan at once, to a smaller one, or to none, when the paid period ends.
/// </summary>
public sealed class PlanChanges(
    IAccountStore store, IBillingGateway gateway, ITenantOperations tenants, Overage overage, TimeProvider time)
{
    /// <summary>
    /// Changes the subscription of a tenant. <see cref="PlanId.Free"/> ends it at the end of the period. The current plan and interval drop
    /// a scheduled change or end.
    /// </summary>
    /// <exception cref="BillingUnavailableException">The payment provider can't be reached.</exception>
    /// <exception cref="BillingRefusedException">
    /// The payment provider refuses the request, for example because a card is declined.
    /// </exception>
    public async Task<PlanChangeOutcome> ChangeAsync(
        Guid tenantId, PlanId plan, BillingInterval? interval, CancellationToken cancellationToken)
    {
        await tenants.FetchBillingAsync(tenantId, cancellationToken).ConfigureAwait(false);
        var account = await store.Billing.FindAsync(tenantId, cancellationToken).ConfigureAwait(false);
        if (account?.State is not { SubscriptionId: { } subscription, SubscribedPlan: { } current, Status: { } status } state
            || !BillingState.IsOpen(status))
            return PlanChangeOutcome.NotSubscribed;
        // What isn't paid can be ended, but not changed.
        if (status is not (SubscriptionStatus.Active or SubscriptionStatus.Trialing)
            && !(status == SubscriptionStatus.PastDue && plan == PlanId.Free))
            return PlanChangeOutcome.Unpaid;
        var wanted = interval ?? state.Interval ?? BillingInterval.Month;
        // The same for a call that is repeated, and another one after every change. The provider repeats refusals, too, so a card that was
        // declined has another key a minute later. Then the change itself, which sets what is wanted, is what can be repeated.
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        var key = FormattableString.Invariant($"change-{subscription}-{account.Revision}-{(int)plan}-{(int)wanted}-{minute}");
        var outcome = OutcomeOf(state, current, plan, wanted);
        switch (outcome)
        {
            case PlanChangeOutcome.Ends:
                await gateway.CancelAtPeriodEndAsync(subscription, key, cancellationToken).ConfigureAwait(false);
                break;
            case PlanChangeOutcome.Undone:
                await gateway.UndoChangeAsync(subscription, key, cancellationToken).ConfigureAwait(false);
                break;
            case PlanChangeOutcome.Changed:
                // What is reported later isn't billed with the former plan any more.
                await overage.ReportAsync(tenantId, cancellationToken).ConfigureAwait(false);
                await gateway.ChangeNowAsync(subscription, plan, wanted, key, cancellationToken).ConfigureAwait(false);
                break;
            case PlanChangeOutcome.Scheduled:
                await gateway.ChangeAtPeriodEndAsync(subscription, plan, wanted, key, cancellationToken).ConfigureAwait(false);
                break;
        }

        await tenants.SyncBillingAsync(tenantId, cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    // A longer interval is paid at once, like a larger plan.
    private static PlanChangeOutcome OutcomeOf(BillingState state, PlanId current, PlanId plan, BillingInterval interval)
    {
        if (plan == PlanId.Free)
            return state.EndsAt is null ? PlanChangeOutcome.Ends : PlanChangeOutcome.Unchanged;
        if (plan == current && interval == state.Interval)
            return state.Next is null && state.EndsAt is null ? PlanChangeOutcome.Unchanged : PlanChangeOutcome.Undone;
        if (plan > current || (plan == current && interval > state.Interval))
            return PlanChangeOutcome.Changed;
        return state.Next is { } next && next.Plan == plan && next.Interval == interval
            ? PlanChangeOutcome.Unchanged
            : PlanChangeOutcome.Scheduled;
    }
}

/// <summary>The outcome of a change of a subscription.</summary>
public enum PlanChangeOutcome
{
    /// <summary>The plan was changed at once.</summary>
    Changed,

    /// <summary>The plan changes at the end of the period.</summary>
    Scheduled,

    /// <summary>The subscription ends at the end of the period.</summary>
    Ends,

    /// <summary>A scheduled change or end was dropped.</summary>
    Undone,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>There is no subscription.</summary>
    NotSubscribed,

    /// <summary>There is a subscription whose payment failed, which has to be paid before it is changed.</summary>
    Unpaid,
}
