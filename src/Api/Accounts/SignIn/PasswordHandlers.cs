using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignIn;

/// <summary>Handlers that reset a forgotten password.</summary>
internal static class PasswordHandlers
{
    private const string Reset =
        "The password of your account was reset with a link from a mail. All sessions and API tokens have ended, and GitHub is no longer "
        + "linked.";

    /// <summary>Sends a link if the address has an account. The response doesn't show whether it has.</summary>
    public static async Task<IResult> ForgotAsync(HttpContext http, Throttles throttles, KnownDevices devices, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(SignInJson.Default.EmailBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        if ((checks.Problem ?? throttles.ResetMail(http, email!, await devices.FindAsync(http, email!))) is { } refusal)
            return refusal;
        await outbox.AddAsync(AccountMails.PasswordReset(email!) with { Source = throttles.MailSource(http) });
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>
    /// Sets the password with the token of the link, and ends all other ways in. The device is known then, because it has the mailbox.
    /// </summary>
    public static async Task<IResult> ResetAsync(
        HttpContext http, Throttles throttles, Passwords passwords, KnownDevices devices, IAccountStore store, Outbox outbox,
        TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(SignInJson.Default.ResetBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var now = time.GetUtcNow();
        // The token is not used yet, so that the link remains valid if the password is refused.
        var (hash, aborted) = (SecretToken.TryHash(body!.Token), http.RequestAborted);
        if (hash is null
            || await store.OneTimeTokens.FindAsync(hash, TokenPurpose.PasswordReset, now, aborted) is not { AccountId: { } accountId }
            || await store.Accounts.FindAsync(accountId, aborted) is not { } account)
            return AccountProblems.InvalidLink.AsProblem();
        var checks = new BodyChecks();
        var password = checks.NewPassword("password", body.Password, EmailAddress.OfStored(account.Email));
        if (checks.Problem is { } weak)
            return weak;
        var notice = outbox.Prepare(AccountMails.SecurityNotice(account, Reset));
        var passwordHash = await passwords.HashAsync(password, http, account.Id);
        if (!await store.Accounts.ResetPasswordAsync(hash, passwordHash, notice, now, http.RequestAborted))
            return AccountProblems.InvalidLink.AsProblem();
        outbox.Wake();
        devices.Remember(http, account.Id, provedSecondFactor: false);
        return TypedResults.NoContent();
    }
}
