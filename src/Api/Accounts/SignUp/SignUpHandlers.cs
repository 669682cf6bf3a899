using System.Text.Json;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Demo;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>
/// Handlers of sign-ups. The account is created when the link in the mail is used, so that an address can't be taken by another person. The
/// password is set then as well, because anyone can sign up with any address.
/// </summary>
internal static class SignUpHandlers
{
    /// <summary>Returns what the dashboard asks before it shows a page.</summary>
    public static async Task<IResult> OptionsAsync(
        HttpContext http, Admissions admissions, ServerSettings settings, DemoAccess demo, SessionCookie cookie)
    {
        var mode = await admissions.ModeAsync(http.RequestAborted);
        var body = new OptionsBody(
            settings.Accounts.Hosted, mode, settings.Accounts.Github is not null, demo.Current?.Project, demo.Current?.Key,
            cookie.Read(http) is not null, settings.Stripe is not null,
            settings.Legal.Privacy is not null, settings.Legal.Terms is not null);
        return TypedResults.Json(body, SignUpJson.Wire.OptionsBody);
    }

    /// <summary>
    /// Starts a sign-up. The response and the work before it are the same whether the address has an account or not. Only the mail differs.
    /// </summary>
    public static async Task<IResult> SignUpAsync(
        HttpContext http, Admissions admissions, Throttles throttles, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(SignUpJson.Default.SignUpBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        var name = checks.Name("name", body.Name);
        var invitation = SecretToken.TryHash(body.Invitation);
        checks.Require(body.Invitation is null || invitation is not null, "invitation", "It must be the token of an invitation link.");
        if ((checks.Problem ?? throttles.SignUpMail(http, email!)) is { } refusal)
            return refusal;
        if (await admissions.FindAsync(email!, name, invitation, http.RequestAborted) is null)
            return AccountProblems.SignUpClosed.AsProblem();

        var pending = new PendingSignUp(email!.Text, name, invitation is null ? null : Convert.ToBase64String(invitation));
        await outbox.AddAsync(AccountMails.SignUp(email, pending) with { Source = throttles.MailSource(http) });
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Creates the account with the token of the link. The link remains valid if the request is refused.</summary>
    public static async Task<IResult> VerifyAsync(
        HttpContext http, Admissions admissions, Passwords passwords, Throttles throttles, KnownDevices devices, IAccountStore store,
        TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(SignUpJson.Default.VerifyBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var (now, aborted) = (time.GetUtcNow(), http.RequestAborted);
        if (SecretToken.TryHash(body!.Token) is not { } hash
            || (await store.OneTimeTokens.FindAsync(hash, TokenPurpose.SignUp, now, aborted)
                ?? await store.OneTimeTokens.FindAsync(hash, TokenPurpose.ServerOwner, now, aborted)) is not { } token)
            return AccountProblems.InvalidLink.AsProblem();

        var checks = new BodyChecks();
        var pending = PendingOf(token, body, checks);
        var email = pending is null ? null : EmailAddress.OfStored(pending.Email);
        var password = email is null ? "" : checks.NewPassword("password", body.Password, email);
        var name = body.Name is null && token.Purpose == TokenPurpose.SignUp ? pending!.Name : checks.Name("name", body.Name);
        if (checks.Problem is { } faults)
            return faults;
        var invitation = pending!.Invitation is { } text ? Convert.FromBase64String(text) : null;
        if (await admissions.FindAsync(email!, name, invitation, aborted) is not { } admission)
            return AccountProblems.SignUpClosed.AsProblem();

        // The link proves a mailbox, and works once, so it is a party of its own.
        var passwordHash = await passwords.HashAsync(password, http, new Guid(hash.AsSpan(0, 16)));
        var account = new Account
        {
            Id = Guid.CreateVersion7(now), Email = email!.Text, Name = name, PasswordHash = passwordHash, PasswordProved = true,
            CreatedAt = now,
        };
        if (await store.OneTimeTokens.UseAsync(hash, token.Purpose, now, aborted) is null)
            return AccountProblems.InvalidLink.AsProblem();
        var outcome = await store.Accounts.CreateAsync(account, admission, aborted);
        if (outcome != SignUpOutcome.Created)
            return (outcome == SignUpOutcome.EmailTaken ? AccountProblems.InvalidLink : AccountProblems.SignUpClosed).AsProblem();
        devices.Remember(http, account.Id, provedSecondFactor: false);
        return TypedResults.Json(new AccountBody(account.Id, account.Email, account.Name), SignUpJson.Wire.AccountBody);
    }

    // The link on the console has no sign-up before it: the person enters the address and the name with the password.
    private static PendingSignUp? PendingOf(OneTimeToken token, VerifyBody body, BodyChecks checks)
    {
        if (token.Purpose == TokenPurpose.SignUp)
            return JsonSerializer.Deserialize(token.Data, AccountMailsJson.Default.PendingSignUp)!;
        return checks.Email("email", body.Email) is { } email ? new(email.Text, body.Name ?? "", null) : null;
    }
}
