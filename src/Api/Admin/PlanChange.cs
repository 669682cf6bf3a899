using System.Diagnostics;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Admin;

/// <summary>
/// Changes a tenant's plan, for the operator's routes and commands. The new limits apply to cached keys after at most
/// <see cref="Core.Limits.CachedKeyAge"/>.
/// </summary>
internal sealed class PlanChange(IAccountStore store, TimeProvider time)
{
    /// <summary>Changes the plan. The limits must have been validated. Returns <c>null</c> if the tenant doesn't exist.</summary>
    public Task<Tenant?> SetAsync(Guid tenantId, Plan plan, CustomLimits custom, CancellationToken cancellationToken)
    {
        Debug.Assert(custom.FaultsFor(plan).Count == 0, "The limits must be validated.");
        var detail = $"to {plan.Code}{Describe(custom)}";
        var line = new AuditLine(Actor.Operator, AuditActions.PlanChanged, time.GetUtcNow(), tenantId.ToString(), detail);
        return store.Tenants.SetPlanAsync(tenantId, plan.Id, custom, line, cancellationToken);
    }

    private static string Describe(CustomLimits custom) => string.Concat(
        Part("events_per_month", custom.EventsPerMonth),
        Part("kept_days", custom.KeptDays),
        Part("members", custom.Members),
        Part("projects", custom.Projects));

    private static string Part(string name, long? value) => value is null ? "" : $" {name}={value}";
}
