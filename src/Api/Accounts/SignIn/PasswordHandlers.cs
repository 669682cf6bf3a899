using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignIn;

/// <summary>For those who forgot their password.</summary>
internal static class PasswordHandlers
{
    /// <summary>Sends a link, where the address has an account. The answer doesn't know.</summary>
    public static async Task<IResult> ForgotAsync(HttpContext http, Throttles throttles, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(SignInJson.Default.EmailBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        if ((checks.Problem ?? throttles.Mail(http, email!)) is { } refusal)
            return refusal;
        await outbox.AddAsync(AccountMails.PasswordReset(email!));
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Follows the link: sets the password and ends every session.</summary>
    public static async Task<IResult> ResetAsync(
        HttpContext http, Throttles throttles, Passwords passwords, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(SignInJson.Default.ResetBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var now = time.GetUtcNow();
        // Looked at first: a password that is refused doesn't cost the link.
        if (SecretToken.TryHash(body!.Token) is not { } hash || await store.OneTimeTokens.FindAsync(hash, TokenPurpose.PasswordReset, now, http.RequestAborted) is not { AccountId: { } accountId }
            || await store.Accounts.FindAsync(accountId, http.RequestAborted) is not { } account)
            return AccountProblems.InvalidLink.AsProblem();
        var checks = new BodyChecks();
        var password = checks.NewPassword("password", body.Password, EmailAddress.OfStored(account.Email));
        if (checks.Problem is { } weak)
            return weak;
        if (!await store.Accounts.ResetPasswordAsync(hash, passwords.Hash(password), now, http.RequestAborted))
            return AccountProblems.InvalidLink.AsProblem();
        await outbox.AddAsync(AccountMails.SecurityNotice(account, "The password of your account was set anew by a link from a mail."));
        return TypedResults.NoContent();
    }
}
