using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>The handler that removes the link to GitHub.</summary>
internal static class GithubLinkHandlers
{
    /// <summary>Removes the link. All other sessions end, because GitHub may have started them.</summary>
    public static async Task<IResult> UnlinkAsync(
        HttpContext http, Reauthentication reauthentication, IAccountStore store, SessionStarter sessions, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(CredentialsJson.Default.PasswordBody);
        var (caller, account) = (http.Caller(), http.Caller().Account);
        if (problem is not null)
            return problem;
        if (account.GithubId is null)
            return ProblemKind.NotFound.With("The account is not linked to GitHub.");
        if (account.PasswordHash is null)
            return AccountProblems.Conflict.With("GitHub is the only way in. Set a password with a link from a mail, which removes it.");
        if (await reauthentication.CheckAsync(http, caller, body!.Password) is { } refusal)
            return refusal;
        var notice = outbox.Prepare(AccountMails.SecurityNotice(account, "Your account is no longer linked to GitHub."));
        if (!await store.Accounts.UnlinkGithubAsync(account, caller.Session!.Id, notice, http.RequestAborted)
            || await sessions.RenewAsync(http, caller) is not { } csrf)
            return AccountProblems.NotSignedIn.AsProblem(); // The session has ended, or the credentials have changed, in the meantime.
        outbox.Wake();
        return TypedResults.Json(new CsrfBody(csrf), CredentialsJson.Wire.CsrfBody);
    }
}
