using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Access;

/// <summary>
/// Decides whose statistics a request may read: those of the project whose read key it presents; or, for a member with a session or an API token, those
/// of the project that <c>?project=</c> names.
/// </summary>
internal sealed class ReadAccess(KeyRing keys, Callers callers, Memberships memberships, IProjectStore projects, Readiness readiness)
{
    /// <summary>Names the project of a member's request.</summary>
    public static readonly QueryParameter ProjectParameter = new(
        "project", "The project, for a member with a session or an API token. A read key has its own.")
    {
        Format = "uuid", Maximum = 36,
    };

    /// <summary>The project, or the problem with what the request presents.</summary>
    public ValueTask<(Project? Project, Problem? Problem)> FindAsync(HttpContext http)
    {
        if (!readiness.IsStarted)
            return new((null, ProblemKind.StorageUnavailable.With("The server is starting; come back in a moment.")));
        if (PresentedKey.InHeaders(http.Request.Headers) is { } presented && !Callers.IsApiToken(presented))
            return FindByKeyAsync(http, presented);
        return callers.IsPresented(http)
            ? FindByMemberAsync(http)
            : new((null, ProblemKind.InvalidKey.With("Send a read key as \"Authorization: Bearer KEY\" or as \"X-Api-Key: KEY\".")));
    }

    /// <summary>Whether what was presented by a request that goes on for long is still good.</summary>
    public async ValueTask<bool> IsStillGoodAsync(HttpContext http) => (await FindAsync(http)).Project is not null;

    private async ValueTask<(Project? Project, Problem? Problem)> FindByKeyAsync(HttpContext http, string presented) =>
        await keys.FindAsync(presented, http.RequestAborted) switch
        {
            null => (null, ProblemKind.InvalidKey.With("The key is unknown or revoked.")),
            // A key reads its own project, and for it there is no other.
            { Kind: KeyKind.Read } key when ProjectIn(http) is { } text && (!Guid.TryParse(text, out var asked) || asked != key.Project.Ref.ProjectId) =>
                (null, ProblemKind.NotFound.AsProblem()),
            { Kind: KeyKind.Read } key => (key.Project, null),
            _ => (null, ProblemKind.WrongKey.With("This is a write key. Read with a read key (tk_read_…).")),
        };

    private async ValueTask<(Project? Project, Problem? Problem)> FindByMemberAsync(HttpContext http)
    {
        var needs = http.GetEndpoint()!.Metadata.GetRequiredMetadata<Needs>();
        var (caller, problem) = await callers.FindAsync(http, needs);
        if (problem is not null)
            return (null, problem);
        if (ProjectIn(http) is not { } text)
            return (null, ProblemKind.InvalidParameter.AsProblem() with { Errors = [new(ProjectParameter.Name, "It is required, except with a read key.")] });
        if (!Guid.TryParse(text, out var projectId) || await memberships.OfProjectAsync(caller!, projectId, http.RequestAborted) is not { } member)
            return (null, ProblemKind.NotFound.AsProblem());
        var permission = needs.Permission!.Value;
        if (!member.Membership.Role.May(permission))
            return (null, AccountProblems.Needs(permission.Needs()));
        return await projects.FindProjectAsync(projectId, http.RequestAborted) is { } project ? (project, null) : (null, ProblemKind.NotFound.AsProblem());
    }

    private static string? ProjectIn(HttpContext http) => http.Request.Query[ProjectParameter.Name] is [{ } text, ..] ? text : null;
}
