using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Throttles attempts to guess secrets and requests that send mail. Strangers share the attempts of an address, and each source has only a
/// part of them. A device that signed in before and a live session have their own, so strangers can't keep the owner out. The state is in
/// the memory of each replica and contains e-mail and network addresses only as hashes.
/// </summary>
internal sealed class Throttles(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    private readonly Throttle<(string Address, long Source)> _passwordOfSource = new(burst: 10, Minute, time);
    private readonly Throttle<string> _passwordOfAddress = new(burst: 100, Minute / 4, time);
    private readonly Throttle<string> _passwordOfDevice = new(burst: 10, Minute, time);
    private readonly Throttle<Guid> _reauthentication = new(burst: 10, Minute, time);
    private readonly Throttle<string> _codeOfOwn = new(burst: 5, HalfHour, time);
    private readonly Throttle<string> _wrongCodeOfOwn = new(burst: TotpBackoff.FreeCodes - 1, TimeSpan.FromDays(1), time);
    private readonly Throttle<(Guid Account, long Source)> _recoveryCode = new(burst: 10, Minute, time);
    private readonly Throttle<(MailPurpose Purpose, string Address, long Source)> _mailOfSource = new(burst: 3, TenMinutes, time);
    private readonly Throttle<(MailPurpose Purpose, string Address)> _mailOfAddress = new(burst: 20, TenMinutes / 5, time);
    private readonly Throttle<string> _mailOfDevice = new(burst: 3, TenMinutes, time);
    private readonly Throttle<Guid> _newAddress = new(burst: 10, TenMinutes, time);
    private readonly Throttle<Guid> _invitation = new(burst: 20, Minute, time);
    private readonly SourceThrottle _source = new(burst: 30, TimeSpan.FromSeconds(10), time);

    // Each purpose has its own attempts: mails of one don't contain the links of the other.
    private enum MailPurpose
    {
        SignUp,
        Reset,
        NewAddress,
    }

    /// <summary>Throttles passwords for an address. Returns the problem, or <c>null</c> if the attempt is allowed.</summary>
    /// <param name="http">The request.</param>
    /// <param name="email">The address.</param>
    /// <param name="device">The key of the device if it is known to the account.</param>
    public Problem? Password(HttpContext http, EmailAddress email, string? device)
    {
        if (device is not null)
            return Check(_passwordOfDevice, device, "device", http);
        var address = Hidden(email);
        // A source without attempts of its own uses up none of the others'.
        return Source(http)
            ?? Check(_passwordOfSource, (address, SourceOf(http)), "source", http)
            ?? Check(_passwordOfAddress, address, "account", http);
    }

    /// <summary>Restores the attempts of the device or the source for an address after a correct password.</summary>
    public void ResetPasswordAttempts(HttpContext http, EmailAddress email, string? device)
    {
        if (device is not null)
            _passwordOfDevice.Reset(device);
        else
            _passwordOfSource.Reset((Hidden(email), SourceOf(http)));
    }

    /// <summary>Throttles passwords in a live session.</summary>
    public Problem? Reauthentication(HttpContext http, Guid sessionId) => Check(_reauthentication, sessionId, "session", http);

    /// <summary>Restores the attempts of a live session after a correct password.</summary>
    public void ResetReauthentication(Guid sessionId) => _reauthentication.Reset(sessionId);

    /// <summary>Throttles codes on a known device or in a live session: five, and then two per hour.</summary>
    public Problem? OwnCode(string deviceOrSession) => Check(_codeOfOwn, deviceOrSession, "device");

    /// <summary>Restores the attempts after a correct code.</summary>
    public void ResetOwnCode(string deviceOrSession)
    {
        _codeOfOwn.Reset(deviceOrSession);
        _wrongCodeOfOwn.Reset(deviceOrSession);
    }

    /// <summary>
    /// Counts a wrong code on a known device or in a live session. Returns whether the owner is notified: after every
    /// <see cref="TotpBackoff.FreeCodes"/> since the last right one, of which a day forgets one.
    /// </summary>
    public bool IsWrongCodeReported(string deviceOrSession)
    {
        if (_wrongCodeOfOwn.TryTake(deviceOrSession, out _))
            return false;
        _wrongCodeOfOwn.Reset(deviceOrSession);
        return true;
    }

    /// <summary>Throttles recovery codes, which can't be guessed: only the work is bounded.</summary>
    public Problem? RecoveryCode(HttpContext http, Guid accountId) =>
        Source(http) ?? Check(_recoveryCode, (accountId, SourceOf(http)), "source");

    /// <summary>Throttles mails of sign-ups with an address.</summary>
    public Problem? SignUpMail(HttpContext http, EmailAddress email) => Mail(http, MailPurpose.SignUp, email);

    /// <summary>Throttles mails that set the password of an address.</summary>
    /// <param name="http">The request.</param>
    /// <param name="email">The address.</param>
    /// <param name="device">The key of the device if it is known to the account.</param>
    public Problem? ResetMail(HttpContext http, EmailAddress email, string? device) =>
        device is not null ? Check(_mailOfDevice, device, "device") : Mail(http, MailPurpose.Reset, email);

    /// <summary>Throttles mails that confirm a new address of an account.</summary>
    public Problem? NewAddressMail(HttpContext http, Guid accountId, EmailAddress email) =>
        Source(http)
        ?? Check(_newAddress, accountId, "account")
        ?? Check(_mailOfAddress, (MailPurpose.NewAddress, Hidden(email)), "account");

    /// <summary>Throttles the invitations of a member.</summary>
    public Problem? Invitation(Guid accountId) => Check(_invitation, accountId, "account");

    /// <summary>Throttles all attempts of a source, and of the networks that contain it.</summary>
    public Problem? Source(HttpContext http)
    {
        var networks = sources.Networks(http.Connection.RemoteIpAddress);
        if (_source.TryTake(in networks) is { } refusal)
            return Refuse(refusal.Bound, refusal.RetryAfter);
        Taken(http, () => _source.GiveBack(in networks));
        return null;
    }

    /// <summary>Gives back the attempts at passwords that a request took, because the server had no capacity to check them.</summary>
    public static void GiveBack(HttpContext http)
    {
        http.Features.Get<TakenAttempts>()?.ForEach(giveBack => giveBack());
        http.Features.Set<TakenAttempts>(null);
    }

    /// <summary>Returns the source of a request for a mail, which has a share of the outbox.</summary>
    public MailSource MailSource(HttpContext http) =>
        new(sources.HashNetwork(http.Connection.RemoteIpAddress), sources.Hash(http.Connection.RemoteIpAddress));

    /// <summary>Counts an attempt that must wait, and returns its problem.</summary>
    /// <param name="bound">What the attempts are bounded by, for the metrics.</param>
    /// <param name="wait">The time until the next attempt.</param>
    public Problem Refuse(string bound, TimeSpan wait)
    {
        metrics.Refused("attempts", bound);
        return ProblemKind.RateLimited.With("Too many attempts. Try again later.") with { RetryAfter = wait };
    }

    private Problem? Mail(HttpContext http, MailPurpose purpose, EmailAddress email)
    {
        var address = Hidden(email);
        return Source(http)
            ?? Check(_mailOfSource, (purpose, address, SourceOf(http)), "source")
            ?? Check(_mailOfAddress, (purpose, address), "account");
    }

    // The owner of a /48 has 65,536 networks of /64, so it is one source.
    private long SourceOf(HttpContext http) => sources.HashNetwork(http.Connection.RemoteIpAddress);

    private Problem? Check<T>(Throttle<T> throttle, T subject, string bound, HttpContext? http = null)
        where T : notnull
    {
        if (!throttle.TryTake(subject, out var wait))
            return Refuse(bound, wait);
        if (http is not null)
            Taken(http, () => throttle.GiveBack(subject));
        return null;
    }

    private static void Taken(HttpContext http, Action giveBack)
    {
        var taken = http.Features.Get<TakenAttempts>();
        if (taken is null)
            http.Features.Set(taken = []);
        taken.Add(giveBack);
    }

    private static string Hidden(EmailAddress email) => Convert.ToBase64String(SecretToken.Hash(email.Key));

    /// <summary>What gives back each attempt that a request took.</summary>
    private sealed class TakenAttempts : List<Action>;
}
