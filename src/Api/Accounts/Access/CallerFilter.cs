using TelemetryKit.Api.Operations;
using TelemetryKit.Api.Problems;
using TelemetryKit.Grains.Accounts.Roles;

namespace TelemetryKit.Api.Accounts.Access;

/// <summary>The door of the management API: lets a request through to its route where what the route <see cref="Needs"/> is there.</summary>
internal sealed class CallerFilter(Callers callers, Memberships memberships, Readiness readiness) : IEndpointFilter
{
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
            if (await FindTenantAsync(http, caller!) is not { } inTenant)
                return ProblemKind.NotFound.AsProblem();
            if (!inTenant.Membership.Role.May(permission))
                return AccountProblems.NeedsRole(permission.Needs().Code());
            http.Features.Set(inTenant);
        }

        return await next(context);
    }

    private ValueTask<TenantCaller?> FindTenantAsync(HttpContext http, Caller caller) =>
        IdIn(http, "tenant") is { } tenantId ? memberships.OfTenantAsync(caller, tenantId, http.RequestAborted)
        : IdIn(http, "project") is { } projectId ? memberships.OfProjectAsync(caller, projectId, http.RequestAborted)
        : throw new InvalidOperationException("The route needs a permission and names no tenant to have it in.");

    private static Guid? IdIn(HttpContext http, string name) => Guid.TryParse(http.Request.RouteValues[name]?.ToString(), out var id) ? id : null;
}
