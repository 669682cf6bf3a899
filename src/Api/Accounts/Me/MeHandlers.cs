using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.SignUp;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>Handlers of the signed-in account: its data, name, sessions and deletion.</summary>
internal static class MeHandlers
{
    public static async Task<IResult> GetAsync(HttpContext http, IAccountStore store)
    {
        var caller = http.Caller();
        var account = caller.Account;
        var totp = await store.SecondFactors.FindAsync(account.Id, http.RequestAborted);
        // An API token is restricted to its tenant.
        var memberships = caller.Bearer is { } bearer
            ? [bearer.Membership]
            : await store.Tenants.ListOfAsync(account.Id, http.RequestAborted);
        var tenants = memberships.Select(
            m => new MembershipBody(m.Tenant.Id, m.Tenant.Name, m.Role.Code(), m.IsSuspended, m.Tenant.Plan.Plan.Code));
        var body = new MeBody(
            account.Id, account.Email, account.Name, account.CreatedAt, account.PasswordHash is not null, account.GithubId is not null,
            account.GithubLogin, account.GithubLinkedAt, totp?.ConfirmedAt is not null, totp?.RecoveryCodes ?? 0, [.. tenants]);
        return TypedResults.Json(body, MeJson.Wire.MeBody);
    }

    public static async Task<IResult> RenameAsync(HttpContext http, IAccountStore store)
    {
        var (body, problem) = await http.ReadJsonAsync(HttpJson.Default.NameBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var name = checks.Name("name", body.Name);
        if (checks.Problem is { } refusal)
            return refusal;
        await store.Accounts.RenameAsync(http.Caller().Account.Id, name, http.RequestAborted);
        return TypedResults.NoContent();
    }

    public static async Task<IResult> SessionsAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var caller = http.Caller();
        var sessions = await store.Sessions.ListAsync(caller.Account.Id, time.GetUtcNow(), http.RequestAborted);
        var listed = sessions.Select(
            s => new SessionBody(s.Id, s.Id == caller.Session!.Id, s.Device, s.CreatedAt, s.LastSeenAt, s.ExpiresAt));
        return TypedResults.Json(new SessionsBody([.. listed]), MeJson.Wire.SessionsBody);
    }

    public static async Task<IResult> SignInsAsync(HttpContext http, IAccountStore store, TimeProvider time)
    {
        var entries = await store.Sessions.ListSignInsAsync(http.Caller().Account.Id, time.GetUtcNow(), http.RequestAborted);
        var listed = entries.Select(entry => new SignInItem(
            entry.At, entry.Method == SignInMethod.Github ? "github" : "password", entry.SecondFactor, entry.NewDevice, entry.Browser,
            entry.Os));
        return TypedResults.Json(new SignInsBody([.. listed]), MeJson.Wire.SignInsBody);
    }

    public static async Task<IResult> EndSessionAsync(HttpContext http, Guid session, IAccountStore store) =>
        await store.Sessions.EndAsync(http.Caller().Account.Id, session, http.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemKind.NotFound.AsProblem();

    /// <summary>Deletes the account and the tenants without other members.</summary>
    public static async Task<IResult> DeleteAsync(
        HttpContext http, Reauthentication reauthentication, Admissions admissions, IAccountStore store, SessionCookie cookie,
        TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.PasswordBody);
        if ((problem ?? await reauthentication.CheckAsync(http, http.Caller(), body!.Password)) is { } refusal)
            return refusal;
        var server = await admissions.ProtectedTenantAsync(http.RequestAborted);
        var deletion = await store.Accounts.DeleteAsync(http.Caller().Account.Id, server, time.GetUtcNow(), CancellationToken.None);
        if (deletion.StillOwned.Count > 0)
        {
            var names = string.Join(", ", deletion.StillOwned.Select(tenant => $"\"{tenant.Name}\""));
            return AccountProblems.Conflict.With(
                $"The account owns {names}. Transfer or delete the tenants first. The default tenant of a server can only be transferred.");
        }

        cookie.Delete(http);
        return TypedResults.Json(RemovedBody.Of(deletion.Removed), HttpJson.Wire.RemovedBody);
    }
}
