using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Problems;
using TelemetryKit.Api.Stats;
using TelemetryKit.Grains.Accounts.Roles;

namespace TelemetryKit.Api.Accounts.Access;

/// <summary>The door of the management API: lets a request through to its route where what the route <see cref="Needs"/> is there.</summary>
internal sealed class CallerFilter(Callers callers, Memberships memberships, Readiness readiness) : IEndpointFilter
{
    /// <summary>Whose, where the path names neither a tenant nor a project.</summary>
    public static readonly QueryParameter Tenant = new(
        "tenant", "The id of the tenant. Required with a session; an API token belongs to one tenant.")
    {
        Format = "uuid", Maximum = 36,
    };

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var needs = http.GetEndpoint()?.Metadata.GetMetadata<Needs>() ?? throw new InvalidOperationException("The route doesn't say what it needs of its caller.");

        // Whatever comes of it is for this caller alone.
        http.Response.Headers.CacheControl = "no-store";

        // 1. Is the server there?
        if (!readiness.IsStarted)
            return ProblemKind.StorageUnavailable.With("The server is starting; come back in a moment.");

        // 2. Who is it?
        var (caller, problem) = await callers.FindAsync(http, needs);
        if (problem is not null)
            return problem;
        http.Features.Set(caller);

        // 3. May they do it in that tenant? To whoever is nothing there, it doesn't exist.
        if (needs.Permission is { } permission)
        {
            if (needs.TenantInQuery && caller!.Bearer is null && !http.Request.Query.ContainsKey(Tenant.Name))
                return ProblemKind.InvalidParameter.AsProblem() with { Errors = [new(Tenant.Name, "It is required, except with an API token.")] };
            if (await FindTenantAsync(http, caller!, needs) is not { } inTenant)
                return ProblemKind.NotFound.AsProblem();
            if (!inTenant.Membership.Role.May(permission))
                return AccountProblems.Needs(permission.Needs());
            http.Features.Set(inTenant);
        }

        return await next(context);
    }

    private ValueTask<TenantCaller?> FindTenantAsync(HttpContext http, Caller caller, Needs needs) =>
        needs.TenantInQuery ? FindAskedAsync(http, caller)
        : IdIn(http, "tenant") is { } tenantId ? memberships.OfTenantAsync(caller, tenantId, http.RequestAborted)
        : IdIn(http, "project") is { } projectId ? memberships.OfProjectAsync(caller, projectId, http.RequestAborted)
        : throw new InvalidOperationException("The route needs a permission and names no tenant to have it in.");

    private ValueTask<TenantCaller?> FindAskedAsync(HttpContext http, Caller caller)
    {
        var asked = http.Request.Query[Tenant.Name].ToString();
        if (asked.Length == 0 && caller.Bearer is { } bearer)
            return new(new TenantCaller(caller, bearer.Membership));
        return Guid.TryParse(asked, out var tenantId) ? memberships.OfTenantAsync(caller, tenantId, http.RequestAborted) : default;
    }

    private static Guid? IdIn(HttpContext http, string name) => Guid.TryParse(http.Request.RouteValues[name]?.ToString(), out var id) ? id : null;
}
