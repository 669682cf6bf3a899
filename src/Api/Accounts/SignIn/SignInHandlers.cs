using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignIn;

/// <summary>Handlers of sign-in and sign-out.</summary>
internal static class SignInHandlers
{
    /// <summary>Checks address and password. A wrong address and a wrong password have the same response after the same work.</summary>
    public static async Task<IResult> SignInAsync(
        HttpContext http, IAccountStore store, Passwords passwords, Throttles throttles, KnownDevices devices, SessionStarter sessions)
    {
        var (body, problem) = await http.ReadJsonAsync(SignInJson.Default.SignInBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        var password = checks.Text("password", body.Password);
        if (checks.Problem is { } faults)
            return faults;
        var device = await devices.FindAsync(http, email!);
        if (throttles.Password(http, email!, device) is { } refusal)
            return refusal;

        var account = await store.Accounts.FindByEmailAsync(email!, http.RequestAborted);
        if (!await passwords.CheckAsync(account, password, http, device is null ? null : account?.Id))
            return AccountProblems.WrongCredentials.AsProblem();
        throttles.ResetPasswordAttempts(http, email!, device);
        return await BeginAsync(http, account!, store, sessions);
    }

    /// <summary>Checks the second factor after the password: a code of the authenticator or a recovery code.</summary>
    public static async Task<IResult> SecondFactorAsync(HttpContext http, SecondFactors factors, SessionStarter sessions)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.CodeBody);
        if (body is null)
            return problem!;
        var caller = http.Caller();
        if (!caller.Session!.AwaitsSecondFactor)
            return AccountProblems.Conflict.With("The session is already signed in.");
        if (await factors.CheckAsync(http, caller, body) is { } refusal)
            return refusal;
        return await sessions.CompleteAsync(http, caller) is { } csrf
            ? TypedResults.Json(new SignedInBody(SecondFactorRequired: false, csrf), SignInJson.Wire.SignedInBody)
            : AccountProblems.NotSignedIn.AsProblem();
    }

    /// <summary>Ends this session.</summary>
    public static async Task<IResult> SignOutAsync(HttpContext http, IAccountStore store, SessionCookie cookie)
    {
        var caller = http.Caller();
        await store.Sessions.EndAsync(caller.Account.Id, caller.Session!.Id, http.RequestAborted);
        cookie.Delete(http);
        return TypedResults.NoContent();
    }

    /// <summary>Ends all sessions of the account. No device is known to it any more.</summary>
    public static async Task<IResult> SignOutEverywhereAsync(
        HttpContext http, IAccountStore store, SessionCookie cookie, TimeProvider time)
    {
        await store.Sessions.EndAllAsync(http.Caller().Account.Id, time.GetUtcNow(), http.RequestAborted);
        cookie.Delete(http);
        return TypedResults.NoContent();
    }

    /// <summary>Returns the value of X-CSRF-Token. Pages of other sites can't read the response.</summary>
    public static IResult Csrf(HttpContext http) =>
        TypedResults.Json(new CsrfBody(SecretToken.CsrfOf(http.Caller().SessionToken!)), CredentialsJson.Wire.CsrfBody);

    /// <summary>Returns whether sign-ins to the account require a second factor.</summary>
    public static async Task<bool> HasSecondFactorAsync(IAccountStore store, Guid accountId, CancellationToken cancellationToken) =>
        (await store.SecondFactors.FindAsync(accountId, cancellationToken))?.ConfirmedAt is not null;

    // If the account has a second factor, the session is incomplete until it is verified.
    private static async Task<IResult> BeginAsync(HttpContext http, Account account, IAccountStore store, SessionStarter sessions)
    {
        var awaits = await HasSecondFactorAsync(store, account.Id, http.RequestAborted);
        return await sessions.BeginAsync(http, account, awaits, SignInMethod.Password) is { } csrf
            ? TypedResults.Json(new SignedInBody(awaits, csrf), SignInJson.Wire.SignedInBody)
            : AccountProblems.WrongCredentials.AsProblem();
    }
}
