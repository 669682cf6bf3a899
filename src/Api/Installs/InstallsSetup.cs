using Microsoft.AspNetCore.Http.Features;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Rollups;

namespace TelemetryKit.Api.Installs;

/// <summary>Registers and maps the route that deletes the data of an install.</summary>
internal static class InstallsSetup
{
    private const string Route = "/v1/installs/";
    private static readonly QueryParameters Parameters = new(ReadAccess.ProjectParameter);

    /// <summary>Registers the body.</summary>
    public static void AddInstalls(this IServiceCollection services) => services.AddBodies(InstallsJson.Default);

    /// <summary>Maps the route.</summary>
    public static void MapInstalls(this IEndpointRouteBuilder routes) =>
        routes.MapDelete(Route + "{user_id}", DeleteAsync).WithName("deleteInstall")
            .AddEndpointFilter<ReadAccessFilter>().ReadsProject(Permission.DeleteInstalls).WithTags("Installs").AcceptsQuery(Parameters)
            .Returns<DeletedBody>("Deletes the events of an install, its share of every count, and the record of its existence.");

    private static async Task<IResult> DeleteAsync(HttpContext http, ProjectStatistics statistics)
    {
        var reader = new QueryReader(http.Request.Query, Parameters);
        var userId = UserId(http);
        if (userId.Length > Limits.StringLength)
            reader.Fault(new("user_id", ""), $"It must have at most {Limits.StringLength} characters.");
        if (reader.Problem is { } problem)
            return problem;

        var project = http.ReadProject();
        var install = IdentityHasher.Install(project.Secret, userId);
        var deleted = await statistics.DeleteInstallAsync(project.Ref.ProjectId, install, http.RequestAborted);
        return TypedResults.Json(new DeletedBody(deleted), InstallsJson.Wire.DeletedBody);
    }

    // Routing doesn't decode %2F, so a route value can't distinguish a slash from the text "%2F". The raw target can.
    private static string UserId(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}

/// <summary>The result of deleting an install.</summary>
/// <param name="DeletedEvents">The number of deleted events.</param>
internal sealed record DeletedBody(long DeletedEvents);
