namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>The one table of plans. Every gate asks here, through <see cref="PlanGate"/>; nothing else knows what a plan allows.</summary>
public static class PlanTable
{
    private const Feature ProFeatures = Feature.AdvancedAnalytics | Feature.Export;
    private const Feature BusinessFeatures = ProFeatures | Feature.Teams | Feature.ApiTokens;
    private const Feature EnterpriseFeatures = BusinessFeatures | Feature.CustomLimits;

    // A key may bring a month of the Free plan within a minute (its burst is a minute long), but one source only a part of it a day.
    // A test environment is for trying things out: a tenth of the quota, and never less than 10,000, is plenty for that.
    private static readonly Plan[] Rows =
    [
        new(PlanId.SelfHosted, "self_hosted", null, null, null, null, null, null, null, EnterpriseFeatures),
        new(PlanId.Free, "free", 0, 10_000, 10_000, 30, 1, 3, new(200, 2_000), Feature.None),
        new(PlanId.Pro, "pro", 29, 100_000, 10_000, 365, 1, 20, new(500, 10_000), ProFeatures),
        new(PlanId.Business, "business", 99, 1_000_000, 100_000, 730, 50, 100, new(2_000, 50_000), BusinessFeatures),
        new(PlanId.Enterprise, "enterprise", null, null, 1_000_000, 730, null, null, new(20_000, 500_000), EnterpriseFeatures),
    ];

    /// <summary>All plans, smallest first; the self-hosted one, which is not for sale, before them.</summary>
    public static IReadOnlyList<Plan> All => Rows;

    /// <summary>The plans that the hosted service offers, smallest first.</summary>
    public static IEnumerable<Plan> Offered => Rows.Where(plan => plan.Id != PlanId.SelfHosted);

    /// <summary>The plan of that id.</summary>
    public static Plan Of(PlanId id) => Rows[(int)id];

    /// <summary>The plan of that word; <c>null</c> where there is none.</summary>
    public static Plan? Find(string code) => Array.Find(Rows, plan => plan.Code == code);

    /// <summary>Live events a month that a tenant may have accepted: what the operator set for it, or else its plan's; <c>null</c> where there is no limit.</summary>
    public static long? EventsPerMonth(PlanId plan, long? custom) => custom ?? Of(plan).EventsPerMonth;
}
