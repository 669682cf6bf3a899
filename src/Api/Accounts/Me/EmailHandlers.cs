using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>Changes of the address: asked for in a session, confirmed by the new mailbox, and undone by the former one.</summary>
internal static class EmailHandlers
{
    private static readonly Problem TooSoon = AccountProblems.Conflict.With(
        $"The password was changed in the last {Limits.EmailUndoAge.Days} days: set it by a link to the present address first, or wait.");

    /// <summary>Sends a link to the new address. If that has an account already, only the mail says so.</summary>
    public static async Task<IResult> ChangeAsync(
        HttpContext http, Reauthentication again, Throttles throttles, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.ChangeEmailBody);
        if (body is null)
            return problem!;
        var checks = new BodyChecks();
        var email = checks.Email("email", body.Email);
        if ((checks.Problem ?? throttles.Mail(http, email!) ?? await again.CheckAsync(http, http.Caller(), body.Password)) is { } refusal)
            return refusal;
        var account = http.Caller().Account;
        if (!account.MayChangeEmailAt(time.GetUtcNow()))
            return TooSoon;
        await outbox.AddAsync(AccountMails.EmailChange(email!, account));
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Follows the link: the account has the new address, and the former one gets a link that undoes it.</summary>
    public static async Task<IResult> ConfirmAsync(
        HttpContext http, OwnerCheck owner, Throttles throttles, IAccountStore store, Outbox outbox, TimeProvider time)
    {
        var (body, problem) = await http.ReadJsonAsync(MeJson.Default.OwnersLinkBody);
        if ((problem ?? throttles.Source(http)) is { } refusal)
            return refusal;
        var (now, aborted) = (time.GetUtcNow(), http.RequestAborted);
        // Looked at first: a wrong password doesn't cost the link.
        if (SecretToken.TryHash(body!.Token) is not { } hash
            || await store.OneTimeTokens.FindAsync(hash, TokenPurpose.EmailChange, now, aborted) is not { AccountId: { } accountId }
            || await store.Accounts.FindAsync(accountId, aborted) is not { } account)
            return AccountProblems.InvalidLink.AsProblem();
        if (await owner.CheckAsync(http, account, body.Password, Needs.Session) is { } notTheirs)
            return notTheirs;
        if (await store.EmailChanges.ChangeAsync(hash, now, aborted) is not { } change)
            return AccountProblems.InvalidLink.AsProblem();
        await outbox.AddAsync(AccountMails.EmailChanged(account, change));
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Follows the link to the former address: it is the account's again. The mailbox alone can't do it, because people leave mailboxes
    /// that they lost: it takes the password from before the change, which a thief can't alter any more, or a session of the account.
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
        // A second factor may be the thief's; what the undo restores is the one from before the change.
        if (await owner.CheckAsync(http, former, body.Password, Needs.Session with { HalfSignedIn = true }) is { } notTheirs)
            return notTheirs;
        if (!await store.EmailChanges.UndoAsync(hash, now, aborted))
            return AccountProblems.InvalidLink.AsProblem();
        await outbox.AddAsync(AccountMails.PasswordReset(EmailAddress.OfStored(former.Email)));
        await outbox.AddAsync(AccountMails.EmailUndone(account));
        return TypedResults.NoContent();
    }
}
