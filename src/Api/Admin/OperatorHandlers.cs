using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Json;
using TelemetryKit.Api.Problems;
using TelemetryKit.Api.Stats;
using TelemetryKit.Api.Tenants;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Accounts.Plans;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Admin;

/// <summary>What the operator may see and set: tenants and their plans, and nothing inside them.</summary>
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
                reader.Fault(After, "It must be the id of a tenant.");
        }

        if (reader.Problem is { } problem)
            return problem;
        var tenants = await store.Tenants.ListAsync(after, limit, http.RequestAborted);
        return TypedResults.Json(
            new TenantsBody([.. tenants.Select(tenant => TenantBody.Of(tenant, null))], tenants.Count == limit ? tenants[^1].Id : null), ManagementJson.Wire.TenantsBody);
    }

    public static async Task<IResult> GetAsync(HttpContext http, Guid tenant, IAccountStore store) =>
        await store.Tenants.FindAsync(tenant, http.RequestAborted) is { } found
            ? TypedResults.Json(TenantBody.Of(found, null), ManagementJson.Wire.TenantBody)
            : ProblemKind.NotFound.AsProblem();

    public static async Task<IResult> SetPlanAsync(HttpContext http, Guid tenant, PlanChange change)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.SetPlanBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var plan = PlanTable.Find(body.Plan ?? "");
        checks.Must(plan is not null, "plan", $"It must be {string.Join(", ", PlanTable.All.Select(one => one.Code))}.");
        var custom = new CustomLimits(body.EventsPerMonth, body.KeptDays, body.Members, body.Projects);
        foreach (var fault in plan is null ? [] : custom.FaultsFor(plan))
            checks.Fault("limits", fault);
        if (checks.Problem is { } refusal)
            return refusal;
        return await change.SetAsync(tenant, plan!, custom, http.RequestAborted) is { } changed
            ? TypedResults.Json(TenantBody.Of(changed, null), ManagementJson.Wire.TenantBody)
            : ProblemKind.NotFound.AsProblem();
    }
}

/// <summary>A new plan for a tenant. Only <c>enterprise</c> has limits of its own; they replace the limits of the plan.</summary>
/// <param name="Plan">The code of the plan.</param>
/// <param name="EventsPerMonth">Live events per UTC calendar month.</param>
/// <param name="KeptDays">The number of days that data is kept.</param>
/// <param name="Members">The maximum number of members.</param>
/// <param name="Projects">The maximum number of projects.</param>
internal sealed record SetPlanBody(string? Plan, long? EventsPerMonth = null, int? KeptDays = null, int? Members = null, int? Projects = null);
