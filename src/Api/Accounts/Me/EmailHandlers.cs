using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>
/// Handlers of address changes, which are requested in a session, confirmed from the new mailbox, and can be undone from the former one.
/// </summary>
internal static class EmailHandlers
{
    private static readonly Problem TooSoon = AccountProblems.Conflict.With(
        $"The password was changed in the last {Limits.EmailUndoAge.Days} days. Set it with a link to the current address first, or wait.");

    /// <summary>Sends a link to the new address. If the address already has an account, only the mail shows it.</summary>
    public static async Task<IResult> ChangeAsync(
        HttpContext http, Reauthentication reauthentication, Throttles throttles, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.ChangeEmailBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        var refused = checks.Problem
            ?? await reauthentication.CheckAsync(http, http.Caller(), body.Password)
            ?? throttles.NewAddressMail(http, http.Caller().Account.Id, email!);
        if (refused is { } refusal)
            return refusal;
        var account = http.Caller().Account;
        if (!account.MayChangeEmailAt(time.GetUtcNow()))
            return TooSoon;
        await outbox.AddAsync(AccountMails.EmailChange(email!, account));
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Changes the address with the token of the link. A link that undoes the change is sent to the former address.</summary>
    public static async Task<IResult> ConfirmAsync(
        HttpContext http, OwnerCheck owner, Throttles throttles, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.OwnersLinkBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var (now, aborted) = (time.GetUtcNow(), http.RequestAborted);
        // The token is not used yet, so that the link remains valid after a wrong password.
        if (SecretToken.TryHash(body!.Token) is not { } hash
            || await store.OneTimeTokens.FindAsync(hash, TokenPurpose.EmailChange, now, aborted) is not { AccountId: { } accountId }
            || await store.Accounts.FindAsync(accountId, aborted) is not { } account)
            return AccountProblems.InvalidLink.AsProblem();
        if (await owner.CheckAsync(http, account, body.Password, Needs.Session) is { } notTheirs)
            return notTheirs;
        if (await store.EmailChanges.ChangeAsync(
            hash, change => outbox.Prepare(AccountMails.EmailChanged(account, change)), now, aborted) is null)
            return AccountProblems.InvalidLink.AsProblem();
        outbox.Wake();
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Restores the former address with the token of the link. The mailbox alone is not sufficient, because people change their address
    /// after losing a mailbox. Also required are the password from before the change, which a thief can no longer change, or a session of
    /// the account.
    /// </summary>
    public static async Task<IResult> UndoAsync(
        HttpContext http, OwnerCheck owner, Throttles throttles, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.OwnersLinkBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var (now, aborted) = (time.GetUtcNow(), http.RequestAborted);
        if (SecretToken.TryHash(body!.Token) is not { } hash
            || await store.EmailChanges.FindFormerAsync(hash, now, aborted) is not { } former
            || await store.Accounts.FindAsync(former.Id, aborted) is not { } account)
            return AccountProblems.InvalidLink.AsProblem();
        // The current second factor may be a thief's, so it is not required. The undo restores the former one.
        if (await owner.CheckAsync(http, former, body.Password, Needs.Session with { HalfSignedIn = true }) is { } notTheirs)
            return notTheirs;
        var reset = AccountMails.PasswordReset(EmailAddress.OfStored(former.Email)) with { IsEssential = true };
        WaitingMail[] mails = [outbox.Prepare(reset), outbox.Prepare(AccountMails.EmailUndone(account))];
        if (!await store.EmailChanges.UndoAsync(hash, mails, now, aborted))
            return AccountProblems.InvalidLink.AsProblem();
        outbox.Wake();
        return TypedResults.NoContent();
    }
}
