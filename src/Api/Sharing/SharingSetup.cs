using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Sharing;

/// <summary>Registers and maps the routes of public pages and badges.</summary>
internal static class SharingSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddSharing(this IServiceCollection services)
    {
        services.AddBodies(SharingJson.Default);
        services.AddSingleton<PublicReports>();
        services.AddSingleton<PublicHandlers>();
    }

    /// <summary>Maps the routes. Badges are images and not in the OpenAPI document.</summary>
    public static void MapSharing(this IEndpointRouteBuilder routes)
    {
        var shares = routes.MapManagement("Projects");
        shares.MapGet("/v1/projects/{project:guid}/share", ShareHandlers.GetAsync).WithName("getShare")
            .Needs(Needs.To(Permission.Read)).AcceptsNoInput().Returns<ShareBody>("Returns the public page of a project, if it has one.");
        shares.MapPut("/v1/projects/{project:guid}/share", ShareHandlers.SetAsync).WithName("setShare")
            .Needs(Needs.To(Permission.Share)).AcceptsJson<SetShareBody>().Fails(AccountProblems.NameTaken)
            .Returns<ShareBody>("Gives a project a public page, or changes its name and sections.");
        shares.MapDelete("/v1/projects/{project:guid}/share", ShareHandlers.RemoveAsync).WithName("removeShare")
            .Needs(Needs.To(Permission.Share)).AcceptsNoInput().ReturnsNothing("Removes the public page of a project.");

        var handlers = (IServiceProvider services) => services.GetRequiredService<PublicHandlers>();
        var pages = routes.MapPublic("Shared projects").AllowsAnyOrigin();
        pages.MapGet(
                "/v1/shared/{name}",
                (HttpContext http, string name) => handlers(http.RequestServices).ReportAsync(http, name)).WithName("getPublicReport")
            .AcceptsNoInput().Fails(ProblemKind.NotFound, ProblemKind.RateLimited, ProblemKind.Overloaded)
            .Returns<PublicReportBody>("Returns the published statistics of a shared project.");
        pages.MapGet(
                "/badge/{name}/{badge}.svg",
                (HttpContext http, string name, string badge) => handlers(http.RequestServices).BadgeAsync(http, name, badge))
            .ExcludeFromDescription();
        pages.MapGet(
                "/badge/{name}/{badge}.json",
                (HttpContext http, string name, string badge) => handlers(http.RequestServices).ShieldAsync(http, name, badge))
            .ExcludeFromDescription();
    }
}
