namespace TelemetryKit.Api.Dashboard;

/// <summary>Registers and maps the dashboard, which src/Dashboard builds into <c>wwwroot</c>.</summary>
internal static class DashboardSetup
{
    /// <summary>The path of scripts, style sheets and images.</summary>
    public const string Assets = "/assets/{file}";

    /// <summary>
    /// The paths of pages. All others stay 404 problems, which count as refused requests: a scanner must not get a page for each path that
    /// it tries. <c>src/Dashboard/src/router.tsx</c> has the same list.
    /// </summary>
    public static readonly IReadOnlyList<string> Pages =
    [
        "/", "/sign-in", "/sign-up", "/verify", "/owner", "/password-forgotten", "/password-reset", "/email-change", "/email-undo",
        "/invitation", "/plan", "/usage", "/account", "/new", "/projects/{project}/{**page}", "/p/{name}",
        "/privacy", "/terms",
    ];

    /// <summary>Registers the files.</summary>
    public static void AddDashboard(this IServiceCollection services) =>
        services.AddSingleton(_ => DashboardFiles.Read(Path.Combine(AppContext.BaseDirectory, "wwwroot")));

    /// <summary>Maps the pages and the files. They are for browsers, and not in the OpenAPI document.</summary>
    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        foreach (var page in Pages)
        {
            routes.MapGet(page, (HttpContext http, DashboardFiles files) => files.GetPage(http)).ExcludeFromDescription();
        }

        routes.MapGet(Assets, (HttpContext http, DashboardFiles files, string file) => files.GetAsset(http, file))
            .ExcludeFromDescription();
    }
}
