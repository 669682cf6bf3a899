using System.Security.Cryptography;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Projects;

/// <summary>Handlers of projects.</summary>
internal static class ProjectHandlers
{
    private const int SecretBytes = 32;
    private static readonly PlanRefusal Full = new(
        $"A tenant has at most {Limits.ProjectsPerTenant} projects.", PlanTable.Of(PlanId.Enterprise));

    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store)
    {
        var projects = await store.Projects.ListAsync(http.TenantCaller().Tenant.Id, http.RequestAborted);
        return TypedResults.Json(new ProjectsBody([.. projects.Select(ProjectBody.Of)]), ProjectsJson.Wire.ProjectsBody);
    }

    public static async Task<IResult> CreateAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var (name, problem) = await ReadNameAsync(http);
        if (problem is not null)
            return problem;
        var (caller, now) = (http.TenantCaller(), time.GetUtcNow());
        var project = new ProjectInfo
        {
            Id = Guid.CreateVersion7(now), TenantId = caller.Tenant.Id, Name = name, CreatedAt = now, Settings = new(),
        };
        var line = caller.Line(AuditActions.ProjectCreated, now, project.Id.ToString(), name);
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var made = await store.Projects.CreateAsync(project, secret, count => Gate(caller.Tenant, count), line, http.RequestAborted);
        if (made.Refusal is { } refusal)
            return refusal.AsProblem();
        return made.NameTaken
            ? AccountProblems.NameTaken.AsProblem()
            : TypedResults.Json(ProjectBody.Of(project), ProjectsJson.Wire.ProjectBody, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> GetAsync(HttpContext http, Guid project, IAccountStore store) =>
        await store.Projects.FindAsync(project, http.RequestAborted) is { } found
            ? TypedResults.Json(ProjectBody.Of(found), ProjectsJson.Wire.ProjectBody)
            : ProblemKind.NotFound.AsProblem();

    public static async Task<IResult> RenameAsync(HttpContext http, Guid project, IAccountStore store, TimeProvider time)
    {
        var (name, problem) = await ReadNameAsync(http);
        return problem ?? await UpdateAsync(http, project, store, time, before => before with { Name = name }, $"name {name}");
    }

    public static async Task<IResult> SetAsync(HttpContext http, Guid project, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ProjectsJson.Default.SettingsBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var settings = SettingsChecks.Check(checks, body);
        if (checks.Problem is { } refusal)
            return refusal;
        if (settings.KeptDays is { } days && PlanGate.KeptDays(http.TenantCaller().Tenant.Plan, days) is { } planRefusal)
            return planRefusal.AsProblem();
        return await UpdateAsync(http, project, store, time, before => before with { Settings = settings }, "settings");
    }

    /// <summary>Deletes the project and everything in it.</summary>
    public static async Task<IResult> DeleteAsync(HttpContext http, Guid project, IAccountStore store, TimeProvider time)
    {
        var name = (await store.Projects.FindAsync(project, http.RequestAborted))?.Name;
        var line = http.TenantCaller().Line(AuditActions.ProjectDeleted, time.GetUtcNow(), project.ToString(), name);
        // Not RequestAborted: a started deletion is completed even if the client disconnects.
        var removed = await store.Projects.DeleteAsync(project, line, CancellationToken.None);
        return TypedResults.Json(RemovedBody.Of(removed), HttpJson.Wire.RemovedBody);
    }

    /// <summary>Deletes all data of the test environment.</summary>
    public static async Task<IResult> ResetTestAsync(HttpContext http, Guid project, IAccountStore store, TimeProvider time)
    {
        var line = http.TenantCaller().Line(AuditActions.TestReset, time.GetUtcNow(), project.ToString());
        var removed = await store.Projects.ResetTestAsync(project, line, http.RequestAborted);
        return TypedResults.Json(RemovedBody.Of(removed), HttpJson.Wire.RemovedBody);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext http, Guid project, IAccountStore store, TimeProvider time, Func<ProjectInfo, ProjectInfo> change, string what)
    {
        var line = http.TenantCaller().Line(AuditActions.ProjectChanged, time.GetUtcNow(), project.ToString(), what);
        var update = await store.Projects.UpdateAsync(project, change, line, http.RequestAborted);
        return update.Project is { } after ? TypedResults.Json(ProjectBody.Of(after), ProjectsJson.Wire.ProjectBody)
            : update.NameTaken ? AccountProblems.NameTaken.AsProblem()
            : ProblemKind.NotFound.AsProblem();
    }

    private static async Task<(string Name, Problem? Problem)> ReadNameAsync(HttpContext http)
    {
        var (body, problem) = await http.ReadJsonAsync(HttpJson.Default.NameBody);
        var checks = new BodyChecks();
        var name = body is null ? "" : checks.Name("name", body.Name);
        return (name, problem ?? checks.Problem);
    }

    private static PlanRefusal? Gate(Tenant tenant, int count) =>
        PlanGate.OneMoreProject(tenant.Plan, count) ?? (count < Limits.ProjectsPerTenant ? null : Full);
}
