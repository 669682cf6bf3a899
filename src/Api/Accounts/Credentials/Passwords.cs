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
/// second, so a few are computed at once, callers take turns for each hash, and few wait. Callers who have proved something about an
/// account have a queue of their own: strangers can't fill it.
/// </summary>
internal sealed class Passwords(IAccountStore store, SourceHasher sources, IOptions<PasswordHasherOptions> options)
{
    /// <summary>
    /// The iterations of a hash: the recommendation of OWASP for PBKDF2 with HMAC-SHA512. A hash with fewer is replaced when its owner
    /// signs in.
    /// </summary>
    public const int Iterations = 210_000;

    private static readonly User Subject = new();
    private readonly PasswordHasher<User> _hasher = new(options);
    private readonly SharedBudget _strangers = new(Resources.Passwords);
    private readonly SharedBudget _owners = new(Resources.OwnPasswords);
    private readonly FairQueue<Party> _turns = new(Limits.ConcurrentPasswords, lanes: 2);
    private long _computed;
    private readonly Lazy<string> _placeholderHash = new(() =>
        new PasswordHasher<User>(options).HashPassword(Subject, Core.Accounts.Secrets.SecretToken.Generate()));

    /// <summary>The number of hashes computed since the start, for tests.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    /// <summary>The hash with which a password is compared if there is no account.</summary>
    public string PlaceholderHash => _placeholderHash.Value;

    /// <summary>Returns the hash of a password, for storage.</summary>
    /// <param name="password">The password.</param>
    /// <param name="http">The request, which has the source that the work is charged to.</param>
    /// <param name="proved">
    /// The account about which the request has proved something (a live session, a known device, a link from a mail), or a new account, or
    /// <c>null</c> if it is a stranger's.
    /// </param>
    /// <exception cref="ResourceFullException">
    /// Too many passwords wait, of all or of this source or account. The attempts that the request took are given back.
    /// </exception>
    public async Task<string> HashAsync(string password, HttpContext http, Guid? proved)
    {
        using var place = Take(http, proved);
        return await place.ComputeAsync(() => Hash(password));
    }

    /// <summary>
    /// Returns whether the password is that of the account. Returns <c>false</c> if the account is <c>null</c> or has no password.
    /// </summary>
    /// <param name="account">The account, or <c>null</c> if there is none.</param>
    /// <param name="password">The password.</param>
    /// <param name="http">The request, which has the source that the work is charged to.</param>
    /// <param name="proved">As for <see cref="HashAsync"/>.</param>
    /// <exception cref="ResourceFullException">As for <see cref="HashAsync"/>.</exception>
    public async Task<bool> CheckAsync(Account? account, string password, HttpContext http, Guid? proved)
    {
        using var place = Take(http, proved);
        var hash = account?.PasswordHash;
        foreach (var (i, candidate) in PasswordText.Candidates(password).Index())
        {
            // Each hash waits for a turn, so a password with several forms is no cheaper way to use the processor.
            var result = await place.ComputeAsync(() => Verify(hash ?? PlaceholderHash, candidate));
            if (hash is null || result == PasswordVerificationResult.Failed)
                continue;
            if (i > 0 || result == PasswordVerificationResult.SuccessRehashNeeded)
            {
                var rehashed = await place.ComputeAsync(() => Hash(password));
                await store.Accounts.RehashPasswordAsync(account!.Id, hash, rehashed, http.RequestAborted);
            }

            return true;
        }

        return false;
    }

    private string Hash(string password)
    {
        Interlocked.Increment(ref _computed);
        return _hasher.HashPassword(Subject, PasswordText.Normalize(password));
    }

    private PasswordVerificationResult Verify(string hash, string candidate)
    {
        Interlocked.Increment(ref _computed);
        return _hasher.VerifyHashedPassword(Subject, hash, candidate);
    }

    private Place Take(HttpContext http, Guid? proved)
    {
        var budget = proved is null ? _strangers : _owners;
        var source = sources.Networks(http.Connection.RemoteIpAddress);
        var parties = new Parties(Guid.Empty, Guid.Empty, source, AccountId: proved ?? Guid.Empty);
        if (budget.TryTake(parties, 1) is { } full)
        {
            Throttles.GiveBack(http);
            throw new ResourceFullException(budget.Resource, full);
        }

        // Strangers by network, because an owner of many addresses would have as many turns.
        var party = proved is { } id ? new Party(PartyKind.Account, id) : new Party(PartyKind.Network, Guid.Empty, source.Network);
        return new(_turns, party, budget, parties, http.RequestAborted);
    }

    /// <summary>The place of a request among those that wait. Disposing it leaves it.</summary>
    private sealed class Place(
        FairQueue<Party> turns, Party party, SharedBudget budget, Parties parties, CancellationToken aborted) : IDisposable
    {
        private readonly int _lane = party.Kind == PartyKind.Account ? 1 : 0;

        /// <summary>Waits for a turn and computes one hash.</summary>
        public async Task<T> ComputeAsync<T>(Func<T> hash)
        {
            await turns.EnterAsync(party, aborted, _lane);
            try
            {
                // Not on the thread of the request, which may be that of a connection.
                return await Task.Run(hash);
            }
            finally
            {
                turns.Leave();
            }
        }

        public void Dispose() => budget.Return(parties, 1);
    }

    /// <summary>The hasher requires a type of user but doesn't use it.</summary>
    private sealed class User;
}
