using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Problems;
using TelemetryKit.Grains.Accounts.Roles;

namespace TelemetryKit.Api.Usage;

/// <summary>Maps the route about usage.</summary>
internal static class UsageSetup
{
    /// <summary>Maps it.</summary>
    public static void MapUsage(this IEndpointRouteBuilder routes) =>
        routes.MapManagement("Usage").MapGet("/v1/usage", UsageHandlers.GetAsync).WithName("getUsage")
            .Needs(Needs.To(Permission.Read).InQuery()).Takes(UsageHandlers.Parameters).Fails(ProblemKind.InvalidParameter)
            .Answers<UsageBody>("Returns what a tenant used of its quotas in a month.");
}
