using TelemetryKit.Api.Access;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Export;

/// <summary>Records exports in the audit log of the project's tenant, for routes with <see cref="ReadAccessFilter"/>.</summary>
internal sealed class ExportAudit(IAccountStore store, TimeProvider time)
{
    /// <summary>Adds the line of an export that is about to start.</summary>
    public Task AddAsync(HttpContext http, ExportFormat format)
    {
        var (project, reader) = (http.ReadProject().Ref, http.Reader());
        var what = http.Request.Path.Value!.Split('/')[^1];
        var with = reader.KeyId is { } key ? $", with the read key {key}" : "";
        var detail = $"{what} as {format.Extension()}{with}";
        return store.Audit.AddAsync(
            project.TenantId,
            new AuditLine(reader.By, AuditActions.DataExported, time.GetUtcNow(), project.ProjectId.ToString(), detail),
            http.RequestAborted);
    }
}
