using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Keys;

/// <summary>Handlers of personal API tokens. A token acts as its owner in one tenant, as far as its scopes allow.</summary>
internal static class TokenHandlers
{
    public static async Task<IResult> ListAsync(HttpContext http, IAccountStore store)
    {
        var tokens = await store.ApiTokens.ListAsync(http.Caller().Account.Id, http.RequestAborted);
        var listed = tokens.Select(t => 
            new ApiTokenBody(t.Id, t.TenantId, t.Name, t.Shown, t.Scopes.Codes(), t.CreatedAt, t.ExpiresAt, t.LastUsedAt));
        return TypedResults.Json(new ApiTokensBody([.. listed]), KeysJson.Wire.ApiTokensBody);
    }

    public static async Task<IResult> CreateAsync(
        HttpContext http, Memberships memberships, IAccountStore store, UnknownCredentials unknown, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(KeysJson.Default.NewTokenBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var name = checks.Name("name", body.Name);
        checks.Require(body.TenantId is not null, "tenant_id", "It is required.");
        var scopes = TokenScopeRules.TryParse(body.Scopes);
        checks.Require(scopes is not null, "scopes", $"It must have one or more of {string.Join(", ", TokenScopeRules.AllCodes)}.");
        var (days, most) = (body.ExpiresInDays ?? Limits.ApiTokenAge.Days, Limits.LongestApiTokenAge.Days);
        checks.Require(days >= 1 && days <= most, "expires_in_days", $"It must be from 1 to {most}.");
        if (checks.Problem is { } refusal)
            return refusal;
        if (await memberships.OfTenantAsync(http.Caller(), body.TenantId!.Value, http.RequestAborted) is not { } caller)
            return ProblemKind.NotFound.AsProblem();
        if (caller.FindRefusal(Permission.UseApiTokens) is { } notAllowed)
            return notAllowed;
        if (PlanGate.Feature(caller.Tenant.Plan, Feature.ApiTokens) is { } planRefusal)
            return planRefusal.AsProblem();

        var (text, now) = (ApiTokenText.Generate(), time.GetUtcNow());
        var token = new ApiToken
        {
            Id = Guid.CreateVersion7(now), TenantId = caller.Tenant.Id, AccountId = caller.Caller.Account.Id, Name = name,
            Shown = text[..ApiTokenText.ShownLength], Scopes = scopes!.Value, CreatedAt = now, ExpiresAt = now.AddDays(days),
        };
        var line = caller.Line(AuditActions.TokenCreated, now, token.Id.ToString(), $"{name}: {string.Join(' ', token.Scopes.Codes())}");
        var hash = ApiTokenText.TryHash(text)!;
        if (!await store.ApiTokens.AddAsync(token, hash, line, http.RequestAborted))
            return AccountProblems.LimitReached.With($"An account has at most {Limits.TokensPerAccount} API tokens. Revoke unused ones.");
        unknown.Add(UnknownCredentials.IdOf(hash));
        var created = new CreatedTokenBody(token.Id, text, token.Shown, token.ExpiresAt);
        return TypedResults.Json(created, KeysJson.Wire.CreatedTokenBody, statusCode: StatusCodes.Status201Created);
    }

    public static async Task<IResult> RevokeAsync(HttpContext http, Guid token, IAccountStore store, TimeProvider time)
    {
        var caller = http.Caller();
        var line = new AuditLine(caller.Actor, AuditActions.TokenRevoked, time.GetUtcNow(), token.ToString());
        return await store.ApiTokens.RevokeAsync(caller.Account.Id, token, line, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.AsProblem();
    }
}
