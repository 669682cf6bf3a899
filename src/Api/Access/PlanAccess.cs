using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Access;

/// <summary>Checks whether the plan of the project's tenant has a feature, for routes with <see cref="ReadAccessFilter"/>.</summary>
internal sealed class PlanAccess(IAccountStore store)
{
    /// <summary>Returns the problem if the plan doesn't have the feature, and otherwise <c>null</c>.</summary>
    public async ValueTask<Problem?> FindRefusalAsync(HttpContext http, Feature feature)
    {
        var tenant = await store.Tenants.FindAsync(http.ReadProject().Ref.TenantId, http.RequestAborted);
        return tenant is null ? ProblemKind.NotFound.AsProblem() : PlanGate.Feature(tenant.Plan, feature)?.AsProblem();
    }
}
