using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Starts sessions. Each authentication step (password, second factor, change of either) creates a new token and invalidates the previous
/// one, which prevents session fixation.
/// </summary>
internal sealed class SessionStarter(
    IAccountStore store, SessionCookie cookie, KnownDevices devices, UnknownCredentials unknown, Outbox outbox, TimeProvider time)
{
    private const int DeviceLength = 120;

    /// <summary>
    /// Starts a session for an account whose credentials were checked, and sets its cookie. Returns its CSRF token, or <c>null</c> if the
    /// credentials have changed since the account was read. The owner gets a mail if the device is new.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="account">The account.</param>
    /// <param name="awaitsSecondFactor">Whether the session is incomplete until the second factor.</param>
    /// <param name="method">How the credentials were checked.</param>
    /// <param name="isNewAccount">Whether this request created the account, so that every device is new to it.</param>
    public async Task<string?> BeginAsync(
        HttpContext http, Account account, bool awaitsSecondFactor, SignInMethod method, bool isNewAccount = false)
    {
        var (token, session) = (SecretToken.Generate(), New(http, account.Id, awaitsSecondFactor, method));
        var (hash, replaced) = (SecretToken.Hash(token), SecretToken.TryHash(cookie.Read(http)));
        var completed = awaitsSecondFactor ? null : Complete(http, account, session, isNewAccount);
        return await store.Sessions.BeginAsync(hash, session, account.CredentialsVersion, replaced, completed, http.RequestAborted)
            ? Write(http, token, session, completed)
            : null;
    }

    /// <summary>Completes the caller's session after the second factor. Returns its CSRF token, or <c>null</c> if it has ended.</summary>
    public Task<string?> CompleteAsync(HttpContext http, Caller caller)
    {
        var session = New(http, caller.Account.Id, awaitsSecondFactor: false, caller.Session!.Method);
        return RenewAsync(http, session, Complete(http, caller.Account, session, isNewAccount: false, secondFactor: true));
    }

    /// <summary>Replaces the token of the caller's session. Returns its CSRF token, or <c>null</c> if it has ended.</summary>
    public Task<string?> RenewAsync(HttpContext http, Caller caller) =>
        // The id is new as well, because the old row, which other code finds by its id, is deleted.
        RenewAsync(http, caller.Session! with { Id = Guid.CreateVersion7(time.GetUtcNow()), LastSeenAt = time.GetUtcNow() }, null);

    private async Task<string?> RenewAsync(HttpContext http, Session session, CompletedSignIn? completed)
    {
        var (token, replaced) = (SecretToken.Generate(), SecretToken.TryHash(cookie.Read(http)));
        return await store.Sessions.RenewAsync(SecretToken.Hash(token), session, replaced!, completed, http.RequestAborted)
            ? Write(http, token, session, completed)
            : null;
    }

    private CompletedSignIn Complete(
        HttpContext http, Account account, Session session, bool isNewAccount, bool secondFactor = false)
    {
        var (browser, os) = BrowserFamily.Of(http.Request.Headers.UserAgent.ToString());
        var isNew = !isNewAccount && devices.Find(http, account) is null;
        var entry = new SignInEntry
        {
            Id = Guid.CreateVersion7(session.CreatedAt), AccountId = account.Id, At = session.CreatedAt, Method = session.Method,
            SecondFactor = secondFactor, NewDevice = isNew, Browser = browser, Os = os,
        };
        return new CompletedSignIn(entry, isNew ? outbox.Prepare(AccountMails.NewDevice(account, entry)) : null);
    }

    private string Write(HttpContext http, string token, Session session, CompletedSignIn? completed)
    {
        cookie.Write(http, token, session.ExpiresAt);
        unknown.Add(UnknownCredentials.IdOf(SecretToken.Hash(token)));
        if (completed is not null)
            devices.Remember(http, session.AccountId, completed.Entry.SecondFactor);
        if (completed?.Notice is not null)
            outbox.Wake();
        return SecretToken.CsrfOf(token);
    }

    private Session New(HttpContext http, Guid accountId, bool awaitsSecondFactor, SignInMethod method)
    {
        var now = time.GetUtcNow();
        return new Session
        {
            Id = Guid.CreateVersion7(now), AccountId = accountId, AwaitsSecondFactor = awaitsSecondFactor, Method = method,
            Device = DeviceOf(http),
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
