using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Throttles attempts to guess secrets and requests that send mail, by account (whether it exists or not) and by source. The state is in
/// the memory of each replica and contains e-mail and network addresses only as hashes.
/// </summary>
internal sealed class Throttles(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time)
{
    private readonly Throttle<string> _signIn = new(burst: 10, TimeSpan.FromMinutes(1), time);
    private readonly Throttle<Guid> _code = new(burst: 5, TimeSpan.FromMinutes(5), time);
    private readonly Throttle<string> _mail = new(burst: 3, TimeSpan.FromMinutes(10), time);
    private readonly Throttle<Guid> _invitation = new(burst: 20, TimeSpan.FromMinutes(1), time);
    private readonly SourceThrottle _source = new(burst: 30, TimeSpan.FromSeconds(10), time);

    /// <summary>Throttles passwords for an address. Returns the problem, or <c>null</c> if the attempt is allowed.</summary>
    public Problem? Password(HttpContext http, EmailAddress email) => Source(http) ?? Check(_signIn, Hidden(email));

    /// <summary>Restores the attempts for an address after a correct password.</summary>
    public void ResetPasswordAttempts(EmailAddress email) => _signIn.Reset(Hidden(email));

    /// <summary>Throttles second factors for an account. Six digits allow few guesses: five, and then twelve per hour.</summary>
    public Problem? Code(HttpContext http, Guid accountId) => Source(http) ?? Check(_code, accountId);

    /// <summary>Restores the attempts for an account after a correct second factor.</summary>
    public void ResetCodeAttempts(Guid accountId) => _code.Reset(accountId);

    /// <summary>Throttles mails to an address that any client can request.</summary>
    public Problem? Mail(HttpContext http, EmailAddress email) => Source(http) ?? Check(_mail, Hidden(email));

    /// <summary>Throttles the invitations of a member.</summary>
    public Problem? Invitation(Guid accountId) => Check(_invitation, accountId);

    /// <summary>Throttles all attempts of a source, and of the networks that contain it.</summary>
    public Problem? Source(HttpContext http) =>
        _source.TryTake(sources.Networks(http.Connection.RemoteIpAddress)) is { } refusal
            ? Refuse(refusal.Bound, refusal.RetryAfter)
            : null;

    /// <summary>Returns the source of a request for a mail, which has a share of the outbox.</summary>
    public MailSource MailSource(HttpContext http) =>
        new(sources.HashNetwork(http.Connection.RemoteIpAddress), sources.Hash(http.Connection.RemoteIpAddress));

    private Problem? Check<T>(Throttle<T> throttle, T subject)
        where T : notnull => throttle.TryTake(subject, out var wait) ? null : Refuse("account", wait);

    private Problem Refuse(string bound, TimeSpan wait)
    {
        metrics.Refused("attempts", bound);
        return ProblemKind.RateLimited.With("Too many attempts. Try again later.") with { RetryAfter = wait };
    }

    private static string Hidden(EmailAddress email) => Convert.ToBase64String(SecretToken.Hash(email.Key));
}
