using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Audit;

/// <summary>Registers and maps the routes of the audit log.</summary>
internal static class AuditSetup
{
    /// <summary>Registers the bodies.</summary>
    public static void AddAudit(this IServiceCollection services) => services.AddBodies(AuditJson.Default);

    /// <summary>Maps the routes.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapManagement("Audit log");
        audit.MapGet("/v1/tenants/{tenant:guid}/audit", AuditHandlers.ReadAsync).WithName("listAuditEntries")
            .Needs(Needs.To(Permission.ReadAudit)).AcceptsQuery(AuditHandlers.ReadParameters).Fails(ProblemKind.InvalidParameter)
            .Returns<AuditBody>("Returns the audit log, newest entries first.");
        audit.MapGet("/v1/tenants/{tenant:guid}/audit/export", AuditHandlers.ExportAsync).WithName("exportAuditLog")
            .Needs(Needs.To(Permission.ReadAudit)).AcceptsQuery(AuditHandlers.ExportParameters).Fails(ProblemKind.InvalidParameter)
            .ReturnsText("application/jsonl", "Returns the whole audit log as a file.", "text/csv");
    }
}
