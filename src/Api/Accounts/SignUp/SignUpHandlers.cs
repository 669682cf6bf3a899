using System.Text.Json;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Json;
using TelemetryKit.Api.Mail;
using TelemetryKit.Grains;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Secrets;
using TelemetryKit.Grains.Accounts.Storage;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>From an address and a password to an account. There is no account before the link in the mail is followed, so nobody can take an address that isn't theirs.</summary>
internal static class SignUpHandlers
{
    /// <summary>Takes a sign-up. The answer, and the work before it, are the same whether the address has an account or not; the mail tells its owner.</summary>
    public static async Task<IResult> SignUpAsync(
        HttpContext http, Admissions admissions, Passwords passwords, Throttles throttles, Outbox outbox)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.SignUpBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        var name = checks.Name("name", body.Name);
        var password = checks.NewPassword("password", body.Password, email);
        var invitation = SecretToken.TryHash(body.Invitation);
        checks.Must(body.Invitation is null || invitation is not null, "invitation", "It must be the token of an invitation's link.");
        if ((checks.Problem ?? throttles.Mail(http, email!)) is { } refusal)
            return refusal;
        if (await admissions.FindAsync(email!, name, invitation, http.RequestAborted) is null)
            return AccountProblems.SignUpClosed.AsProblem();

        var pending = new PendingSignUp(email!.Text, name, passwords.Hash(password), invitation is null ? null : Convert.ToBase64String(invitation));
        await outbox.AddAsync(AccountMails.SignUp(email, pending));
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Follows the link: makes the account.</summary>
    public static async Task<IResult> VerifyAsync(HttpContext http, Admissions admissions, Throttles throttles, IAccountStore store, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(ManagementJson.Default.TokenBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var now = time.GetUtcNow();
        if (SecretToken.TryHash(body!.Token) is not { } hash || await store.OneTimeTokens.UseAsync(hash, TokenPurpose.SignUp, now, http.RequestAborted) is not { } token)
            return AccountProblems.InvalidLink.AsProblem();

        var pending = JsonSerializer.Deserialize(token.Data, ManagementJson.Default.PendingSignUp)!;
        var (account, invitation) = (Make(pending, now), pending.Invitation is { } text ? Convert.FromBase64String(text) : null);
        if (await admissions.FindAsync(EmailAddress.OfStored(pending.Email), pending.Name, invitation, http.RequestAborted) is not { } admission)
            return AccountProblems.SignUpClosed.AsProblem();
        return await store.Accounts.CreateAsync(account, admission, http.RequestAborted) switch
        {
            SignUpOutcome.Created => TypedResults.Json(new AccountBody(account.Id, account.Email, account.Name), ManagementJson.Wire.AccountBody),
            // Another link of the same address was followed first.
            SignUpOutcome.EmailTaken => AccountProblems.InvalidLink.AsProblem(),
            _ => AccountProblems.SignUpClosed.AsProblem(),
        };
    }

    /// <summary>Writes the mail of a sign-up.</summary>
    public static async Task<Letter?> MakeLetterAsync(
        EmailAddress email, PendingSignUp pending, IAccountStore store, AccountLetters letters, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await store.Accounts.FindByEmailAsync(email, cancellationToken) is { } account)
            return await letters.AlreadyThereAsync(account.Email, cancellationToken);
        var (token, now) = (SecretToken.Generate(), time.GetUtcNow());
        var data = JsonSerializer.Serialize(pending, ManagementJson.Default.PendingSignUp);
        await store.OneTimeTokens.AddAsync(new OneTimeToken(SecretToken.Hash(token), TokenPurpose.SignUp, null, data, now, now + Limits.SignUpAge), cancellationToken);
        return await letters.VerifyAsync(email.Text, token, cancellationToken);
    }

    private static Account Make(PendingSignUp pending, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Email = pending.Email, Name = pending.Name, PasswordHash = pending.PasswordHash, CreatedAt = now };
}
