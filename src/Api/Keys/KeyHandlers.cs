using Microsoft.AspNetCore.Http.HttpResults;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Keys;

/// <summary>Handlers of a project's keys. A key is returned once and stored as a hash.</summary>
internal static class KeyHandlers
{
    private const int DefaultOverlapHours = 24;

    private static readonly Problem TooMany =
        AccountProblems.LimitReached.With($"A project has at most {Limits.KeysPerProject} valid keys. Revoke unused ones.");

    public static async Task<IResult> ListAsync(HttpContext http, Guid project, IKeyStore keys, TimeProvider time)
    {
        var listed = await keys.ListAsync(project, time.GetUtcNow(), http.RequestAborted);
        return TypedResults.Json(new KeysBody([.. listed.Select(KeyBody.Of)]), KeysJson.Wire.KeysBody);
    }

    public static async Task<IResult> CreateAsync(
        HttpContext http, Guid project, IKeyStore keys, UnknownCredentials unknown, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(KeysJson.Default.NewKeyBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var kind = Array.FindIndex(Enum.GetValues<KeyKind>(), candidate => KeyBody.CodeOf(candidate) == body.Kind);
        checks.Require(kind >= 0, "kind", "It must be live, test or read.");
        if ((checks.Problem ?? FindRefusal(http, (KeyKind)kind)) is { } refusal)
            return refusal;
        var (text, key) = Make(project, (KeyKind)kind, time.GetUtcNow());
        var detail = $"{body.Kind} {key.Shown} of project {project}";
        var line = http.TenantCaller().Line(AuditActions.KeyCreated, key.CreatedAt, key.KeyId.ToString(), detail);
        return await keys.AddAsync(key, line, http.RequestAborted)
            ? Created(key, text, unknown)
            : TooMany;
    }

    public static async Task<IResult> RotateAsync(
        HttpContext http, Guid project, Guid key, IKeyStore keys, UnknownCredentials unknown, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(KeysJson.Default.RotateBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var hours = body.OverlapHours ?? DefaultOverlapHours;
        var isValid = hours >= 0 && hours <= Limits.KeyOverlap.TotalHours;
        checks.Require(isValid, "overlap_hours", $"It must be from 0 to {(int)Limits.KeyOverlap.TotalHours}.");
        if (checks.Problem is { } refusal)
            return refusal;
        var now = time.GetUtcNow();
        var replaced = (await keys.ListAsync(project, now, http.RequestAborted)).FirstOrDefault(one => one.Id == key);
        if (replaced is not null && FindRefusal(http, replaced.Kind) is { } missing)
            return missing;
        var ends = now.AddHours(hours);
        var text = "";
        var line = http.TenantCaller().Line(AuditActions.KeyRotated, now, key.ToString(), $"of project {project}, overlap {hours} h");
        var rotated = await keys.RotateAsync(
            project, key, ends,
            kind =>
            {
                (text, var replacement) = Make(project, kind, now);
                return replacement;
            },
            line, http.RequestAborted);
        return rotated.Key is { } created ? Created(created, text, unknown, ends)
            : rotated.LimitReached ? TooMany
            : ProblemKind.NotFound.AsProblem();
    }

    public static async Task<IResult> RevokeAsync(HttpContext http, Guid project, Guid key, IKeyStore keys, TimeProvider time)
    {
        var line = http.TenantCaller().Line(AuditActions.KeyRevoked, time.GetUtcNow(), key.ToString(), $"of project {project}");
        return await keys.RevokeAsync(project, key, line, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.AsProblem();
    }

    // A token would otherwise get a read key, which outlives it, for what it must not read itself.
    private static Problem? FindRefusal(HttpContext http, KeyKind kind) =>
        kind == KeyKind.Read && http.Caller().Bearer is { } bearer && !bearer.Token.Scopes.HasFlag(TokenScopes.StatsRead)
            ? AccountProblems.Needs(TokenScopes.StatsRead)
            : null;

    private static (string Text, NewKey Key) Make(Guid project, KeyKind kind, DateTimeOffset now)
    {
        var text = ApiKey.Generate(kind);
        return (text, NewKey.Of(project, kind, text, now));
    }

    private static JsonHttpResult<CreatedKeyBody> Created(
        NewKey key, string text, UnknownCredentials unknown, DateTimeOffset? replacedEndsAt = null)
    {
        unknown.Add(UnknownCredentials.IdOf(ApiKey.Hash(text)));
        var body = new CreatedKeyBody(key.KeyId, KeyBody.CodeOf(key.Kind), text, key.Shown, key.CreatedAt, replacedEndsAt);
        return TypedResults.Json(body, KeysJson.Wire.CreatedKeyBody, statusCode: StatusCodes.Status201Created);
    }
}
