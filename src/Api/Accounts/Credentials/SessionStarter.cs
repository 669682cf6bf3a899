using TelemetryKit.Api.Access;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>Begins sessions. Every step up (a password, a second factor, a change of either) has a new token, and the token from before is void: planting one in a victim's browser gains nothing.</summary>
internal sealed class SessionStarter(IAccountStore store, SessionCookie cookie, TimeProvider time)
{
    private const int DeviceLength = 120;

    /// <summary>Begins a session, hands out its cookie and answers its CSRF token.</summary>
    public async Task<string> BeginAsync(HttpContext http, Guid accountId, bool awaitsSecondFactor)
    {
        var now = time.GetUtcNow();
        var expires = now + (awaitsSecondFactor ? Limits.SecondFactorAge : Limits.SessionAge);
        var session = new Session
        {
            Id = Guid.CreateVersion7(now), AccountId = accountId, AwaitsSecondFactor = awaitsSecondFactor, Device = DeviceOf(http), CreatedAt = now, LastSeenAt = now, ExpiresAt = expires,
        };
        return await BeginAsync(http, session);
    }

    /// <summary>Goes on with the caller's session under a new token. Answers its CSRF token.</summary>
    public Task<string> RenewAsync(HttpContext http, Caller caller) =>
        // A new id, too: the old row goes, and rows are found by id elsewhere.
        BeginAsync(http, caller.Session! with { Id = Guid.CreateVersion7(time.GetUtcNow()), LastSeenAt = time.GetUtcNow() });

    private async Task<string> BeginAsync(HttpContext http, Session session)
    {
        var token = SecretToken.Generate();
        await store.Sessions.BeginAsync(SecretToken.Hash(token), session, SecretToken.TryHash(cookie.Read(http)), http.RequestAborted);
        cookie.Write(http, token, session.ExpiresAt);
        return SecretToken.CsrfOf(token);
    }

    private static string DeviceOf(HttpContext http)
    {
        var text = http.Request.Headers.UserAgent.ToString();
        var clean = string.Concat(text.Where(c => c is >= ' ' and <= '~').Take(DeviceLength));
        return clean.Length == 0 ? "unknown" : clean;
    }
}
