using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>Verifies the account's owner again before actions that can't be undone or could lock the owner out.</summary>
internal sealed class Reauthentication(Passwords passwords, Throttles throttles, TimeProvider time)
{
    private static readonly TimeSpan RecentSignIn = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Returns the problem, or <c>null</c> if the password is correct. An account without a password (GitHub) must have signed in recently.
    /// </summary>
    public async Task<Problem?> CheckAsync(HttpContext http, Caller caller, string? password)
    {
        if (caller.Account.PasswordHash is null)
            return time.GetUtcNow() - caller.Session!.CreatedAt < RecentSignIn ? null : AccountProblems.SignInAgain.AsProblem();
        // The attempts of strangers who guess the password don't count here, and these don't count there.
        var sessionId = caller.Session!.Id;
        if (throttles.Reauthentication(http, sessionId) is { } throttled)
            return throttled;
        if (!await passwords.CheckAsync(caller.Account, password ?? "", http, caller.Account.Id))
            return AccountProblems.WrongPassword.AsProblem();
        throttles.ResetReauthentication(sessionId);
        return null;
    }
}
