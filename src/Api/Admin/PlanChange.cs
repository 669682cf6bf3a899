using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Admin;

/// <summary>The one way a tenant's plan changes: the operator's routes and commands use it, and billing will. Keys know of it within <see cref="Core.Limits.CachedKeyAge"/>.</summary>
internal sealed class PlanChange(IAccountStore store, TimeProvider time)
{
    /// <summary>Changes it. The limits must be free of faults. <c>null</c> where there is no such tenant.</summary>
    public Task<Tenant?> SetAsync(Guid tenantId, Plan plan, CustomLimits custom, CancellationToken cancellationToken)
    {
        var line = new AuditLine(Actor.Operator, AuditActions.PlanChanged, time.GetUtcNow(), tenantId.ToString(), $"to {plan.Code}{Describe(custom)}");
        return store.Tenants.SetPlanAsync(tenantId, plan.Id, custom, line, cancellationToken);
    }

    private static string Describe(CustomLimits custom) => string.Concat(
        Part("events_per_month", custom.EventsPerMonth), Part("kept_days", custom.KeptDays), Part("members", custom.Members), Part("projects", custom.Projects));

    private static string Part(string name, long? value) => value is null ? "" : $" {name}={value}";
}
