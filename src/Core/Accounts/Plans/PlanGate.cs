using System.Globalization;

namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>The one place where a tenant's plan allows or refuses. Every answer is <c>null</c> where it is allowed.</summary>
public static class PlanGate
{
    /// <summary>Whether the tenant has a feature.</summary>
    public static PlanRefusal? Feature(TenantPlan tenant, Feature feature)
    {
        if (tenant.Plan.Has(feature))
            return null;
        var needed = Smallest(plan => plan.Has(feature));
        return new($"This needs {NameOf(feature).Replace('_', ' ')}, which the plan {needed.Code} has.", needed);
    }

    /// <summary>Whether one more person may join, of <paramref name="now"/> who are in or invited.</summary>
    public static PlanRefusal? OneMoreMember(TenantPlan tenant, int now) => AtMost(tenant, now + 1, plan => plan.Members, tenant.Members, "member");

    /// <summary>Whether one more project may be made, of <paramref name="now"/> there are.</summary>
    public static PlanRefusal? OneMoreProject(TenantPlan tenant, int now) => AtMost(tenant, now + 1, plan => plan.Projects, tenant.Projects, "project");

    /// <summary>Whether data may be kept for so many days.</summary>
    public static PlanRefusal? KeptDays(TenantPlan tenant, int days) => AtMost(tenant, days, plan => plan.KeptDays, tenant.KeptDays, "kept day");

    private static PlanRefusal? AtMost(TenantPlan tenant, int wanted, Func<Plan, int?> limitOf, int? limit, string what)
    {
        if (wanted <= (limit ?? int.MaxValue))
            return null;
        var needed = Smallest(plan => wanted <= (limitOf(plan) ?? int.MaxValue));
        var more = needed.Id == tenant.Plan.Id ? "" : $" The plan {needed.Code} allows more.";
        return new(string.Create(CultureInfo.InvariantCulture, $"The limit of this tenant, on the plan {tenant.Plan.Code}, is {limit:N0} {what}{(limit == 1 ? "" : "s")}.{more}"), needed);
    }

    // Enterprise limits are agreed one by one, so it has whatever no other plan has.
    private static Plan Smallest(Func<Plan, bool> has) => PlanTable.Offered.FirstOrDefault(has) ?? PlanTable.Of(PlanId.Enterprise);

    /// <summary>The word of a single feature.</summary>
    public static string NameOf(Feature feature) => feature switch
    {
        Plans.Feature.AdvancedAnalytics => "advanced_analytics",
        Plans.Feature.Export => "export",
        Plans.Feature.Teams => "teams",
        Plans.Feature.ApiTokens => "api_tokens",
        Plans.Feature.CustomLimits => "custom_limits",
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "is not a single feature"),
    };
}

/// <summary>A plan's no.</summary>
/// <param name="Why">A sentence for whoever asked.</param>
/// <param name="Needed">The smallest plan that has it.</param>
public sealed record PlanRefusal(string Why, Plan Needed);
