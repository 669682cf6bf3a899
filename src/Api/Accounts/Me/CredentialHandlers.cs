using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Secrets;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>Changes of address and password.</summary>
internal static class CredentialHandlers
{
    /// <summary>Sends a link to the new address. Whether that has an account already, only its owner hears.</summary>
    public static async Task<IResult> ChangeEmailAsync(
        HttpContext http, Reauthentication again, Throttles throttles, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.ChangeEmailBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        if ((checks.Problem ?? throttles.Mail(http, email!) ?? await again.CheckAsync(http, http.Caller(), body.Password)) is { } refusal)
            return refusal;
        await outbox.AddAsync(AccountMails.EmailChange(email!, http.Caller().Account.Id));
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Writes the mail to the new address, or to whose that is already.</summary>
    public static async Task<Letter?> MakeLetterAsync(
        EmailAddress email, Guid accountId, IAccountStore store, AccountLetters letters, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await store.Accounts.FindByEmailAsync(email, cancellationToken) is { } other && other.Id != accountId)
            return await letters.AlreadyThereAsync(other.Email, cancellationToken);
        var (token, now) = (SecretToken.Generate(), time.GetUtcNow());
        await store.OneTimeTokens.AddAsync(new OneTimeToken(SecretToken.Hash(token), TokenPurpose.EmailChange, accountId, email.Text, now, now + Limits.SignUpAge), cancellationToken);
        return await letters.ChangeEmailAsync(email.Text, token, cancellationToken);
    }

    /// <summary>Follows the link: the account has the new address. The old one is told.</summary>
    public static async Task<IResult> ConfirmEmailAsync(HttpContext http, Throttles throttles, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.TokenBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        if (SecretToken.TryHash(body!.Token) is not { } hash
            || await store.OneTimeTokens.UseAsync(hash, TokenPurpose.EmailChange, time.GetUtcNow(), http.RequestAborted) is not { AccountId: { } accountId } token
            || await store.Accounts.FindAsync(accountId, http.RequestAborted) is not { } account
            || !await store.Accounts.SetEmailAsync(accountId, EmailAddress.OfStored(token.Data), http.RequestAborted))
            return AccountProblems.InvalidLink.AsProblem();
        await outbox.AddAsync(AccountMails.SecurityNotice(account, "Your account has another address now."));
        return TypedResults.NoContent();
    }

    /// <summary>Changes the password: every other session ends, and this one goes on under a new token.</summary>
    public static async Task<IResult> ChangePasswordAsync(
        HttpContext http, Reauthentication again, Passwords passwords, IAccountStore store, SessionStarter sessions, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.ChangePasswordBody);
        if (body is null)
            return problem!;
        var caller = http.Caller();
        var checks = new BodyChecks();
        var password = checks.NewPassword("password", body.Password, EmailAddress.OfStored(caller.Account.Email));
        if ((checks.Problem ?? await again.CheckAsync(http, caller, body.CurrentPassword)) is { } refusal)
            return refusal;
        await store.Accounts.SetPasswordAsync(caller.Account.Id, passwords.Hash(password), caller.Session!.Id, http.RequestAborted);
        var csrf = await sessions.RenewAsync(http, caller);
        await outbox.AddAsync(AccountMails.SecurityNotice(caller.Account, "The password of your account was changed."));
        return TypedResults.Json(new CsrfBody(csrf), ManagementJson.Wire.CsrfBody);
    }
}
