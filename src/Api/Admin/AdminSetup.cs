using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Tenants;

namespace TelemetryKit.Api.Admin;

/// <summary>Registers and maps the operator's routes.</summary>
internal static class AdminSetup
{
    /// <summary>Registers the bodies.</summary>
    public static void AddAdmin(this IServiceCollection services) => services.AddBodies(AdminJson.Default);

    /// <summary>Maps the routes.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/v1/operator/tenants").AddEndpointFilter<OperatorFilter>().WithTags("Operator")
            .WithMetadata(new NeedsOperator())
            .Fails(ProblemKind.InvalidKey, ProblemKind.NotFound, ProblemKind.RateLimited)
            .Fails(ProblemKind.StorageUnavailable, ProblemKind.InternalError);
        admin.MapGet("", OperatorHandlers.ListAsync).WithName("listAllTenants")
            .AcceptsQuery(OperatorHandlers.ListParameters).Fails(ProblemKind.InvalidParameter)
            .Returns<TenantsBody>("Returns all tenants, page by page.");
        admin.MapGet("/{tenant:guid}", OperatorHandlers.GetAsync).WithName("getAnyTenant")
            .AcceptsNoInput().Returns<TenantBody>("Returns a tenant with its plan.");
        admin.MapPut("/{tenant:guid}/plan", OperatorHandlers.SetPlanAsync).WithName("setTenantPlan")
            .AcceptsJson<SetPlanBody>().Returns<TenantBody>("Sets the plan of a tenant and its own limits.");
    }
}
