using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Passwords;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Hashes and verifies passwords with ASP.NET Core's password hasher. Verification takes the same work whether the account exists or not:
/// without an account, the password is compared with a placeholder hash that nothing matches.
/// </summary>
internal sealed class Passwords(IAccountStore store)
{
    // The recommendation of OWASP for PBKDF2 with HMAC-SHA512. A hash with fewer iterations is replaced when its owner signs in.
    private const int Iterations = 210_000;
    private static readonly User Subject = new();
    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private long _computed;
    private readonly Lazy<string> _placeholderHash = new(() =>
        new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }))
        .HashPassword(Subject, Core.Accounts.Secrets.SecretToken.Generate()));

    /// <summary>The number of hashes computed since the start, for tests.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>The hash with which a password is compared if there is no account.</summary>
    public string PlaceholderHash => _placeholderHash.Value;

    /// <summary>Returns the hash of a password, for storage.</summary>
    public string Hash(string password)
    {
        Interlocked.Increment(ref _computed);
        return _hasher.HashPassword(Subject, PasswordText.Normalize(password));
    }

    /// <summary>
    /// Returns whether the password is that of the account. Returns <c>false</c> if the account is <c>null</c> or has no password.
    /// </summary>
    public async Task<bool> CheckAsync(Account? account, string password, CancellationToken cancellationToken)
    {
        var stored = account?.PasswordHash ?? PlaceholderHash;
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

    /// <summary>The hasher requires a type of user but doesn't use it.</summary>
    private sealed class User;
}
