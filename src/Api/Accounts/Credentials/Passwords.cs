using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Passwords;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Slow hashes of passwords, by ASP.NET's hasher. Checking takes the same work whether there is an account or not: without one, the password is held
/// against a hash that nothing matches.
/// </summary>
internal sealed class Passwords(IAccountStore store)
{
    // What OWASP asks of PBKDF2 with HMAC-SHA512; a hash made with fewer is made anew when its owner signs in.
    private const int Iterations = 210_000;
    private static readonly Nobody Subject = new();
    private readonly PasswordHasher<Nobody> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private long _computed;
    private readonly Lazy<string> _nobodys = new(() => new PasswordHasher<Nobody>(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }))
        .HashPassword(Subject, Core.Accounts.Secrets.SecretToken.Generate()));

    /// <summary>Hashes that were computed since the start: what makes guessing slow, and what tests look at.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>What a password is held against where there is no account.</summary>
    public string StandIn => _nobodys.Value;

    /// <summary>Hashes a password to be stored.</summary>
    public string Hash(string password)
    {
        Interlocked.Increment(ref _computed);
        return _hasher.HashPassword(Subject, PasswordText.Normalize(password));
    }

    /// <summary>Whether it is the account's password; no where there is no account, or one without a password.</summary>
    public async Task<bool> CheckAsync(Account? account, string password, CancellationToken cancellationToken)
    {
        var stored = account?.PasswordHash ?? StandIn;
        foreach (var (i, candidate) in PasswordText.Candidates(password).Index())
        {
            Interlocked.Increment(ref _computed);
            var result = _hasher.VerifyHashedPassword(Subject, stored, candidate);
            if (account?.PasswordHash is not { } hash || result == PasswordVerificationResult.Failed)
                continue;
            if (i > 0 || result == PasswordVerificationResult.SuccessRehashNeeded)
                await store.Accounts.RehashPasswordAsync(account.Id, hash, Hash(password), cancellationToken);
            return true;
        }

        return false;
    }

    /// <summary>The hasher wants a type of user and never looks at one.</summary>
    private sealed class Nobody;
}
