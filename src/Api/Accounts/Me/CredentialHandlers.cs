using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Secrets;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>Changes of address and password.</summary>
internal static class CredentialHandlers
{
    /// <summary>Sends a link to the new address. Whether that has an account already, only its owner hears.</summary>
    public static async Task<IResult> ChangeEmailAsync(
        HttpContext http, Reauthentication again, Throttles throttles, IAccountStore store, Outbox outbox, AccountLetters letters, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.ChangeEmailBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        if ((checks.Problem ?? throttles.Mail(http, email!) ?? await again.CheckAsync(http, http.Caller(), body.Password)) is { } refusal)
            return refusal;
        var account = http.Caller().Account;
        outbox.Send(async cancellationToken =>
        {
            if (await store.Accounts.FindByEmailAsync(email!, cancellationToken) is { } other && other.Id != account.Id)
                return await letters.AlreadyThereAsync(other.Email, cancellationToken);
            var (token, secret) = OneTimeToken.Issue(TokenPurpose.EmailChange, account, email!.Text, time.GetUtcNow());
            await store.OneTimeTokens.AddAsync(token, cancellationToken);
            return await letters.ChangeEmailAsync(email.Text, secret, cancellationToken);
        });
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Follows the link: the account has the new address, and the former one gets a notice.</summary>
    public static async Task<IResult> ConfirmEmailAsync(
        HttpContext http, OwnerCheck owner, Throttles throttles, IAccountStore store, Outbox outbox, AccountLetters letters,
        TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.OwnersLinkBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var (now, aborted) = (time.GetUtcNow(), http.RequestAborted);
        // Looked at first: a wrong password doesn't cost the link.
        if (SecretToken.TryHash(body!.Token) is not { } hash
            || await store.OneTimeTokens.FindAsync(hash, TokenPurpose.EmailChange, now, aborted) is not { AccountId: { } accountId }
            || await store.Accounts.FindAsync(accountId, aborted) is not { } account)
            return AccountProblems.InvalidLink.AsProblem();
        if (await owner.CheckAsync(http, account, body.Password) is { } notTheirs)
            return notTheirs;
        if (!await store.Accounts.ChangeEmailAsync(hash, now, aborted))
            return AccountProblems.InvalidLink.AsProblem();
        outbox.Send(async cancellationToken => await letters.ChangedAsync(account.Email, "Your account has another address now.", cancellationToken));
        return TypedResults.NoContent();
    }

    /// <summary>Changes the password: every other session ends, and this one goes on under a new token.</summary>
    public static async Task<IResult> ChangePasswordAsync(
        HttpContext http, Reauthentication again, Passwords passwords, IAccountStore store, SessionStarter sessions, Outbox outbox, AccountLetters letters)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.ChangePasswordBody);
        if (body is null)
            return problem!;
        var caller = http.Caller();
        var checks = new BodyChecks();
        var password = checks.NewPassword("password", body.Password, EmailAddress.TryParse(caller.Account.Email));
        if ((checks.Problem ?? await again.CheckAsync(http, caller, body.CurrentPassword)) is { } refusal)
            return refusal;
        if (!await store.Accounts.SetPasswordAsync(caller.Account, passwords.Hash(password), caller.Session!.Id, http.RequestAborted)
            || await sessions.RenewAsync(http, caller) is not { } csrf)
            return AccountProblems.NotSignedIn.AsProblem(); // The session, or what it was checked against, has ended meanwhile.
        outbox.Send(async cancellationToken => await letters.ChangedAsync(caller.Account.Email, "The password of your account was changed.", cancellationToken));
        return TypedResults.Json(new CsrfBody(csrf), ManagementJson.Wire.CsrfBody);
    }
}
