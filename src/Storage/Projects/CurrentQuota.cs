using System.Globalization;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Storage.Projects;

/// <summary>The quota that a tenant has now, in statements: the limits of cached keys are those of some seconds ago.</summary>
internal static class CurrentQuota
{
    private static readonly string OfPlan = "case t.plan " + string.Concat(
        PlanTable.All.Where(plan => plan.EventsPerMonth is not null).Select(plan => string.Create(
            CultureInfo.InvariantCulture, $"when {(int)plan.Id} then {plan.EventsPerMonth} "))) + "end";

    /// <summary>Returns the quota in a month of the row <c>t</c> of the table <c>tenants</c>.</summary>
    /// <param name="month">An expression for the month as a number, such as 202611.</param>
    public static string In(string month) =>
        $"case when t.interim_month = {month} then t.interim_quota else coalesce(t.monthly_quota, {OfPlan}) end";
}
