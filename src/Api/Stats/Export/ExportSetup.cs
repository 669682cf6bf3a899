using TelemetryKit.Api.Access;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Http;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Shares;

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

/// <summary>The exports that run at once in this process.</summary>
internal sealed class ExportShare(TelemetryKitMetrics metrics)
{
    private readonly SharedBudget _shares = new(Resources.Exports);

    /// <summary>Reserves an export. Returns false if the project, the tenant or the process has the maximum.</summary>
    public bool TryTake(ProjectRef project)
    {
        if (_shares.TryTake(PartiesOf(project), 1) is not { } full)
            return true;
        metrics.Refused(_shares.Resource.Stage, full.Code());
        return false;
    }

    /// <summary>Releases an export that was reserved.</summary>
    public void GiveBack(ProjectRef project) => _shares.Return(PartiesOf(project), 1);

    private static Parties PartiesOf(ProjectRef project) => new(project.TenantId, Guid.Empty, default, project.ProjectId);
}
