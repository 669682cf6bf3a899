using Microsoft.AspNetCore.Http.HttpResults;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Sharing;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Sharing;

/// <summary>Handlers with which members share a project.</summary>
internal static class ShareHandlers
{
    public static async Task<IResult> GetAsync(HttpContext http, Guid project, IAccountStore store) =>
        Return(await store.Shares.FindAsync(project, http.RequestAborted));

    public static async Task<IResult> SetAsync(
        HttpContext http, Guid project, IAccountStore store, PublicReports reports, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(SharingJson.Default.SetShareBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        checks.Require(ShareName.IsValid(body.Name), "name", $"It {ShareName.Rule}.");
        var sections = ShareSectionCodes.TryParse(body.Sections);
        checks.Require(sections is not null, "sections", $"It must have at least one of {string.Join(", ", ShareSectionCodes.All)}.");
        if (checks.Problem is { } refusal)
            return refusal;
        var now = time.GetUtcNow();
        var share = new SharedProject { ProjectId = project, Name = body.Name!, Sections = sections!.Value, CreatedAt = now };
        var line = http.TenantCaller().Line(
            AuditActions.ProjectShared, now, project.ToString(), $"{share.Name}: {string.Join(", ", share.Sections.Codes())}");
        var stored = await store.Shares.SetAsync(share, line, http.RequestAborted);
        if (stored is null)
            return AccountProblems.NameTaken.AsProblem();
        reports.Forget(project);
        return Return(stored);
    }

    public static async Task<IResult> RemoveAsync(
        HttpContext http, Guid project, IAccountStore store, PublicReports reports, TimeProvider time)
    {
        var line = http.TenantCaller().Line(AuditActions.ShareRemoved, time.GetUtcNow(), project.ToString());
        await store.Shares.RemoveAsync(project, line, http.RequestAborted);
        reports.Forget(project);
        return TypedResults.NoContent();
    }

    private static JsonHttpResult<ShareBody> Return(SharedProject? share) => TypedResults.Json(
        new ShareBody(share?.Name, share?.Sections.Codes() ?? [], share?.CreatedAt), SharingJson.Wire.ShareBody);
}
