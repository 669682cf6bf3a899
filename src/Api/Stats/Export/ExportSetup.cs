using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Rollups;

namespace TelemetryKit.Api.Stats.Export;

/// <summary>
/// Registers and maps the export of events. Statistics are exported by their own routes (<see cref="AnswerFormatFilter"/>).
/// </summary>
internal static class ExportSetup
{
    /// <summary>Registers what the routes need.</summary>
    public static void AddExport(this IServiceCollection services) => services.AddSingleton<ExportShare>().AddSingleton<ExportAudit>();

    /// <summary>Maps the route.</summary>
    public static void MapExport(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/export").AddEndpointFilter<ReadAccessFilter>().ReadsProject(Permission.Read).WithTags("Statistics")
            .MapGet("/events", ExportHandler.HandleAsync).WithName("exportEvents").AcceptsQuery(ExportHandler.Parameters)
            .ReturnsText(
                "application/x-ndjson",
                "Returns all events of a range, newest first. Each has its cursor, after which an interrupted export is resumed.",
                "text/csv", "application/json");
}

/// <summary>The share of each project in the exports that run at once in this process.</summary>
internal sealed class ExportShare
{
    private const int ExportsPerProject = 4;
    private readonly ProjectShare _share = new(ExportsPerProject);

    /// <summary>Reserves an export. Returns false if the project has the maximum.</summary>
    public bool TryTake(Guid projectId) => _share.TryTake(projectId);

    /// <summary>Releases an export that was reserved.</summary>
    public void GiveBack(Guid projectId) => _share.GiveBack(projectId);
}
