using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Accounts.</summary>
public interface IAccounts
{
    /// <summary>Finds the account with an address. Returns <c>null</c> if there is none.</summary>
    Task<Account?> FindByEmailAsync(EmailAddress email, CancellationToken cancellationToken);

    /// <summary>Finds an account by id. Returns <c>null</c> if there is none.</summary>
    Task<Account?> FindAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Finds the account to which a GitHub account is linked. Returns <c>null</c> if there is none.</summary>
    Task<Account?> FindByGithubAsync(long githubId, CancellationToken cancellationToken);

    /// <summary>
    /// Returns whether the account was linked to the GitHub account, and the link was removed. It is forgotten when they are linked again.
    /// </summary>
    Task<bool> HasRemovedGithubAsync(Guid accountId, long githubId, CancellationToken cancellationToken);

    /// <summary>
    /// Creates an account and its membership in one transaction: in a new tenant, in the server's tenant, or in the tenant of the
    /// invitation. Of concurrent sign-ups of one address, or of the first account of a server, one succeeds. Other sign-ups of the address
    /// are void. An address that an account <see cref="IEmailChanges.FindUndoAsync">can restore</see> is taken.
    /// </summary>
    Task<SignUpOutcome> CreateAsync(Account account, Admission admission, CancellationToken cancellationToken);

    /// <summary>Changes the name.</summary>
    Task RenameAsync(Guid accountId, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Sets the password in a session. In the same transaction, all sessions except <paramref name="keptSession"/> end, all API tokens if
    /// <paramref name="endTokens"/> is set, all one-time tokens of the account and an unconfirmed second factor are deleted, and
    /// <paramref name="notice"/> is queued. Returns <c>false</c> if the credentials have changed since the account was read.
    /// </summary>
    Task<bool> SetPasswordAsync(
        Account account, string passwordHash, Guid? keptSession, bool endTokens, WaitingMail? notice, DateTimeOffset now,
        CancellationToken cancellationToken);

    /// <summary>Sets the password in a session and keeps the API tokens.</summary>
    Task<bool> SetPasswordAsync(
        Account account, string passwordHash, Guid? keptSession, WaitingMail? notice, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        SetPasswordAsync(account, passwordHash, keptSession, endTokens: false, notice, now, cancellationToken);

    /// <summary>
    /// Sets the password with a token of <see cref="TokenPurpose.PasswordReset"/>. Only the mailbox has proved the person, so all other
    /// ways in end: sessions, API tokens and the link to GitHub. Returns <c>false</c> if the token is invalid.
    /// </summary>
    Task<bool> ResetPasswordAsync(
        byte[] token, string passwordHash, WaitingMail? notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Replaces the hash of a password by a hash of the same password with newer parameters.</summary>
    Task RehashPasswordAsync(Guid accountId, string oldHash, string newHash, CancellationToken cancellationToken);

    /// <summary>
    /// Links a GitHub account. Returns <c>false</c> if it is linked to another account, if the account is linked to another one, or if the
    /// credentials have changed since the account was read. <see cref="Account.HasUnprovedPassword">An unproved password</see> is void, and
    /// with it all sessions and API tokens. <paramref name="notice"/> is queued in the same transaction.
    /// </summary>
    Task<bool> LinkGithubAsync(
        Account account, long githubId, string login, WaitingMail? notice, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the link to GitHub. In the same transaction, all sessions except <paramref name="keptSession"/> end, because GitHub may have
    /// started them, and <paramref name="notice"/> is queued. Returns <c>false</c> if there is no link, if the account has no password, or
    /// if the credentials have changed since the account was read.
    /// </summary>
    Task<bool> UnlinkGithubAsync(Account account, Guid? keptSession, WaitingMail? notice, CancellationToken cancellationToken);

    /// <summary>
    /// Recomputes the <see cref="EmailAddress.Key"/> of accounts and open invitations that were stored under earlier rules. If another
    /// account has the new key, the account keeps its old one. Of two invitations to one tenant with the same key, the newer one is kept.
    /// Returns the number of changed rows.
    /// </summary>
    Task<int> RecomputeAddressKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the account with its sessions, tokens, second factor and memberships, and the tenants of which it is the only member, except
    /// the server's tenant.
    /// </summary>
    Task<AccountDeletion> DeleteAsync(Guid accountId, Guid? serverTenant, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>The membership of a new account.</summary>
/// <param name="Now">Now.</param>
public abstract record Admission(DateTimeOffset Now)
{
    /// <summary>
    /// A new tenant: a sign-up to the hosted service. With an invitation, the account also joins the tenant of the invitation.
    /// </summary>
    /// <param name="TenantId">UUIDv7 of the new tenant.</param>
    /// <param name="TenantName">The name of the new tenant.</param>
    /// <param name="PlanId">The plan of the new tenant.</param>
    /// <param name="Invitation">SHA-256 of the invitation's token, or <c>null</c> if there is no invitation.</param>
    /// <param name="Now">Now.</param>
    public sealed record OwnTenant(
        Guid TenantId, string TenantName, PlanId PlanId, byte[]? Invitation, DateTimeOffset Now) : Admission(Now);

    /// <summary>The ownership of the server's tenant, which must not have an owner: the first sign-up of a self-hosted server.</summary>
    /// <param name="TenantId">The server's tenant.</param>
    /// <param name="Now">Now.</param>
    public sealed record ServerOwner(Guid TenantId, DateTimeOffset Now) : Admission(Now);

    /// <summary>The tenant of an invitation, which is then used: all later sign-ups of a self-hosted server.</summary>
    /// <param name="Token">SHA-256 of the invitation's token.</param>
    /// <param name="Now">Now.</param>
    public sealed record Invited(byte[] Token, DateTimeOffset Now) : Admission(Now);
}

/// <summary>The result of a sign-up.</summary>
public enum SignUpOutcome
{
    /// <summary>The account was created.</summary>
    Created,

    /// <summary>The address already has an account, or an account can restore it.</summary>
    EmailTaken,

    /// <summary>The server has an owner, and the invitation is missing, expired, used, or for another address.</summary>
    Closed,
}

/// <summary>The result of a deletion.</summary>
/// <param name="StillOwned">Tenants that must be transferred or deleted first. If there are any, nothing was deleted.</param>
/// <param name="Removed">The data that was deleted with the tenants of the account.</param>
public sealed record AccountDeletion(IReadOnlyList<Tenant> StillOwned, Removed Removed);
