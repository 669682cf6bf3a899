using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Usage;

/// <summary>Registers and maps the route of usage.</summary>
internal static class UsageSetup
{
    /// <summary>Registers the body.</summary>
    public static void AddUsage(this IServiceCollection services) => services.AddBodies(UsageJson.Default);

    /// <summary>Maps the route.</summary>
    public static void MapUsage(this IEndpointRouteBuilder routes) =>
        routes.MapManagement("Usage").MapGet("/v1/usage", UsageHandlers.GetAsync).WithName("getUsage")
            .Needs(Needs.To(Permission.Read).InQuery()).AcceptsQuery(UsageHandlers.Parameters).Fails(ProblemKind.InvalidParameter)
            .Returns<UsageBody>("Returns what a tenant used of its quotas in a month.");
}
