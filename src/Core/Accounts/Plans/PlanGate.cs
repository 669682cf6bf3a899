using System.Globalization;

namespace TelemetryKit.Core.Accounts.Plans;

/// <summary>
/// Checks what a tenant's plan allows. All checks of plans are here. Each method returns <c>null</c> if the plan allows it.
/// </summary>
public static class PlanGate
{
    /// <summary>Checks a feature.</summary>
    public static PlanRefusal? Feature(TenantPlan tenant, Feature feature)
    {
        if (tenant.Plan.Has(feature))
            return null;
        var needed = Smallest(plan => plan.Has(feature));
        return new($"This needs {NameOf(feature).Replace('_', ' ')}, which the plan {needed.Code} has.", needed);
    }

    /// <summary>Checks one more member, in addition to <paramref name="now"/> members and open invitations.</summary>
    public static PlanRefusal? OneMoreMember(TenantPlan tenant, int now) =>
        AtMost(tenant, now + 1, plan => plan.Members, tenant.Members, "member");

    /// <summary>Checks one more project, in addition to <paramref name="now"/> projects.</summary>
    public static PlanRefusal? OneMoreProject(TenantPlan tenant, int now) =>
        AtMost(tenant, now + 1, plan => plan.Projects, tenant.Projects, "project");

    /// <summary>Checks the number of days for which data is kept.</summary>
    public static PlanRefusal? KeptDays(TenantPlan tenant, int days) =>
        AtMost(tenant, days, plan => plan.KeptDays, tenant.KeptDays, "kept day");

    private static PlanRefusal? AtMost(TenantPlan tenant, int wanted, Func<Plan, int?> limitOf, int? limit, string what)
    {
        if (wanted <= (limit ?? int.MaxValue))
            return null;
        var needed = Smallest(plan => wanted <= (limitOf(plan) ?? int.MaxValue));
        var more = needed.Id == tenant.Plan.Id ? "" : $" The plan {needed.Code} allows more.";
        var plural = limit == 1 ? "" : "s";
        var reason = string.Create(
            CultureInfo.InvariantCulture, $"The limit of this tenant, on the plan {tenant.Plan.Code}, is {limit:N0} {what}{plural}.{more}");
        return new(reason, needed);
    }

    // Enterprise limits are agreed individually, so this plan allows what no other plan does.
    private static Plan Smallest(Func<Plan, bool> has) => PlanTable.Offered.FirstOrDefault(has) ?? PlanTable.Of(PlanId.Enterprise);

    /// <summary>Returns the code of a single feature.</summary>
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

/// <summary>The refusal of a plan.</summary>
/// <param name="Reason">The reason, as a sentence.</param>
/// <param name="Needed">The smallest plan that allows it.</param>
public sealed record PlanRefusal(string Reason, Plan Needed);
