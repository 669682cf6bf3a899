namespace TelemetryKit.Grains.Accounts.Plans;

/// <summary>The one place where a tenant's plan allows or refuses. Every answer is <c>null</c> where it is allowed.</summary>
public static class PlanGate
{
    /// <summary>Whether the tenant has a feature.</summary>
    public static PlanRefusal? Feature(TenantPlan tenant, Feature feature) =>
        tenant.Plan.Has(feature) ? null : new(NameOf(feature), Smallest(plan => plan.Has(feature)));

    /// <summary>Whether one more person may join, of <paramref name="now"/> who are in or invited.</summary>
    public static PlanRefusal? OneMoreMember(TenantPlan tenant, int now) =>
        now < (tenant.Members ?? int.MaxValue) ? null : new("members", Smallest(plan => now < (plan.Members ?? int.MaxValue)));

    /// <summary>Whether one more project may be made, of <paramref name="now"/> there are.</summary>
    public static PlanRefusal? OneMoreProject(TenantPlan tenant, int now) =>
        now < (tenant.Projects ?? int.MaxValue) ? null : new("projects", Smallest(plan => now < (plan.Projects ?? int.MaxValue)));

    /// <summary>Whether data may be kept for so many days.</summary>
    public static PlanRefusal? KeptDays(TenantPlan tenant, int days) =>
        days <= (tenant.KeptDays ?? int.MaxValue) ? null : new("kept_days", Smallest(plan => days <= (plan.KeptDays ?? int.MaxValue)));

    // Enterprise limits are agreed one by one, so it has whatever no other plan has.
    private static Plan Smallest(Func<Plan, bool> has) => PlanTable.Offered.FirstOrDefault(has) ?? PlanTable.Of(PlanId.Enterprise);

    /// <summary>The word of a single feature.</summary>
    public static string NameOf(Feature feature) => feature switch
    {
        Plans.Feature.AdvancedAnalytics => "advanced_analytics",
        Plans.Feature.Export => "export",
        Plans.Feature.Teams => "teams",
        Plans.Feature.ApiTokens => "api_tokens",
        Plans.Feature.Webhooks => "webhooks",
        Plans.Feature.CustomLimits => "custom_limits",
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "is not a single feature"),
    };
}

/// <summary>A plan's no.</summary>
/// <param name="What">What was asked for.</param>
/// <param name="Needed">The smallest plan that has it.</param>
public sealed record PlanRefusal(string What, Plan Needed);
