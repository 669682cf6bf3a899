using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Installs;

/// <summary>
/// Decides who may find and erase installs: members with the permission, in a session or with an API token. Keys of projects may not,
/// because every member can create a read key.
/// </summary>
internal sealed class InstallAccess(Memberships memberships, IProjectStore projects)
{
    /// <summary>What the routes require of their caller. The permission is checked by <see cref="FindAsync"/>.</summary>
    public static readonly Needs Needs = Needs.To(Permission.DeleteInstalls).ByHandler();

    /// <summary>Returns the project if the caller may find and erase its installs, and otherwise the problem.</summary>
    public async ValueTask<(Project? Project, TenantCaller? Caller, Problem? Problem)> FindAsync(HttpContext http, Guid projectId)
    {
        if (await memberships.OfProjectAsync(http.Caller(), projectId, http.RequestAborted) is not { } caller)
            return (null, null, ProblemKind.NotFound.AsProblem());
        if (caller.FindRefusal(Permission.DeleteInstalls) is { } refusal)
            return (null, null, refusal);
        return await projects.FindProjectAsync(projectId, http.RequestAborted) is { } project
            ? (project, caller, null)
            : (null, null, ProblemKind.NotFound.AsProblem());
    }
}
