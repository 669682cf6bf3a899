using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>Changes of the password.</summary>
internal static class CredentialHandlers
{
    /// <summary>Changes the password. All other sessions end, API tokens on request, and this one gets a new token.</summary>
    public static async Task<IResult> ChangePasswordAsync(
        HttpContext http, Reauthentication reauthentication, Passwords passwords, IAccountStore store, SessionStarter sessions,
        KnownDevices devices, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.ChangePasswordBody);
        if (body is null)
            return problem!;
        var caller = http.Caller();
        var checks = new BodyChecks();
        var password = checks.NewPassword("password", body.Password, EmailAddress.OfStored(caller.Account.Email));
        if ((checks.Problem ?? await reauthentication.CheckAsync(http, caller, body.CurrentPassword)) is { } refusal)
            return refusal;
        var hash = await passwords.HashAsync(password, http, caller.Account.Id);
        var notice = outbox.Prepare(AccountMails.SecurityNotice(caller.Account, "The password of your account was changed."));
        var isSet = await store.Accounts.SetPasswordAsync(
            caller.Account, hash, caller.Session!.Id, body.EndTokens, notice, time.GetUtcNow(), http.RequestAborted);
        outbox.Wake();
        if (!isSet || await sessions.RenewAsync(http, caller) is not { } csrf)
            return AccountProblems.NotSignedIn.AsProblem(); // The session has ended, or the credentials have changed, in the meantime.
        devices.RememberAgain(http, caller.Account.Id);
        return TypedResults.Json(new CsrfBody(csrf), CredentialsJson.Wire.CsrfBody);
    }
}
