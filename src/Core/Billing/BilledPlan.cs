using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Core.Billing;

/// <summary>What a tenant has used of the current month when its billing changes.</summary>
/// <param name="Accepted">The live events.</param>
/// <param name="SpentCents">What the events above the quota have cost so far, in US cents.</param>
public readonly record struct MonthUse(long Accepted, decimal SpentCents);

/// <summary>Computes what a tenant may do with its subscription.</summary>
public static class BilledPlan
{
    /// <summary>
    /// Returns the tenant with the plan that is paid for and the events above the quota that are accepted. The plan that the operator set
    /// isn't changed, and has none.
    /// </summary>
    /// <remarks>
    /// In the month of a change, what was used under a larger quota doesn't count against the new one, as long as no more events are
    /// accepted than the larger quota allowed. What was spent before the change counts against the cap at the price of its time.
    /// </remarks>
    /// <param name="tenant">The tenant.</param>
    /// <param name="account">Its billing.</param>
    /// <param name="use">What it has used of the current month.</param>
    /// <param name="now">The current time.</param>
    public static Tenant ApplyTo(Tenant tenant, BillingAccount account, MonthUse use, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(account);
        if (tenant.PlanByOperator)
            return WithoutOverage(tenant);
        var month = QuotaMonth.Of(now);
        var before = tenant.LimitsIn(month).Quota;
        var isOther = tenant.PlanId != account.State.Plan || tenant.Plan.Custom != CustomLimits.None;
        var after = isOther ? tenant.WithPlan(account.State.Plan, CustomLimits.None, now) : tenant;
        var (quota, overage) = (after.Plan.EventsPerMonth, account.OverageEvents);
        var interim = new MonthLimits(isOther ? QuotaInMonth(before, quota, use.Accepted) : before);
        if (overage is not null && interim.Quota is { } included)
            interim = interim with { Overage = OverageInMonth(account, included, use) };
        after = WithoutOverage(after) with { OverageEvents = overage };
        return interim == after.LimitsIn(month)
            ? after
            : after with { InterimMonth = month.Number, InterimQuota = interim.Quota, InterimOverage = interim.Overage };
    }

    /// <summary>Returns the tenant without events above the quota, and without values for the current month.</summary>
    public static Tenant WithoutOverage(Tenant tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        return tenant with { OverageEvents = null, InterimMonth = null, InterimQuota = null, InterimOverage = null };
    }

    /// <summary>Returns the quota in the month in which it changes.</summary>
    private static long? QuotaInMonth(long? before, long? after, long accepted)
    {
        if (after is not { } quota || before <= after)
            return after;
        var settled = accepted + quota;
        return before is { } larger ? Math.Max(quota, Math.Min(larger, settled)) : settled;
    }

    /// <summary>
    /// Returns the events above the quota that are accepted in the current month: those that were, and what the rest of the cap pays for.
    /// </summary>
    private static long OverageInMonth(BillingAccount account, long included, MonthUse use)
    {
        var left = account.OverageCapCents!.Value - use.SpentCents;
        var events = left <= 0 ? 0 : BillingAccount.EventsFor(left, account.State.OverageCentsPerEvent!.Value);
        return Math.Max(0, use.Accepted - included) + events;
    }
}
