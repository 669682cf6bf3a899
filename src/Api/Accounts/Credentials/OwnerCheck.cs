using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Checks that a link is used by the owner of its account. A link alone proves a mailbox, which may be another person's if the address was
/// mistyped.
/// </summary>
internal sealed class OwnerCheck(Callers callers, Passwords passwords, KnownDevices devices, Throttles throttles)
{
    private static readonly Problem OtherAccount =
        AccountProblems.NotSignedIn.With("The link is for another account. Sign in to that account, or send its password.");

    /// <summary>
    /// Returns the problem, or <c>null</c> if the request has the account's password or, without one, a session of the account.
    /// </summary>
    public Task<Problem?> CheckAsync(HttpContext http, Account account, string? password, Needs session) =>
        password is null ? CheckSessionAsync(http, account, session) : CheckPasswordAsync(http, account, password);

    private async Task<Problem?> CheckSessionAsync(HttpContext http, Account account, Needs session)
    {
        var (caller, problem) = await callers.FindAsync(http, session);
        return problem ?? (caller!.Account.Id == account.Id ? null : OtherAccount);
    }

    private async Task<Problem?> CheckPasswordAsync(HttpContext http, Account account, string password)
    {
        // The link proves a mailbox, so this isn't a stranger.
        var (email, device) = (EmailAddress.OfStored(account.Email), devices.Find(http, account));
        if (throttles.Password(http, email, device) is { } throttled)
            return throttled;
        if (!await passwords.CheckAsync(account, password, http, account.Id))
            return AccountProblems.WrongPassword.AsProblem();
        throttles.ResetPasswordAttempts(http, email, device);
        return null;
    }
}
