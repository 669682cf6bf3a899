using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.Access;

/// <summary>The endpoint filter of the management API: authenticates the caller and checks the route's <see cref="Needs"/>.</summary>
internal sealed class CallerFilter(Callers callers, Memberships memberships, Readiness readiness) : IEndpointFilter
{
    /// <summary>Names the tenant if the path contains neither a tenant nor a project.</summary>
    public static readonly QueryParameter Tenant = new(
        "tenant", "The id of the tenant. Required with a session; an API token belongs to one tenant.")
    {
        Format = "uuid", Maximum = 36,
    };

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var needs = http.GetEndpoint()?.Metadata.GetMetadata<Needs>()
            ?? throw new InvalidOperationException("The route has no Needs metadata.");

        // 1. Is the server ready?
        if (!readiness.IsStarted)
            return ProblemKind.StorageUnavailable.With("The server is starting. Try again in a moment.");

        // 2. Who is the caller?
        var (caller, problem) = await callers.FindAsync(http, needs);
        if (problem is not null)
            return problem;
        http.Features.Set(caller);

        // 3. Does the caller have the permission in the tenant? For callers who are not members, the tenant doesn't exist.
        if (needs is { Permission: { } permission, IsCheckedByHandler: false })
        {
            if (needs.TenantInQuery && caller!.Bearer is null && !http.Request.Query.ContainsKey(Tenant.Name))
            {
                ParameterFault fault = new(Tenant.Name, "It is required, except with an API token.");
                return ProblemKind.InvalidParameter.AsProblem() with { Errors = [fault] };
            }

            if (await FindTenantAsync(http, caller!, needs) is not { } inTenant)
                return ProblemKind.NotFound.AsProblem();
            if (inTenant.FindRefusal(permission) is { } refusal)
                return refusal;
            http.Features.Set(inTenant);
        }

        return await next(context);
    }

    private ValueTask<TenantCaller?> FindTenantAsync(HttpContext http, Caller caller, Needs needs) =>
        needs.TenantInQuery ? FindTenantOfQueryAsync(http, caller)
        : IdIn(http, "tenant") is { } tenantId ? memberships.OfTenantAsync(caller, tenantId, http.RequestAborted)
        : IdIn(http, "project") is { } projectId ? memberships.OfProjectAsync(caller, projectId, http.RequestAborted)
        : throw new InvalidOperationException("The route needs a permission, but its path has no tenant or project.");

    private ValueTask<TenantCaller?> FindTenantOfQueryAsync(HttpContext http, Caller caller)
    {
        var asked = http.Request.Query[Tenant.Name].ToString();
        if (asked.Length == 0 && caller.Bearer is { } bearer)
            return new(new TenantCaller(caller, bearer.Membership));
        return Guid.TryParse(asked, out var tenantId) ? memberships.OfTenantAsync(caller, tenantId, http.RequestAborted) : default;
    }

    private static Guid? IdIn(HttpContext http, string name) =>
        Guid.TryParse(http.Request.RouteValues[name]?.ToString(), out var id) ? id : null;
}
