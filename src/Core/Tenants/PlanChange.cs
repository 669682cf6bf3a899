using System.Diagnostics;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Core.Tenants;

/// <summary>Changes the plan of a tenant and records it in the audit log.</summary>
public static class PlanChange
{
    /// <summary>
    /// Changes the plan. The limits must be valid for it. Nothing is recorded if the tenant has the plan and the limits already.
    /// </summary>
    /// <returns>The tenant after the change, or <c>null</c> if there is none.</returns>
    public static Task<Tenant?> SetAsync(
        IAccountStore store, Guid tenantId, PlanId plan, CustomLimits custom, DateTimeOffset now, CancellationToken cancellationToken) =>
        SetAsync(store, tenantId, plan, custom, now, static () => true, cancellationToken);

    /// <summary>Changes the plan, unless it is too late for it. See <see cref="ITenants"/>.</summary>
    /// <exception cref="TooLateException">It is too late. Nothing was changed.</exception>
    internal static Task<Tenant?> SetAsync(
        IAccountStore store,
        Guid tenantId,
        PlanId plan,
        CustomLimits custom,
        DateTimeOffset now,
        Func<bool> isInTime,
        CancellationToken cancellationToken)
    {
        Debug.Assert(custom.FaultsFor(PlanTable.Of(plan)).Count == 0, "The limits must be validated.");
        var detail = $"to {PlanTable.Of(plan).Code}{Describe(custom)}";
        var line = new AuditLine(Actor.Operator, AuditActions.PlanChanged, now, tenantId.ToString(), detail);
        return store.Tenants.SetPlanAsync(tenantId, plan, custom, line, isInTime, cancellationToken);
    }

    /// <summary>Ends the plan that the operator set. See <see cref="ITenants"/>.</summary>
    /// <returns>The tenant after the change, or <c>null</c> if there is none.</returns>
    public static Task<Tenant?> LiftAsync(
        IAccountStore store, Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken) =>
        LiftAsync(store, tenantId, now, static () => true, cancellationToken);

    /// <summary>Ends the plan that the operator set, unless it is too late for it.</summary>
    /// <exception cref="TooLateException">It is too late. Nothing was changed.</exception>
    internal static Task<Tenant?> LiftAsync(
        IAccountStore store, Guid tenantId, DateTimeOffset now, Func<bool> isInTime, CancellationToken cancellationToken)
    {
        var line = new AuditLine(Actor.Operator, AuditActions.PlanLifted, now, tenantId.ToString());
        return store.Tenants.LiftPlanAsync(tenantId, line, isInTime, cancellationToken);
    }

    private static string Describe(CustomLimits custom) => string.Concat(
        Part("events_per_month", custom.EventsPerMonth),
        Part("kept_days", custom.KeptDays),
        Part("members", custom.Members),
        Part("projects", custom.Projects));

    private static string Part(string name, long? value) => value is null ? "" : $" {name}={value}";
}
