using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// How often somebody may try what can be guessed or what sends mail: by account, whether it exists or not, and by source. In the memory of each replica;
/// addresses of people and of networks are in it only as hashes.
/// </summary>
internal sealed class Throttles(SourceHasher sources, TimeProvider time)
{
    private readonly Throttle<string> _signIn = new(burst: 10, TimeSpan.FromMinutes(1), time);
    private readonly Throttle<Guid> _code = new(burst: 5, TimeSpan.FromMinutes(5), time);
    private readonly Throttle<string> _mail = new(burst: 3, TimeSpan.FromMinutes(10), time);
    private readonly Throttle<Guid> _invitation = new(burst: 20, TimeSpan.FromMinutes(1), time);
    private readonly Throttle<long> _source = new(burst: 30, TimeSpan.FromSeconds(10), time);

    /// <summary>A password that is tried for an address.</summary>
    public Problem? Password(HttpContext http, EmailAddress email) => Source(http) ?? Check(_signIn, Hidden(email));

    /// <summary>It was the right one.</summary>
    public void PasswordWasRight(EmailAddress email) => _signIn.Forgive(Hidden(email));

    /// <summary>A second factor that is tried for an account. Six digits bear few guesses: after the first five, twelve an hour.</summary>
    public Problem? Code(HttpContext http, Guid accountId) => Source(http) ?? Check(_code, accountId);

    /// <summary>It was a right one.</summary>
    public void CodeWasRight(Guid accountId) => _code.Forgive(accountId);

    /// <summary>A mail that anybody can have sent to an address.</summary>
    public Problem? Mail(HttpContext http, EmailAddress email) => Source(http) ?? Check(_mail, Hidden(email));

    /// <summary>A mail that a member has sent to somebody.</summary>
    public Problem? Invitation(Guid accountId) => Check(_invitation, accountId);

    /// <summary>Anything that could be tried over and over, by source.</summary>
    public Problem? Source(HttpContext http) => sources.Hash(http.Connection.RemoteIpAddress) is not 0 and var source ? Check(_source, source) : null;

    private static Problem? Check<T>(Throttle<T> throttle, T subject)
        where T : notnull =>
        throttle.TryTake(subject, out var wait) ? null : ProblemKind.RateLimited.With("Too many tries; come back later.") with { RetryAfter = wait };

    private static string Hidden(EmailAddress email) => Convert.ToBase64String(SecretToken.Hash(email.Key));
}
