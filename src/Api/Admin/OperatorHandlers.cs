using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Tenants;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Api.Admin;

/// <summary>Handlers of the operator's routes: tenants and their plans, but not their data.</summary>
internal static class OperatorHandlers
{
    private const int DefaultLimit = 100;
    private static readonly QueryParameter After = new("after", "The next of the previous page: returns tenants after this one.")
    {
        Format = "uuid", Maximum = 36,
    };

    private static readonly QueryParameter Limit = new("limit", "The maximum number of tenants.", "integer")
    {
        Minimum = 1, Maximum = Limits.PageSize, Default = "100",
    };

    public static readonly QueryParameters ListParameters = new(After, Limit);

    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store)
    {
        var reader = new QueryReader(http.Request.Query, ListParameters);
        var limit = reader.Number(Limit) ?? DefaultLimit;
        Guid? after = null;
        if (reader.Text(After) is { } text)
        {
            after = Guid.TryParse(text, out var id) ? id : null;
            if (after is null)
                reader.Fault(After, "It must be a tenant's id.");
        }

        if (reader.Problem is { } problem)
            return problem;
        var tenants = await store.Tenants.ListAsync(after, limit, http.RequestAborted);
        var next = tenants.Count == limit ? tenants[^1].Id : (Guid?)null;
        var body = new TenantsBody([.. tenants.Select(tenant => TenantBody.Of(tenant, null))], next);
        return TypedResults.Json(body, TenantsJson.Wire.TenantsBody);
    }

    public static async Task<IResult> GetAsync(HttpContext http, Guid tenant, IAccountStore store) =>
        await store.Tenants.FindAsync(tenant, http.RequestAborted) is { } found
            ? TypedResults.Json(TenantBody.Of(found, null), TenantsJson.Wire.TenantBody)
            : ProblemKind.NotFound.AsProblem();

    public static async Task<IResult> SetPlanAsync(HttpContext http, Guid tenant, IAccountStore store, ITenantOperations tenants)
    {
        var (body, problem) = await http.ReadJsonAsync(AdminJson.Default.SetPlanBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var plan = PlanTable.Find(body.Plan ?? "");
        checks.Require(plan is not null, "plan", $"It must be {string.Join(", ", PlanTable.All.Select(one => one.Code))}.");
        var custom = new CustomLimits(body.EventsPerMonth, body.KeptDays, body.Members, body.Projects);
        foreach (var fault in plan is null ? [] : custom.FaultsFor(plan))
            checks.Fault("limits", fault);
        if (checks.Problem is { } refusal)
            return refusal;
        // Not cancelled with the request: the change is made, and its notices are queued, even if the client doesn't wait.
        if (!await tenants.SetPlanAsync(tenant, plan!.Id, custom, CancellationToken.None))
            return ProblemKind.NotFound.AsProblem();
        return await store.Tenants.FindAsync(tenant, http.RequestAborted) is { } changed
            ? TypedResults.Json(TenantBody.Of(changed, null), TenantsJson.Wire.TenantBody)
            : ProblemKind.NotFound.AsProblem();
    }
}

/// <summary>A tenant's new plan. Limits are allowed for <c>enterprise</c> only and replace those of the plan.</summary>
/// <param name="Plan">The plan's code.</param>
/// <param name="EventsPerMonth">Maximum number of live events in a UTC calendar month.</param>
/// <param name="KeptDays">Days for which data is kept.</param>
/// <param name="Members">Maximum number of members.</param>
/// <param name="Projects">Maximum number of projects.</param>
internal sealed record SetPlanBody(
    string? Plan, long? EventsPerMonth = null, int? KeptDays = null, int? Members = null, int? Projects = null);
