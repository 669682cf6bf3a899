using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>Members of tenants.</summary>
public interface IMembers
{
    /// <summary>The members of a tenant, owner first.</summary>
    Task<IReadOnlyList<Member>> ListAsync(Guid tenantId, CancellationToken cancellationToken);

    /// <summary>Changes the role of a member who is not the owner. False where it has no such member.</summary>
    Task<bool> SetRoleAsync(Guid tenantId, Guid accountId, Role role, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Removes a member who is not the owner, with their API tokens in the tenant. False where it has no such member.</summary>
    Task<bool> RemoveAsync(Guid tenantId, Guid accountId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Makes a member the owner, and the owner an admin. False where the one isn't the owner or the other no member any more.</summary>
    Task<bool> HandOverAsync(Guid tenantId, Guid fromAccountId, Guid toAccountId, AuditLine line, CancellationToken cancellationToken);
}

/// <summary>Invitations. They are found by the SHA-256 of what the link carries.</summary>
public interface IInvitations
{
    /// <summary>
    /// Stores an invitation, in place of an open one to the same address. <paramref name="gate"/> is asked with the number of members and
    /// open invitations, while nobody else can add one; its refusal is the answer, and nothing is stored.
    /// </summary>
    Task<PlanRefusal?> AddAsync(Invitation invitation, byte[] hash, Func<int, PlanRefusal?> gate, AuditLine line, CancellationToken cancellationToken);

    /// <summary>The open invitations of a tenant, newest first.</summary>
    Task<IReadOnlyList<Invitation>> ListAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes one back. False where the tenant has none of that id.</summary>
    Task<bool> RevokeAsync(Guid tenantId, Guid invitationId, AuditLine line, CancellationToken cancellationToken);

    /// <summary>Gives an open invitation another link in place of the one before; <c>null</c> if it is not open any more.</summary>
    Task<Invitation?> RenewLinkAsync(
        Guid tenantId, Guid invitationId, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The invitation of a link; <c>null</c> where it is unknown, used or expired.</summary>
    Task<Invitation?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Uses an invitation up: the account, which must have its address, joins the tenant. Of callers at the same time one succeeds.</summary>
    Task<Invitation?> AcceptAsync(byte[] hash, Account account, DateTimeOffset now, CancellationToken cancellationToken);
}
