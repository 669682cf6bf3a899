using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing.Setup;

/// <summary>What <see cref="StripeSetup"/> creates in an account.</summary>
public sealed record StripeSetupOptions
{
    /// <summary>The address of the server's webhook, to which both destinations of events send.</summary>
    public required Uri Webhook { get; init; }

    /// <summary>The page to which the customer portal returns, or <c>null</c> for none.</summary>
    public Uri? ReturnTo { get; init; }

    /// <summary>
    /// The prices in US cents of 1,000 events above the quota, greater than 0. Plans that aren't listed have the default price.
    /// </summary>
    public IReadOnlyDictionary<PlanId, decimal> OverageCentsPerThousand { get; init; } = new Dictionary<PlanId, decimal>();

    /// <summary>Returns the price in US cents of one event above the quota.</summary>
    internal decimal OverageCentsOf(PlanId plan) =>
        (OverageCentsPerThousand.TryGetValue(plan, out var cents) ? cents : PlanPrices.OverageCentsPerThousand(plan)) / 1000;
}
