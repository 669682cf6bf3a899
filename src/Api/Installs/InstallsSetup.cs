using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Installs;

/// <summary>Registers and maps the routes that find and erase an install.</summary>
internal static class InstallsSetup
{
    private static readonly Deprecation InPath = new(new(2026, 11, 29), new(2027, 6, 30));

    /// <summary>Registers the bodies and the access check.</summary>
    public static void AddInstalls(this IServiceCollection services)
    {
        services.AddBodies(InstallsJson.Default);
        services.AddSingleton<InstallAccess>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapInstalls(this IEndpointRouteBuilder routes)
    {
        var installs = routes.MapManagement("Installs");
        installs.MapPost("/v1/installs/erase", InstallHandlers.EraseAsync).WithName("eraseInstall")
            .Needs(InstallAccess.Needs).AcceptsJson<InstallBody>()
            .Returns<ErasedBody>("Erases the events of an install, its share of every count, and the record of its existence.");
        installs.MapPost("/v1/installs/find", InstallHandlers.FindAsync).WithName("findInstall")
            .Needs(InstallAccess.Needs).AcceptsJson<InstallBody>()
            .Returns<FoundInstallBody>("Returns under which hash the events of an install are stored, and when the latest ones happened.");
        installs.MapDelete("/v1/installs/{user_id}", InstallHandlers.DeleteAsync).WithName("deleteInstall")
            .Needs(InstallAccess.Needs).AcceptsQuery(InstallHandlers.DeleteParameters).Deprecated(InPath)
            .Fails(ProblemKind.InvalidParameter)
            .Returns<ErasedBody>("Erases an install, like POST /v1/installs/erase. Its id in the URL can be logged on its way.");
    }
}
