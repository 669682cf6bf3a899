using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Access;

/// <summary>Authenticates the caller of a request.</summary>
internal sealed class Callers(IAccountStore store, SessionCookie cookie, UnknownCredentials unknown, TimeProvider time)
{
    private const string CsrfHeader = "X-CSRF-Token";

    /// <summary>Returns whether the value of a header has the form of an API token.</summary>
    public static bool IsApiToken(string presented) => presented.StartsWith(ApiTokenText.Prefix, StringComparison.Ordinal);

    /// <summary>Returns whether the request has an API token or a session cookie. Keys of projects don't identify a caller.</summary>
    public bool IsPresented(HttpContext http) => PresentedToken(http) is not null || cookie.Read(http) is not null;

    /// <summary>Returns the caller, or the problem if the request can't be authenticated.</summary>
    public async ValueTask<(Caller? Caller, Problem? Problem)> FindAsync(HttpContext http, Needs needs)
    {
        // A header is sent deliberately, so it takes precedence over the cookie that a browser always sends.
        if (PresentedKey.InHeaders(http.Request.Headers) is not null)
        {
            return PresentedToken(http) is { } token
                ? await FindBearerAsync(http, token, needs)
                : (null, AccountProblems.NotSignedIn.AsProblem());
        }

        return await FindSessionAsync(http, needs);
    }

    private static string? PresentedToken(HttpContext http) =>
        PresentedKey.InHeaders(http.Request.Headers) is { } text && IsApiToken(text) ? text : null;

    private async Task<(Caller?, Problem?)> FindSessionAsync(HttpContext http, Needs needs)
    {
        var token = cookie.Read(http);
        var now = time.GetUtcNow();
        var (session, refusal) = await FindAsync(
            http, SecretToken.TryHash(token), hash => store.Sessions.FindAsync(hash, now, http.RequestAborted));
        if (session is not { } signedIn)
            return (null, refusal);
        if (IsUnsafe(http.Request.Method) && !SecretToken.Same(SecretToken.CsrfOf(token!), http.Request.Headers[CsrfHeader].ToString()))
            return (null, AccountProblems.CsrfFailed.AsProblem());
        if (signedIn.Session.AwaitsSecondFactor && !needs.HalfSignedIn)
            return (null, AccountProblems.SecondFactorRequired.AsProblem());
        if (now - signedIn.Session.LastSeenAt >= Limits.LastUseAccuracy)
            await store.Sessions.TouchAsync(signedIn.Session.Id, now, http.RequestAborted);
        return (new Caller(signedIn.Account, signedIn.Session, token, null), null);
    }

    private async Task<(Caller?, Problem?)> FindBearerAsync(HttpContext http, string token, Needs needs)
    {
        var now = time.GetUtcNow();
        var (found, unknownToken) = await FindAsync(
            http, ApiTokenText.TryHash(token), hash => store.ApiTokens.FindAsync(hash, now, http.RequestAborted));
        if (found is not { } bearer)
            return (null, unknownToken);
        // A larger plan wouldn't help.
        if (needs.SessionOnly)
            return (null, AccountProblems.SessionRequired.AsProblem());
        if (PlanGate.Feature(bearer.Membership.Tenant.Plan, Feature.ApiTokens) is { } refusal)
            return (null, refusal.AsProblem());
        if (needs.Scope is { } scope && !bearer.Token.Scopes.HasFlag(scope))
            return (null, AccountProblems.Needs(scope));
        if (bearer.Token.LastUsedAt is not { } last || now - last >= Limits.LastUseAccuracy)
            await store.ApiTokens.TouchAsync(bearer.Token.Id, now, http.RequestAborted);
        return (new Caller(bearer.Account, null, null, bearer), null);
    }

    /// <summary>Looks a session or a token up, unless the source presented too many unknown ones.</summary>
    private async Task<(T? Found, Problem Refusal)> FindAsync<T>(HttpContext http, byte[]? hash, Func<byte[], Task<T?>> findAsync)
        where T : class
    {
        var refusal = AccountProblems.NotSignedIn.AsProblem();
        if (hash is null)
            return (null, refusal);
        var lookUp = unknown.Begin(UnknownCredentials.IdOf(hash), http.Connection.RemoteIpAddress);
        if (lookUp.RetryAfter is { } wait)
            return (null, AccountProblems.TooManyUnknown(wait));
        bool? isKnown = null;
        try
        {
            var found = await findAsync(hash);
            isKnown = found is not null;
            return (found, refusal);
        }
        finally
        {
            unknown.End(in lookUp, isKnown);
        }
    }

    private static bool IsUnsafe(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);
}
