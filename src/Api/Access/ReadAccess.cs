using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Access;

/// <summary>
/// Finds the project whose statistics a request may read: the project of the read key, or, for a member with a session or an API token, the
/// project that <c>?project=</c> names.
/// </summary>
internal sealed class ReadAccess(KeyRing keys, Callers callers, Memberships memberships, IProjectStore projects, Readiness readiness)
{
    /// <summary>Names the project if the caller is a member.</summary>
    public static readonly QueryParameter ProjectParameter = new(
        "project", "The project. Required with a session or an API token; a read key belongs to one project.")
    {
        Format = "uuid", Maximum = 36,
    };

    /// <summary>Returns the project, or the problem if the request may not read one.</summary>
    public ValueTask<(Project? Project, Problem? Problem)> FindAsync(HttpContext http)
    {
        if (!readiness.IsStarted)
            return new((null, ProblemKind.StorageUnavailable.With("The server is starting. Try again in a moment.")));
        if (PresentedKey.InHeaders(http.Request.Headers) is { } presented && !Callers.IsApiToken(presented))
            return FindByKeyAsync(http, presented);
        return callers.IsPresented(http)
            ? FindByMemberAsync(http)
            : new((null, ProblemKind.InvalidKey.With("Send a read key as \"Authorization: Bearer KEY\" or as \"X-Api-Key: KEY\".")));
    }

    /// <summary>Returns whether a long-running request may still read its project.</summary>
    public async ValueTask<bool> IsStillAllowedAsync(HttpContext http) => (await FindAsync(http)).Project is not null;

    private async ValueTask<(Project? Project, Problem? Problem)> FindByKeyAsync(HttpContext http, string presented) =>
        await keys.FindCurrentAsync(presented, http.Connection.RemoteIpAddress, http.RequestAborted) switch
        {
            { RetryAfter: { } wait } => (null, AccountProblems.TooManyUnknown(wait)),
            { Key: null } => (null, ProblemKind.InvalidKey.With("The key is unknown or revoked.")),
            // A key reads its own project only. Other projects don't exist for it.
            { Key: { Kind: KeyKind.Read } key } when ProjectIn(http) is { } text
                && (!Guid.TryParse(text, out var asked) || asked != key.Project.Ref.ProjectId) =>
                (null, ProblemKind.NotFound.AsProblem()),
            { Key: { Kind: KeyKind.Read } key } => (Read(http, key.Project, new(default, key.KeyId)), null),
            _ => (null, ProblemKind.WrongKey.With("This is a write key. Read with a read key (tk_read_…).")),
        };

    private async ValueTask<(Project? Project, Problem? Problem)> FindByMemberAsync(HttpContext http)
    {
        var needs = http.GetEndpoint()!.Metadata.GetRequiredMetadata<Needs>();
        var (caller, problem) = await callers.FindAsync(http, needs);
        if (problem is not null)
            return (null, problem);
        if (ProjectIn(http) is not { } text)
        {
            ParameterFault fault = new(ProjectParameter.Name, "It is required, except with a read key.");
            return (null, ProblemKind.InvalidParameter.AsProblem() with { Errors = [fault] });
        }

        if (!Guid.TryParse(text, out var projectId)
            || await memberships.OfProjectAsync(caller!, projectId, http.RequestAborted) is not { } member)
            return (null, ProblemKind.NotFound.AsProblem());
        if (member.FindRefusal(needs.Permission!.Value) is { } refusal)
            return (null, refusal);
        return await projects.FindProjectAsync(projectId, http.RequestAborted) is { } project
            ? (Read(http, project, new(caller!.Actor, null)), null)
            : (null, ProblemKind.NotFound.AsProblem());
    }

    private static Project Read(HttpContext http, Project project, ReadBy reader)
    {
        http.Features.Set(reader);
        return project;
    }

    private static string? ProjectIn(HttpContext http) => http.Request.Query[ProjectParameter.Name] is [{ } text, ..] ? text : null;
}

/// <summary>Who reads a project.</summary>
/// <param name="By">The account; none with a read key.</param>
/// <param name="KeyId">The read key, or <c>null</c>.</param>
internal sealed record ReadBy(Actor By, Guid? KeyId);
