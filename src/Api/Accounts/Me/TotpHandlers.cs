using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>Handlers that set up, confirm and remove the second factor.</summary>
internal static class TotpHandlers
{
    private const string Issuer = "TelemetryKit";

    /// <summary>Creates a secret. Sign-ins require no code until a first code confirms that an authenticator has the secret.</summary>
    public static async Task<IResult> BeginAsync(
        HttpContext http, Reauthentication reauthentication, SecondFactors factors, IAccountStore store)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.PasswordBody);
        var caller = http.Caller();
        if ((problem ?? await reauthentication.CheckAsync(http, caller, body!.Password)) is { } refusal)
            return refusal;
        var secret = TotpCode.GenerateSecret();
        if (!await store.SecondFactors.BeginAsync(caller.Account.Id, factors.Protect(secret), http.RequestAborted))
            return AccountProblems.Conflict.With("The account already has a second factor. Disable it first.");
        var uri = TotpCode.UriOf(secret, Issuer, caller.Account.Email);
        return TypedResults.Json(new TotpBody(TotpCode.TextOf(secret), uri), MeJson.Wire.TotpBody);
    }

    /// <summary>Confirms the secret. Sign-ins then require a code. All other sessions end, because they never verified one.</summary>
    public static async Task<IResult> ConfirmAsync(
        HttpContext http, Throttles throttles, SecondFactors factors, KnownDevices devices, IAccountStore store, SessionStarter sessions,
        Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.CodeBody);
        var caller = http.Caller();
        var (accountId, sessionId) = (caller.Account.Id, caller.Session!.Id);
        if ((problem ?? throttles.Reauthentication(http, sessionId)) is { } refusal)
            return refusal;
        var codes = RecoveryCode.GenerateSet();
        var notice = outbox.Prepare(AccountMails.SecurityNotice(caller.Account, "A second factor was enabled for your account."));
        if (await factors.FirstStepAsync(accountId, body!.Code, http.RequestAborted) is not { } step
            || !await store.SecondFactors.ConfirmAsync(
                accountId, step, Hashes(accountId, codes), sessionId, notice, time.GetUtcNow(), http.RequestAborted))
            return AccountProblems.WrongCode.AsProblem();
        outbox.Wake();
        throttles.ResetReauthentication(sessionId);
        devices.Remember(http, accountId, provedSecondFactor: true);
        return await RespondAsync(http, caller, codes, sessions);
    }

    /// <summary>Removes the second factor.</summary>
    public static async Task<IResult> DisableAsync(
        HttpContext http, Reauthentication reauthentication, SecondFactors factors, IAccountStore store, SessionStarter sessions,
        Outbox outbox)
    {
        var caller = http.Caller();
        if (await CheckBothAsync(http, reauthentication, factors) is { } refusal)
            return refusal;
        var notice = outbox.Prepare(AccountMails.SecurityNotice(caller.Account, "The second factor of your account was disabled."));
        await store.SecondFactors.RemoveAsync(caller.Account.Id, notice, http.RequestAborted);
        outbox.Wake();
        return await sessions.RenewAsync(http, caller) is { } csrf
            ? TypedResults.Json(new CsrfBody(csrf), CredentialsJson.Wire.CsrfBody)
            : AccountProblems.NotSignedIn.AsProblem();
    }

    /// <summary>Replaces the recovery codes.</summary>
    public static async Task<IResult> RecoveryCodesAsync(
        HttpContext http, Reauthentication reauthentication, SecondFactors factors, IAccountStore store, SessionStarter sessions)
    {
        var caller = http.Caller();
        if (await CheckBothAsync(http, reauthentication, factors) is { } refusal)
            return refusal;
        var codes = RecoveryCode.GenerateSet();
        await store.SecondFactors.ReplaceRecoveryCodesAsync(caller.Account.Id, Hashes(caller.Account.Id, codes), http.RequestAborted);
        return await RespondAsync(http, caller, codes, sessions);
    }

    private static async Task<Problem?> CheckBothAsync(HttpContext http, Reauthentication reauthentication, SecondFactors factors)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.PasswordAndCodeBody);
        return problem ?? await reauthentication.CheckAsync(http, http.Caller(), body!.Password)
            ?? await factors.CheckAsync(http, http.Caller(), new CodeBody(body.Code, body.RecoveryCode));
    }

    private static async Task<IResult> RespondAsync(
        HttpContext http, Caller caller, IReadOnlyList<string> codes, SessionStarter sessions) =>
        await sessions.RenewAsync(http, caller) is { } csrf
            ? TypedResults.Json(new RecoveryCodesBody(codes, csrf), MeJson.Wire.RecoveryCodesBody)
            : AccountProblems.NotSignedIn.AsProblem();

    private static IReadOnlyList<byte[]> Hashes(Guid accountId, IReadOnlyList<string> codes) =>
        [.. codes.Select(code => RecoveryCode.Hash(accountId, code))];
}
