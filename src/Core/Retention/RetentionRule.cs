using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Retention;

/// <summary>
/// How long a project's data is kept. The rule has three parts:
/// <list type="number">
/// <item>The days of the tenant's plan, or the days that the operator set for the tenant (<see cref="TenantPlan.KeptDays"/>).</item>
/// <item>After a change to a plan with fewer days, the days before the change, until the owner received the notice
/// <see cref="Limits.DowngradeNotice"/> ago (<see cref="Tenant.KeptDaysAt"/>).</item>
/// <item>The project's own setting (<see cref="ProjectSettings.KeptDays"/>), if it is shorter.</item>
/// </list>
/// The first two are members of types in <c>Accounts</c> because <see cref="Tenant.WithPlan"/> needs them; this class combines all.
/// </summary>
public static class RetentionRule
{
    /// <summary>Returns the number of days before today whose data a project keeps, or <c>null</c> if it keeps everything.</summary>
    public static int? KeptDays(Tenant tenant, ProjectInfo project, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(project);
        var (tenantDays, projectDays) = (tenant.KeptDaysAt(now), project.Settings.KeptDays);
        return projectDays is null || tenantDays < projectDays ? tenantDays : projectDays;
    }

    /// <summary>Returns the earliest day that a project keeps, or <c>null</c> if it keeps everything.</summary>
    /// <param name="tenant">The project's tenant.</param>
    /// <param name="project">The project.</param>
    /// <param name="now">The time at which the rule is evaluated.</param>
    /// <param name="today">The UTC day from which the kept days are counted back.</param>
    public static DateOnly? FirstKeptDay(Tenant tenant, ProjectInfo project, DateTimeOffset now, DateOnly today) =>
        KeptDays(tenant, project, now) is { } days ? today.AddDays(-days) : null;
}
