using System.Globalization;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Api.Installs;

/// <summary>Handlers that find and erase an install by the id that its application sent.</summary>
internal static class InstallHandlers
{
    private static readonly long EndOfTime =
        (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static readonly string IdRule = $"It must have 1 to {Limits.StringLength} characters.";

    private static readonly QueryParameter ProjectParameter = new("project", "The project.")
    {
        Format = "uuid", Maximum = 36, Required = true,
    };

    public static readonly QueryParameters DeleteParameters = new(ProjectParameter);

    public static async Task<IResult> EraseAsync(HttpContext http, InstallAccess access, ProjectStatistics statistics, TimeProvider time)
    {
        var (install, problem) = await ReadAsync(http);
        return problem ?? await EraseAsync(http, install, access, statistics, time);
    }

    public static async Task<IResult> FindAsync(HttpContext http, InstallAccess access, IEventStore events)
    {
        var (install, problem) = await ReadAsync(http);
        if (problem is not null)
            return problem;
        var (project, _, refusal) = await access.FindAsync(http, install.Project);
        if (project is null)
            return refusal!;
        var hash = IdentityHasher.Install(project.Secret, install.UserId);
        var body = new FoundInstallBody(
            hash.ToString("x16", CultureInfo.InvariantCulture),
            await LastEventAsync(DataEnvironment.Live),
            await LastEventAsync(DataEnvironment.Test));
        return TypedResults.Json(body, InstallsJson.Wire.FoundInstallBody);

        async Task<DateTimeOffset?> LastEventAsync(DataEnvironment environment)
        {
            var query = new EventQuery(project.Ref.ProjectId, environment, 0, EndOfTime) { Install = hash, Limit = 1 };
            var page = await events.ReadPageAsync(query, http.RequestAborted);
            return page.Events.Count == 0 ? null : DateTimeOffset.UnixEpoch.AddMicroseconds(page.Events.Timestamp[0]);
        }
    }

    /// <summary>Erases the install that the path names. The id of <c>POST /v1/installs/erase</c> can't be logged on its way.</summary>
    public static async Task<IResult> DeleteAsync(HttpContext http, InstallAccess access, ProjectStatistics statistics, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, DeleteParameters);
        var isProject = Guid.TryParse(reader.Text(ProjectParameter), out var project);
        if (!isProject && reader.Problem is null)
            return ProblemKind.NotFound.AsProblem();
        var userId = http.Features.Get<UserInPath>()?.UserId;
        if (userId is not null && !IsId(userId))
            reader.FaultOf("user_id", IdRule);
        if (reader.Problem is { } problem)
            return problem;
        return userId is null ? ProblemKind.NotFound.AsProblem() : await EraseAsync(http, new(project, userId), access, statistics, time);
    }

    private static async Task<IResult> EraseAsync(
        HttpContext http, Install install, InstallAccess access, ProjectStatistics statistics, TimeProvider time)
    {
        var (project, caller, refusal) = await access.FindAsync(http, install.Project);
        if (project is null)
            return refusal!;
        var line = caller!.Line(AuditActions.InstallErased, time.GetUtcNow(), install.Project.ToString());
        var hash = IdentityHasher.Install(project.Secret, install.UserId);
        var deleted = await statistics.DeleteInstallAsync(install.Project, hash, new DeletionRecord(line), http.RequestAborted);
        return TypedResults.Json(new ErasedBody(deleted), InstallsJson.Wire.ErasedBody);
    }

    private static async Task<(Install Install, Problem? Problem)> ReadAsync(HttpContext http)
    {
        var (body, problem) = await http.ReadJsonAsync(InstallsJson.Default.InstallBody, allowsNull: true);
        if (body is null)
            return (default, problem);
        var checks = new BodyChecks();
        checks.Require(body.Project is not null, "project", "It is required.");
        checks.Require(body.UserId is { } id && IsId(id), "user_id", IdRule);
        return checks.Problem is { } refusal
            ? (default, refusal)
            // As ingest does, so that every id that it accepts can be erased.
            : (new(body.Project!.Value, body.UserId!.Replace('\0', '\ufffd')), null);
    }

    private static bool IsId(string text) => CodePoints.IsBetween(text, 1, Limits.StringLength);

    private readonly record struct Install(Guid Project, string UserId);
}
