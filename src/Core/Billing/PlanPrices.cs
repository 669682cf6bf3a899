using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Billing;

/// <summary>The lookup keys by which prices and the meter are found at the payment provider, whatever account is used.</summary>
public static class PlanPrices
{
    /// <summary>The event name of the meter of events above the quota.</summary>
    public const string MeterName = "tk_overage_events";

    /// <summary>The plans that can be bought without the operator, smallest first.</summary>
    public static IReadOnlyList<PlanId> Sold { get; } = [PlanId.Pro, PlanId.Business];

    /// <summary>Returns the lookup key of the price of a plan, such as <c>tk_pro_month</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plan can't be bought.</exception>
    public static string KeyOf(PlanId plan, BillingInterval interval) => $"tk_{CodeOf(plan)}_{interval.ToString().ToLowerInvariant()}";

    /// <summary>Returns the lookup key of the price of events above the quota, such as <c>tk_pro_overage</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plan can't be bought.</exception>
    public static string OverageKeyOf(PlanId plan) => $"tk_{CodeOf(plan)}_overage";

    /// <summary>Returns the plan and the interval of a lookup key, or <c>null</c> if it is none of a plan.</summary>
    public static (PlanId Plan, BillingInterval Interval)? Find(string? lookupKey)
    {
        foreach (var plan in Sold)
        {
            foreach (var interval in Enum.GetValues<BillingInterval>())
            {
                if (lookupKey == KeyOf(plan, interval))
                    return (plan, interval);
            }
        }

        return null;
    }

    /// <summary>Returns the default price of a plan in US cents, which <c>stripe setup</c> creates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plan can't be bought.</exception>
    public static long CentsOf(PlanId plan, BillingInterval interval) => (plan, interval) switch
    {
        (PlanId.Pro, BillingInterval.Month) => 29_00,
        (PlanId.Pro, BillingInterval.Year) => 290_00,
        (PlanId.Business, BillingInterval.Month) => 99_00,
        (PlanId.Business, BillingInterval.Year) => 990_00,
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "can't be bought"),
    };

    /// <summary>Returns the default price in US cents of 1,000 events above the quota.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plan can't be bought.</exception>
    public static decimal OverageCentsPerThousand(PlanId plan) => plan switch
    {
        PlanId.Pro => 50,
        PlanId.Business => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, "can't be bought"),
    };

    private static string CodeOf(PlanId plan) =>
        Sold.Contains(plan) ? PlanTable.Of(plan).Code : throw new ArgumentOutOfRangeException(nameof(plan), plan, "can't be bought");
}
