using TelemetryKit.Api.Access;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Starts sessions. Each authentication step (password, second factor, change of either) creates a new token and invalidates the previous
/// one, which prevents session fixation.
/// </summary>
internal sealed class SessionStarter(IAccountStore store, SessionCookie cookie, TimeProvider time)
{
    private const int DeviceLength = 120;

    /// <summary>
    /// Starts a session for an account whose credentials were checked, and sets its cookie. Returns its CSRF token, or <c>null</c> if the
    /// credentials have changed since the account was read.
    /// </summary>
    public async Task<string?> BeginAsync(HttpContext http, Account account, bool awaitsSecondFactor)
    {
        var (token, session) = (SecretToken.Generate(), New(http, account.Id, awaitsSecondFactor));
        var (hash, replaced) = (SecretToken.Hash(token), SecretToken.TryHash(cookie.Read(http)));
        return await store.Sessions.BeginAsync(hash, session, account.CredentialsVersion, replaced, http.RequestAborted)
            ? Write(http, token, session)
            : null;
    }

    /// <summary>Completes the caller's session after the second factor. Returns its CSRF token, or <c>null</c> if it has ended.</summary>
    public Task<string?> CompleteAsync(HttpContext http, Caller caller) =>
        RenewAsync(http, New(http, caller.Account.Id, awaitsSecondFactor: false));

    /// <summary>Replaces the token of the caller's session. Returns its CSRF token, or <c>null</c> if it has ended.</summary>
    public Task<string?> RenewAsync(HttpContext http, Caller caller) =>
        // The id is new as well, because the old row, which other code finds by its id, is deleted.
        RenewAsync(http, caller.Session! with { Id = Guid.CreateVersion7(time.GetUtcNow()), LastSeenAt = time.GetUtcNow() });

    private async Task<string?> RenewAsync(HttpContext http, Session session)
    {
        var (token, replaced) = (SecretToken.Generate(), SecretToken.TryHash(cookie.Read(http)));
        return await store.Sessions.RenewAsync(SecretToken.Hash(token), session, replaced!, http.RequestAborted)
            ? Write(http, token, session)
            : null;
    }

    private string Write(HttpContext http, string token, Session session)
    {
        cookie.Write(http, token, session.ExpiresAt);
        return SecretToken.CsrfOf(token);
    }

    private Session New(HttpContext http, Guid accountId, bool awaitsSecondFactor)
    {
        var now = time.GetUtcNow();
        return new Session
        {
            Id = Guid.CreateVersion7(now), AccountId = accountId, AwaitsSecondFactor = awaitsSecondFactor, Device = DeviceOf(http),
            CreatedAt = now, LastSeenAt = now, ExpiresAt = now + (awaitsSecondFactor ? Limits.SecondFactorAge : Limits.SessionAge),
        };
    }

    private static string DeviceOf(HttpContext http)
    {
        var text = http.Request.Headers.UserAgent.ToString();
        var clean = string.Concat(text.Where(c => c is >= ' ' and <= '~').Take(DeviceLength));
        return clean.Length == 0 ? "unknown" : clean;
    }
}
