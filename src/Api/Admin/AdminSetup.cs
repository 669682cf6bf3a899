using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Tenants;

namespace TelemetryKit.Api.Admin;

/// <summary>Registers and maps what is the operator's.</summary>
internal static class AdminSetup
{
    /// <summary>Registers it.</summary>
    public static void AddAdmin(this IServiceCollection services)
    {
        services.AddBodies(AdminJson.Default);
        services.AddSingleton<PlanChange>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/v1/operator/tenants").AddEndpointFilter<OperatorFilter>().WithTags("Operator")
            .WithMetadata(new NeedsOperator(), new Failures(ProblemKind.InvalidKey, ProblemKind.NotFound, ProblemKind.RateLimited, ProblemKind.StorageUnavailable, ProblemKind.InternalError));
        admin.MapGet("", OperatorHandlers.ListAsync).Takes(OperatorHandlers.ListParameters).Fails(ProblemKind.InvalidParameter).Answers<TenantsBody>("All tenants, page by page.");
        admin.MapGet("/{tenant:guid}", OperatorHandlers.GetAsync).TakesNothing().Answers<TenantBody>("A tenant with its plan.");
        admin.MapPut("/{tenant:guid}/plan", OperatorHandlers.SetPlanAsync).TakesJson<SetPlanBody>().Answers<TenantBody>("Sets a tenant's plan and custom limits.");
    }
}
