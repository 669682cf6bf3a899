namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>The table of plans. All checks of what a plan allows use it, through <see cref="PlanGate"/>.</summary>
public static class PlanTable
{
    /// <summary>The days that one source needs at least to use up the quota of a month.</summary>
    private const int SourceDaysPerMonth = 20;

    private const Feature ProFeatures = Feature.AdvancedAnalytics | Feature.Export;
    private const Feature BusinessFeatures = ProFeatures | Feature.Teams | Feature.ApiTokens;
    private const Feature EnterpriseFeatures = BusinessFeatures | Feature.CustomLimits;

    // A key may send a month's quota of the Free plan within a minute (its burst is one minute), but one source only a twentieth per day.
    // The test quota is a tenth of the live quota and at least 10,000, which is enough to try things out.
    private static readonly Plan[] Rows =
    [
        new(PlanId.SelfHosted, "self_hosted", null, null, null, null, null, null, null, EnterpriseFeatures),
        new(PlanId.Free, "free", 0, 10_000, 10_000, 30, 1, 3, new(200, 500), Feature.None),
        new(PlanId.Pro, "pro", 29, 100_000, 10_000, 365, 1, 20, new(500, 5_000), ProFeatures),
        new(PlanId.Business, "business", 99, 1_000_000, 100_000, 730, 50, 100, new(2_000, 50_000), BusinessFeatures),
        new(PlanId.Enterprise, "enterprise", null, null, 1_000_000, 730, null, null, new(20_000, 500_000), EnterpriseFeatures),
    ];

    /// <summary>All plans, smallest first, after the self-hosted one, which is not for sale.</summary>
    public static IReadOnlyList<Plan> All => Rows;

    /// <summary>The plans that the hosted service offers, smallest first.</summary>
    public static IEnumerable<Plan> Offered => Rows.Where(plan => plan.Id != PlanId.SelfHosted);

    /// <summary>Returns the plan with an id.</summary>
    public static Plan Of(PlanId id) => Rows[(int)id];

    /// <summary>Returns the plan with a code, or <c>null</c> if there is none.</summary>
    public static Plan? Find(string code) => Array.Find(Rows, plan => plan.Code == code);

    /// <summary>
    /// Returns the rates of a tenant's keys, or <c>null</c> if there is no limit: those of the plan, but a source has at most a twentieth
    /// of the month if the operator's limit is lower than what the plan allows.
    /// </summary>
    public static IngestRates? RatesOf(PlanId plan, long? custom)
    {
        var rates = Of(plan).Rates;
        return rates is not null && custom is { } month && month / SourceDaysPerMonth < rates.SourceEventsPerDay
            ? rates with { SourceEventsPerDay = (int)Math.Max(1, month / SourceDaysPerMonth) }
            : rates;
    }

    /// <summary>
    /// Returns the maximum of live events per month: the operator's limit if set, else that of the plan, or <c>null</c> if there is no
    /// limit.
    /// </summary>
    public static long? EventsPerMonth(PlanId plan, long? custom) => custom ?? Of(plan).EventsPerMonth;
}
