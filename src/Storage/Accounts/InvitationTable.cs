using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>invitations</c>.</summary>
internal sealed class InvitationTable(AccountDatabase database) : IInvitations
{
    private const string Select =
        """
        select i.id, i.tenant_id, t.name as tenant_name, i.email, i.invited_by, i.role, i.created_at, i.expires_at
        from invitations i join tenants t on t.id = i.tenant_id
        """;

    public Task<PlanRefusal?> AddAsync(
        Invitation invitation, byte[] hash, Func<int, PlanRefusal?> gate, WaitingMail? mail, AuditLine line,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var (tenantId, key, now) = (invitation.TenantId, KeyOf(invitation.Email), invitation.CreatedAt);
                await MemberTable.LockTenantAsync(sql, database, tenantId, new Actor(invitation.InvitedBy));
                await sql.ExecuteAsync(
                    "delete from invitations where tenant_id = @tenantId and (email_key = @key or expires_at <= @now)",
                    new { tenantId, key, now });
                var open = (int)await sql.ValueAsync<long>(
                    "select count(*) from invitations where tenant_id = @tenantId", new { tenantId });
                if (gate(await MemberTable.CountAsync(sql, tenantId) + open) is { } refusal)
                    return refusal;
                await sql.ExecuteAsync(
                    """
                    insert into invitations (tenant_id, id, email, email_key, invited_by, role, hash, created_at, expires_at)
                    values (@TenantId, @Id, @Email, @key, @InvitedBy, @Role, @hash, @CreatedAt, @ExpiresAt)
                    """,
                    new
                    {
                        invitation.TenantId, invitation.Id, invitation.Email, key, invitation.InvitedBy, invitation.Role, hash,
                        invitation.CreatedAt, invitation.ExpiresAt,
                    });
                await AuditTable.AddAsync(sql, tenantId, line);
                await MailTable.AddAsync(sql, mail);
                return null;
            },
            cancellationToken);

    public Task<IReadOnlyList<Invitation>> ListAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Invitation>(
                $"{Select} where i.tenant_id = @tenantId and i.expires_at > @now order by i.id desc", new { tenantId, now }),
            cancellationToken);

    public Task<bool> RevokeAsync(Guid tenantId, Guid invitationId, AuditLine line, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var revoked = await sql.ExecuteAsync(
                    "delete from invitations where tenant_id = @tenantId and id = @invitationId", new { tenantId, invitationId });
                if (revoked == 0)
                    return false;
                await AuditTable.AddAsync(sql, tenantId, line);
                return true;
            },
            cancellationToken);

    public Task<Invitation?> RenewLinkAsync(
        Guid tenantId, Guid invitationId, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var link = await sql.FindAsync<Link>(
                    "select hash, expires_at from invitations where tenant_id = @tenantId and id = @invitationId",
                    new { tenantId, invitationId });
                if (link is null || link.ExpiresAt <= now)
                    return null;
                await LinkAttemptTable.AddAsync(sql, hash, link.Hash, link.ExpiresAt);
                return await FindAsync(sql, hash, now);
            },
            cancellationToken);

    public Task<Invitation?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, hash, now), cancellationToken);

    public Task<Acceptance?> AcceptAsync(byte[] hash, Account account, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => AcceptAsync(sql, database, hash, account, now), cancellationToken);

    public static Task<Invitation?> FindAsync(Sql sql, byte[] hash, DateTimeOffset now) =>
        sql.FindAsync<Invitation>(
            $"{Select} where i.hash in {LinkAttemptTable.Links} and i.expires_at > @now and t.deleted_at is null", new { hash, now });

    public static async Task<Acceptance?> AcceptAsync(
        Sql sql, AccountDatabase database, byte[] hash, Account account, DateTimeOffset now)
    {
        if (await FindAsync(sql, hash, now) is not { } invitation || KeyOf(invitation.Email) != KeyOf(account.Email))
            return null;
        // The tenant is locked, so that its plan and its members don't change in between.
        if (await TenantTable.FindAsync(sql, invitation.TenantId, database.ForUpdate) is not { } tenant
            || !await MayBeGivenAsync(sql, database, invitation))
            return null;
        var refusal = PlanGate.Feature(tenant.Plan, Feature.Teams)
            ?? PlanGate.OneMoreMember(tenant.Plan, await MemberTable.CountAsync(sql, tenant.Id));
        if (refusal is not null)
            return new Acceptance(invitation, refusal);
        // The delete decides: of two concurrent callers, one finds a row to delete.
        if (await sql.ExecuteAsync($"delete from invitations where hash in {LinkAttemptTable.Links}", new { hash }) == 0)
            return null;
        await MemberTable.AddAsync(sql, tenant.Id, account.Id, invitation.Role, now);
        var line = new AuditLine(
            new Actor(account.Id), AuditActions.MemberJoined, now, account.Id.ToString(),
            $"as {invitation.Role.Code()}, invitation {invitation.Id}");
        await AuditTable.AddAsync(sql, tenant.Id, line);
        return new Acceptance(invitation, Refusal: null);
    }

    /// <summary>
    /// Revokes the open invitations of a member who is removed, or whose new role can't give theirs. The audit log has a line about each.
    /// </summary>
    /// <param name="sql">The transaction.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="accountId">The member.</param>
    /// <param name="role">The new role, or <c>null</c> if the member is removed.</param>
    /// <param name="cause">The line about the member.</param>
    public static async Task RevokeOfAsync(Sql sql, Guid tenantId, Guid accountId, Role? role, AuditLine cause)
    {
        var open = await sql.ListAsync<Invitation>(
            $"{Select} where i.tenant_id = @tenantId and i.invited_by = @accountId order by i.id", new { tenantId, accountId });
        foreach (var invitation in open.Where(invitation => role?.MayManage(invitation.Role) != true))
        {
            await sql.ExecuteAsync(
                "delete from invitations where tenant_id = @tenantId and id = @Id", new { tenantId, invitation.Id });
            var line = new AuditLine(
                cause.By, AuditActions.InvitationRevoked, cause.At, invitation.Id.ToString(), "Its sender lost the right to invite");
            await AuditTable.AddAsync(sql, tenantId, line);
        }
    }

    // The sender's row is locked, so that a concurrent change of the role is before or after the acceptance.
    private static async Task<bool> MayBeGivenAsync(Sql sql, AccountDatabase database, Invitation invitation)
    {
        var sender = await sql.FindAsync<Sender>(
            $"select role, suspended_at from members where tenant_id = @TenantId and account_id = @InvitedBy{database.ForUpdate}",
            new { invitation.TenantId, invitation.InvitedBy });
        return sender is { SuspendedAt: null } && sender.Role.MayManage(invitation.Role);
    }

    public static async Task<int> RecomputeAddressKeysAsync(Sql sql, string condition)
    {
        var changed = 0;
        foreach (var invitation in await sql.ListAsync<Invitation>($"{Select} where {condition} order by i.id desc"))
        {
            var parameters = new { invitation.TenantId, invitation.Id, key = KeyOf(invitation.Email) };
            const string Same = "tenant_id = @TenantId and email_key = @key", This = "tenant_id = @TenantId and id = @Id";
            await sql.ExecuteAsync($"delete from invitations where {Same} and id < @Id", parameters);
            var isTaken = await sql.ValueAsync<long>($"select count(*) from invitations where {Same}", parameters) > 0;
            changed += await sql.ExecuteAsync(
                isTaken ? $"delete from invitations where {This}" : $"update invitations set email_key = @key where {This}", parameters);
        }

        return changed;
    }

    private static string KeyOf(string email) => EmailAddress.OfStored(email).Key;

    private sealed class Sender
    {
        public required Role Role { get; init; }

        public DateTimeOffset? SuspendedAt { get; init; }
    }

    private sealed class Link
    {
        public required byte[] Hash { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }
    }
}
