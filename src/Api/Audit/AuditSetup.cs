using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Problems;
using TelemetryKit.Grains.Accounts.Roles;

namespace TelemetryKit.Api.Audit;

/// <summary>Maps the routes of the audit log.</summary>
internal static class AuditSetup
{
    /// <summary>Maps the routes.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapManagement("Audit log");
        audit.MapGet("/v1/tenants/{tenant:guid}/audit", AuditHandlers.ReadAsync).WithName("listAuditEntries")
            .Needs(Needs.To(Permission.ReadAudit)).Takes(AuditHandlers.ReadParameters).Fails(ProblemKind.InvalidParameter)
            .Answers<AuditBody>("Returns the audit log, newest entries first.");
        audit.MapGet("/v1/tenants/{tenant:guid}/audit/export", AuditHandlers.ExportAsync).WithName("exportAuditLog")
            .Needs(Needs.To(Permission.ReadAudit)).Takes(AuditHandlers.ExportParameters).Fails(ProblemKind.InvalidParameter)
            .AnswersText("application/jsonl", "Returns the whole audit log as a file.", "text/csv");
    }
}
