using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>The second factor: set up, proved by a first code, taken away.</summary>
internal static class TotpHandlers
{
    private const string Issuer = "TelemetryKit";

    /// <summary>Makes a secret. It asks for nothing until a code proves that an authenticator has it.</summary>
    public static async Task<IResult> BeginAsync(HttpContext http, Reauthentication again, SecondFactors factors, IAccountStore store)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.PasswordBody);
        var caller = http.Caller();
        if ((problem ?? await again.CheckAsync(http, caller, body!.Password)) is { } refusal)
            return refusal;
        var secret = TotpCode.GenerateSecret();
        if (!await store.SecondFactors.BeginAsync(caller.Account.Id, factors.Protect(secret), http.RequestAborted))
            return AccountProblems.Conflict.With("There is a second factor already: take it away first.");
        var uri = TotpCode.UriOf(secret, Issuer, caller.Account.Email);
        return TypedResults.Json(new TotpBody(TotpCode.TextOf(secret), uri), MeJson.Wire.TotpBody);
    }

    /// <summary>Proves the secret. From now on sign-ins ask for a code; other sessions, which never gave one, end.</summary>
    public static async Task<IResult> ConfirmAsync(
        HttpContext http, Throttles throttles, SecondFactors factors, IAccountStore store, SessionStarter sessions, Outbox outbox,
        TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.CodeBody);
        var caller = http.Caller();
        var accountId = caller.Account.Id;
        if ((problem ?? throttles.Code(http, accountId)) is { } refusal)
            return refusal;
        var codes = RecoveryCode.GenerateSet();
        if (await factors.FirstStepAsync(accountId, body!.Code, http.RequestAborted) is not { } step
            || !await store.SecondFactors.ConfirmAsync(
                accountId, step, Hashes(accountId, codes), caller.Session!.Id, time.GetUtcNow(), http.RequestAborted))
            return AccountProblems.WrongCode.AsProblem();
        throttles.CodeWasRight(accountId);
        await outbox.AddAsync(AccountMails.SecurityNotice(caller.Account, "Your account has a second factor now."));
        return await AnswerAsync(http, caller, codes, sessions);
    }

    /// <summary>Takes it away.</summary>
    public static async Task<IResult> DisableAsync(
        HttpContext http, Reauthentication again, SecondFactors factors, IAccountStore store, SessionStarter sessions, Outbox outbox)
    {
        var caller = http.Caller();
        if (await CheckBothAsync(http, again, factors) is { } refusal)
            return refusal;
        await store.SecondFactors.RemoveAsync(caller.Account.Id, http.RequestAborted);
        await outbox.AddAsync(AccountMails.SecurityNotice(caller.Account, "Your account has no second factor any more."));
        return await sessions.RenewAsync(http, caller) is { } csrf
            ? TypedResults.Json(new CsrfBody(csrf), CredentialsJson.Wire.CsrfBody)
            : AccountProblems.NotSignedIn.AsProblem();
    }

    /// <summary>Replaces the recovery codes.</summary>
    public static async Task<IResult> RecoveryCodesAsync(HttpContext http, Reauthentication again, SecondFactors factors, IAccountStore store, SessionStarter sessions)
    {
        var caller = http.Caller();
        if (await CheckBothAsync(http, again, factors) is { } refusal)
            return refusal;
        var codes = RecoveryCode.GenerateSet();
        await store.SecondFactors.ReplaceRecoveryCodesAsync(caller.Account.Id, Hashes(caller.Account.Id, codes), http.RequestAborted);
        return await AnswerAsync(http, caller, codes, sessions);
    }

    private static async Task<Problem?> CheckBothAsync(HttpContext http, Reauthentication again, SecondFactors factors)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.PasswordAndCodeBody);
        return problem ?? await again.CheckAsync(http, http.Caller(), body!.Password)
            ?? await factors.CheckAsync(http, http.Caller().Account.Id, new CodeBody(body.Code, body.RecoveryCode));
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Caller caller, IReadOnlyList<string> codes, SessionStarter sessions) =>
        await sessions.RenewAsync(http, caller) is { } csrf
            ? TypedResults.Json(new RecoveryCodesBody(codes, csrf), MeJson.Wire.RecoveryCodesBody)
            : AccountProblems.NotSignedIn.AsProblem();

    private static IReadOnlyList<byte[]> Hashes(Guid accountId, IReadOnlyList<string> codes) => [.. codes.Select(code => RecoveryCode.Hash(accountId, code))];
}
