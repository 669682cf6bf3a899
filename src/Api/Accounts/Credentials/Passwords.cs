using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Passwords;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Shares;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Hashes and verifies passwords with ASP.NET Core's password hasher. Verification takes the same work whether the account exists or not:
/// without an account, the password is compared with a placeholder hash that nothing matches. A hash takes a processor for a fifth of a
/// second, so a few are computed at once, sources take turns, and few wait.
/// </summary>
internal sealed class Passwords(IAccountStore store, SourceHasher sources)
{
    // The recommendation of OWASP for PBKDF2 with HMAC-SHA512. A hash with fewer iterations is replaced when its owner signs in.
    private const int Iterations = 210_000;
    private static readonly User Subject = new();
    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly SharedBudget _shares = new(Resources.Passwords);
    private readonly FairQueue<long> _turns = new(Limits.ConcurrentPasswords);
    private long _computed;
    private readonly Lazy<string> _placeholderHash = new(() =>
        new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }))
        .HashPassword(Subject, Core.Accounts.Secrets.SecretToken.Generate()));

    /// <summary>The number of hashes computed since the start, for tests.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>The hash with which a password is compared if there is no account.</summary>
    public string PlaceholderHash => _placeholderHash.Value;

    /// <summary>Returns the hash of a password, for storage.</summary>
    /// <param name="password">The password.</param>
    /// <param name="http">The request, which has the source that the work is charged to.</param>
    /// <exception cref="ResourceFullException">Too many passwords wait, of all or of this source.</exception>
    public Task<string> HashAsync(string password, HttpContext http) => ComputeAsync(http, () => Hash(password));

    /// <summary>
    /// Returns whether the password is that of the account. Returns <c>false</c> if the account is <c>null</c> or has no password.
    /// </summary>
    /// <param name="account">The account, or <c>null</c> if there is none.</param>
    /// <param name="password">The password.</param>
    /// <param name="http">The request, which has the source that the work is charged to.</param>
    /// <exception cref="ResourceFullException">Too many passwords wait, of all or of this source.</exception>
    public async Task<bool> CheckAsync(Account? account, string password, HttpContext http)
    {
        var (isRight, rehashed) = await ComputeAsync(http, () => Check(account?.PasswordHash, password));
        if (isRight && rehashed is not null)
            await store.Accounts.RehashPasswordAsync(account!.Id, account.PasswordHash!, rehashed, http.RequestAborted);
        return isRight;
    }

    private string Hash(string password)
    {
        Interlocked.Increment(ref _computed);
        return _hasher.HashPassword(Subject, PasswordText.Normalize(password));
    }

    /// <summary>Returns whether the password matches a hash, and the hash that should replace it, if any.</summary>
    private (bool IsRight, string? Rehashed) Check(string? hash, string password)
    {
        foreach (var (i, candidate) in PasswordText.Candidates(password).Index())
        {
            Interlocked.Increment(ref _computed);
            var result = _hasher.VerifyHashedPassword(Subject, hash ?? PlaceholderHash, candidate);
            if (hash is null || result == PasswordVerificationResult.Failed)
                continue;
            return (true, i > 0 || result == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : null);
        }

        return default;
    }

    private async Task<T> ComputeAsync<T>(HttpContext http, Func<T> compute)
    {
        var source = sources.Networks(http.Connection.RemoteIpAddress);
        var parties = new Parties(Guid.Empty, Guid.Empty, source);
        if (_shares.TryTake(parties, 1) is { } full)
            throw new ResourceFullException(_shares.Resource, full);
        try
        {
            // By network, because an owner of many addresses would have as many turns.
            await _turns.EnterAsync(source.Network, http.RequestAborted);
            try
            {
                // Not on the thread of the request, which may be that of a connection.
                return await Task.Run(compute);
            }
            finally
            {
                _turns.Leave();
            }
        }
        finally
        {
            _shares.Return(parties, 1);
        }
    }

    /// <summary>The hasher requires a type of user but doesn't use it.</summary>
    private sealed class User;
}
