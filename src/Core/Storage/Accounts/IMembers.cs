using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Members of tenants.</summary>
public interface IMembers
{
    /// <summary>Returns the members of a tenant, the owner first.</summary>
    Task<IReadOnlyList<Member>> ListAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the role of a member who is not the owner, and revokes the member's invitations if the new role can't give theirs. Returns
    /// <c>false</c> if the tenant has no such member.
    /// </summary>
    Task<bool> SetRoleAsync(Guid tenantId, Guid accountId, Role role, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a member who is not the owner, and the member's API tokens and invitations in the tenant. The read keys that the member
    /// created end if <paramref name="endReadKeys"/> is set. Otherwise they remain valid, and the line of the audit log has their number.
    /// Returns <c>false</c> if the tenant has no such member.
    /// </summary>
    Task<bool> RemoveAsync(Guid tenantId, Guid accountId, bool endReadKeys, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Removes a member and keeps the read keys.</summary>
    Task<bool> RemoveAsync(Guid tenantId, Guid accountId, AuditLine line, CancellationToken cancellationToken) =>
        RemoveAsync(tenantId, accountId, endReadKeys: false, line, cancellationToken);

    /// <summary>
    /// Transfers the ownership to another member. The previous owner becomes an admin. Returns <c>false</c> if the former is no longer the
    /// owner or the latter no longer a member.
    /// </summary>
    Task<bool> HandOverAsync(Guid tenantId, Guid fromAccountId, Guid toAccountId, AuditLine line, CancellationToken cancellationToken);
}

/// <summary>Invitations, identified by the SHA-256 of the token in their link.</summary>
public interface IInvitations
{
    /// <summary>
    /// Stores an invitation, which replaces an open one to the same address, and queues its mail in the same transaction.
    /// <paramref name="gate"/> is called with the number of members and open invitations, under a lock that prevents concurrent additions.
    /// If it refuses, its refusal is returned and nothing is stored.
    /// </summary>
    /// <exception cref="MembershipEndedException">The sender has been removed. Nothing was changed.</exception>
    Task<PlanRefusal?> AddAsync(
        Invitation invitation, byte[] hash, Func<int, PlanRefusal?> gate, WaitingMail? mail, AuditLine line,
        CancellationToken cancellationToken);

    /// <summary>Returns the open invitations of a tenant, newest first.</summary>
    Task<IReadOnlyList<Invitation>> ListAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Revokes an invitation. Returns <c>false</c> if the tenant has no invitation with that id.</summary>
    Task<bool> RevokeAsync(Guid tenantId, Guid invitationId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a token to an open invitation, for another attempt to send its mail. Earlier tokens remain valid, because one may have been
    /// delivered. Returns <c>null</c> if the invitation is no longer open.
    /// </summary>
    Task<Invitation?> RenewLinkAsync(
        Guid tenantId, Guid invitationId, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Finds an invitation by its token. Returns <c>null</c> if the token is unknown, used or expired.</summary>
    Task<Invitation?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Uses an invitation: the account joins the tenant. Returns <c>null</c> if the token is invalid, if the invitation is for another
    /// address, or if its sender may no longer give the role. If the plan has no room, the invitation remains. Of concurrent callers one
    /// succeeds.
    /// </summary>
    Task<Acceptance?> AcceptAsync(byte[] hash, Account account, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>The result of accepting an invitation.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Refusal">The refusal if the plan of the tenant has no room, else <c>null</c>.</param>
public sealed record Acceptance(Invitation Invitation, PlanRefusal? Refusal);
