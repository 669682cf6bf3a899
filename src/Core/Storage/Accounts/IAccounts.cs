using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Accounts.</summary>
public interface IAccounts
{
    /// <summary>The account of an address.</summary>
    Task<Account?> FindByEmailAsync(EmailAddress email, CancellationToken cancellationToken);

    /// <summary>The account of an id.</summary>
    Task<Account?> FindAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>The account that a GitHub account is linked to.</summary>
    Task<Account?> FindByGithubAsync(long githubId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes an account and gives it its place, in one transaction: its own new tenant, the server's, or the one it was invited to. Concurrent
    /// sign-ups of one address, and of the first account of a server, have one winner. Other sign-ups of the address are void.
    /// </summary>
    Task<SignUpOutcome> CreateAsync(Account account, Admission admission, CancellationToken cancellationToken);

    /// <summary>Changes the name.</summary>
    Task RenameAsync(Guid accountId, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Sets the password in a session, in one transaction: all sessions but <paramref name="keptSession"/> end, all of the account's
    /// one-time tokens and a second factor that is still to be confirmed are void. Returns <c>false</c> if the credentials have changed
    /// since the account was read.
    /// </summary>
    Task<bool> SetPasswordAsync(
        Account account, string passwordHash, Guid? keptSession, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Uses a token of <see cref="TokenPurpose.PasswordReset"/>, in one transaction: as <see cref="SetPasswordAsync"/>, and all sessions
    /// end. Returns <c>false</c> if the token can't be used.
    /// </summary>
    Task<bool> ResetPasswordAsync(byte[] token, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores the same password's hash made with newer parameters.</summary>
    Task RehashPasswordAsync(Guid accountId, string oldHash, string newHash, CancellationToken cancellationToken);

    /// <summary>
    /// Links a GitHub account. Returns <c>false</c> if it is linked to another account, if the account is linked to another one, or if the
    /// credentials have changed since the account was read. <see cref="Account.HasUnprovedPassword">An unproved password</see> is void, and
    /// with it all sessions and API tokens.
    /// </summary>
    Task<bool> LinkGithubAsync(Account account, long githubId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Gives accounts and open invitations whose <see cref="EmailAddress.Key"/> was made by former rules today's. If another account has
    /// that already, the account keeps its own; of two invitations of one tenant the newer one stays. Returns how many rows changed.
    /// </summary>
    Task<int> RenewKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the account and all that is only its own: sessions, tokens, second factor, memberships, and tenants in which it is alone (but never the server's own).
    /// </summary>
    Task<AccountDeletion> DeleteAsync(Guid accountId, Guid? serverTenant, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Where a new account goes.</summary>
/// <param name="Now">Now.</param>
public abstract record Admission(DateTimeOffset Now)
{
    /// <summary>It gets a tenant of its own: a sign-up to the hosted service. With an invitation it joins that tenant too.</summary>
    /// <param name="TenantId">UUIDv7 of the new tenant.</param>
    /// <param name="TenantName">Its name.</param>
    /// <param name="PlanId">Its plan.</param>
    /// <param name="Invitation">SHA-256 of the invitation's token, if there is one.</param>
    /// <param name="Now">Now.</param>
    public sealed record OwnTenant(Guid TenantId, string TenantName, PlanId PlanId, byte[]? Invitation, DateTimeOffset Now) : Admission(Now);

    /// <summary>It comes to own the server's tenant, which must not have an owner yet: the first sign-up of a self-hosted server.</summary>
    /// <param name="TenantId">The server's tenant.</param>
    /// <param name="Now">Now.</param>
    public sealed record ServerOwner(Guid TenantId, DateTimeOffset Now) : Admission(Now);

    /// <summary>It joins the tenant of an invitation, which is used up: any later sign-up of a self-hosted server.</summary>
    /// <param name="Token">SHA-256 of the invitation's token.</param>
    /// <param name="Now">Now.</param>
    public sealed record Invited(byte[] Token, DateTimeOffset Now) : Admission(Now);
}

/// <summary>How a sign-up ended.</summary>
public enum SignUpOutcome
{
    /// <summary>There is an account.</summary>
    Created,

    /// <summary>The address has an account already.</summary>
    EmailTaken,

    /// <summary>The server has an owner, and the invitation is missing, expired, used, or somebody else's.</summary>
    Closed,
}

/// <summary>What became of a deletion.</summary>
/// <param name="StillOwned">Tenants that must be handed over or deleted first; where there are any, nothing was deleted.</param>
/// <param name="Removed">What went with the tenants that were only the account's.</param>
public sealed record AccountDeletion(IReadOnlyList<Tenant> StillOwned, Removed Removed);
