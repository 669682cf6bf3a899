using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>Makes sure that it is still the account's owner who sits there, before what can't be undone or locks them out.</summary>
internal sealed class Reauthentication(Passwords passwords, Throttles throttles, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>The problem, or <c>null</c> where it is. Who has no password (GitHub) must have signed in just now.</summary>
    public async Task<Problem?> CheckAsync(HttpContext http, Caller caller, string? password)
    {
        if (caller.Account.PasswordHash is null)
            return time.GetUtcNow() - caller.Session!.CreatedAt < Fresh ? null : AccountProblems.SignInAgain.AsProblem();
        var email = EmailAddress.OfStored(caller.Account.Email);
        if (throttles.Password(http, email) is { } throttled)
            return throttled;
        if (!await passwords.CheckAsync(caller.Account, password ?? "", http.RequestAborted))
            return AccountProblems.WrongPassword.AsProblem();
        throttles.PasswordWasRight(email);
        return null;
    }
}
