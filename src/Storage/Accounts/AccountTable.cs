using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>accounts</c>.</summary>
internal sealed class AccountTable(AccountDatabase database) : IAccounts
{
    private static readonly string[] ColumnNames =
    [
        "id", "email", "name", "password_hash", "password_proved", "password_changed_at", "github_id", "github_login",
        "github_linked_at", "credentials_version", "devices_known_since", "created_at",
    ];

    public Task<Account?> FindByEmailAsync(EmailAddress email, CancellationToken cancellationToken) =>
        FindAsync("email_key = @key", new { key = email.Key }, cancellationToken);

    public Task<Account?> FindAsync(Guid accountId, CancellationToken cancellationToken) =>
        FindAsync("id = @accountId", new { accountId }, cancellationToken);

    public Task<Account?> FindByGithubAsync(long githubId, CancellationToken cancellationToken) =>
        FindAsync("github_id = @githubId", new { githubId }, cancellationToken);

    public Task<bool> HasRemovedGithubAsync(Guid accountId, long githubId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql => await sql.ValueAsync<long>(
                "select count(*) from removed_github_links where account_id = @accountId and github_id = @githubId",
                new { accountId, githubId }) > 0,
            cancellationToken);

    public async Task<SignUpOutcome> CreateAsync(Account account, Admission admission, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(
                async sql =>
                {
                    // The lock precedes the insert: of two concurrent first accounts, the second one waits and then sees the owner.
                    if (admission is Admission.ServerOwner server && !await IsOwnerlessAsync(sql, server.TenantId))
                        return SignUpOutcome.Closed;
                    if (!await InsertAsync(sql, account))
                        return SignUpOutcome.EmailTaken;
                    // After the insert, which waits for a concurrent change from this address.
                    if (await EmailChangeTable.FindUndoAsync(sql, EmailAddress.OfStored(account.Email), admission.Now) is not null)
                        throw new RefusedException(SignUpOutcome.EmailTaken);
                    await AdmitAsync(sql, account, admission);
                    return SignUpOutcome.Created;
                },
                cancellationToken);
        }
        catch (RefusedException refusal)
        {
            return refusal.Outcome;
        }
    }

    public Task RenameAsync(Guid accountId, string name, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync("update accounts set name = @name where id = @accountId", new { accountId, name }),
            cancellationToken);

    public Task<bool> SetPasswordAsync(
        Account account, string passwordHash, Guid? keptSession, bool endTokens, WaitingMail? notice, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (!await IsUnchangedAsync(sql, account))
                    return false;
                await SetPasswordAsync(sql, account.Id, passwordHash, now, isProved: false, keptSession);
                if (endTokens)
                    await ApiTokenTable.RevokeAllAsync(sql, account.Id, "The password was changed", now);
                await MailTable.AddAsync(sql, notice);
                return true;
            },
            cancellationToken);

    public Task<bool> ResetPasswordAsync(
        byte[] token, string passwordHash, WaitingMail? notice, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var reset = await OneTimeTokenTable.UseAsync(sql, database, token, TokenPurpose.PasswordReset, now);
                if (reset?.AccountId is not { } accountId)
                    return false;
                await SetPasswordAsync(sql, accountId, passwordHash, now, isProved: true, keptSession: null);
                await RemoveGithubAsync(sql, accountId);
                await ApiTokenTable.RevokeAllAsync(sql, accountId, "The password was reset", now);
                await MailTable.AddAsync(sql, notice);
                return true;
            },
            cancellationToken);

    public Task RehashPasswordAsync(Guid accountId, string oldHash, string newHash, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                "update accounts set password_hash = @newHash where id = @accountId and password_hash = @oldHash",
                new { accountId, oldHash, newHash }),
            cancellationToken);

    public Task<bool> LinkGithubAsync(
        Account account, long githubId, string login, WaitingMail? notice, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.TryWriteAsync(
            async sql =>
            {
                if (account.GithubId is not null || !await IsUnchangedAsync(sql, account))
                    return false;
                await sql.ExecuteAsync(
                    "update accounts set github_id = @githubId, github_login = @login, github_linked_at = @now where id = @Id",
                    new { account.Id, githubId, login, now });
                await sql.ExecuteAsync(
                    "delete from removed_github_links where account_id = @Id and github_id = @githubId", new { account.Id, githubId });
                await InvalidatePendingAsync(sql, account.Id);
                if (account.HasUnprovedPassword)
                    await RemovePasswordAsync(sql, account.Id, now);
                await MailTable.AddAsync(sql, notice);
                return true;
            },
            cancellationToken);

    public Task<bool> UnlinkGithubAsync(Account account, Guid? keptSession, WaitingMail? notice, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                if (account.GithubId is null || account.PasswordHash is null || !await IsUnchangedAsync(sql, account))
                    return false;
                await RemoveGithubAsync(sql, account.Id);
                await InvalidatePendingAsync(sql, account.Id);
                await SessionTable.EndAllAsync(sql, account.Id, keptSession);
                await MailTable.AddAsync(sql, notice);
                return true;
            },
            cancellationToken);

    public Task<int> RecomputeAddressKeysAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var condition = database.IsBeyondAscii("email_key");
                var changed = await InvitationTable.RecomputeAddressKeysAsync(sql, condition);
                var accounts = await sql.ListAsync<Account>(
                    $"select {Columns("a")} from accounts a where {condition} order by a.created_at, a.id");
                foreach (var account in accounts)
                {
                    changed += await sql.ExecuteAsync(
                        """
                        update accounts set email_key = @key
                        where id = @Id and not exists (select 1 from accounts where email_key = @key)
                        """,
                        new { account.Id, key = EmailAddress.OfStored(account.Email).Key });
                }

                return changed;
            },
            cancellationToken);

    public async Task<AccountDeletion> DeleteAsync(
        Guid accountId, Guid? serverTenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (kept, deletions) = await database.WriteAsync(sql => BeginDeletionAsync(sql, accountId, serverTenant, now), cancellationToken);
        var removed = Removed.Nothing;
        foreach (var deletion in deletions)
            removed = removed.Plus(await deletion.FinishAsync(database, cancellationToken));
        await database.EraseDeletedAsync(cancellationToken);
        return new AccountDeletion(kept, removed);
    }

    public static string Columns(string alias) => string.Join(", ", ColumnNames.Select(name => $"{alias}.{name}"));

    /// <summary>Finds an account. Returns <c>null</c> if there is none.</summary>
    public static Task<Account?> FindAsync(Sql sql, Guid accountId) => FindAsync(sql, "id = @accountId", new { accountId });

    /// <summary>Finds an account and locks its row until the transaction ends. Returns <c>null</c> if there is none.</summary>
    public static Task<Account?> LockAsync(Sql sql, AccountDatabase database, Guid accountId) =>
        sql.FindAsync<Account>($"select {Columns("a")} from accounts a where id = @accountId{database.ForUpdate}", new { accountId });

    /// <summary>
    /// Must be called after each change of the credentials of a locked account. Invalidates what was started before: links and requests for
    /// them, an unconfirmed second factor, and concurrent sign-ins.
    /// </summary>
    public static async Task InvalidatePendingAsync(Sql sql, Guid accountId)
    {
        await sql.ExecuteAsync(
            "update accounts set credentials_version = credentials_version + 1 where id = @accountId", new { accountId });
        await sql.ExecuteAsync("delete from one_time_tokens where account_id = @accountId", new { accountId });
        await sql.ExecuteAsync("delete from totp where account_id = @accountId and confirmed_at is null", new { accountId });
        await MailTable.RemoveResetsAsync(sql, accountId);
    }

    /// <summary>Removes the link to GitHub of a locked account, and remembers that it was removed.</summary>
    public static async Task RemoveGithubAsync(Sql sql, Guid accountId)
    {
        await sql.ExecuteAsync(
            """
            insert into removed_github_links (account_id, github_id)
            select id, github_id from accounts where id = @accountId and github_id is not null on conflict do nothing
            """,
            new { accountId });
        await sql.ExecuteAsync(
            "update accounts set github_id = null, github_login = null, github_linked_at = null where id = @accountId", new { accountId });
    }

    private static Task<Account?> FindAsync(Sql sql, string condition, object parameters) =>
        sql.FindAsync<Account>($"select {Columns("a")} from accounts a where {condition}", parameters);

    private static async Task<int> SetPasswordAsync(
        Sql sql, Guid accountId, string passwordHash, DateTimeOffset now, bool isProved, Guid? keptSession)
    {
        await sql.ExecuteAsync(
            """
            update accounts set
                password_hash = @passwordHash, password_changed_at = @changedAt, password_proved = (password_proved or @isProved),
                devices_known_since = @now
            where id = @accountId
            """,
            new { accountId, passwordHash, changedAt = isProved ? (DateTimeOffset?)null : now, isProved, now });
        await InvalidatePendingAsync(sql, accountId);
        return await SessionTable.EndAllAsync(sql, accountId, keptSession);
    }

    private static async Task RemovePasswordAsync(Sql sql, Guid accountId, DateTimeOffset now)
    {
        await sql.ExecuteAsync("update accounts set password_hash = null where id = @accountId", new { accountId });
        await SessionTable.EndAllAsync(sql, accountId, kept: null);
        await ApiTokenTable.RevokeAllAsync(sql, accountId, "The password was void", now);
    }

    private static async Task<bool> InsertAsync(Sql sql, Account account)
    {
        var email = EmailAddress.OfStored(account.Email);
        var parameters = new
        {
            account.Id, account.Email, email.Key, account.Name, account.PasswordHash, account.PasswordProved, account.GithubId,
            account.GithubLogin, account.GithubLinkedAt, account.CreatedAt,
        };
        await OneTimeTokenTable.DeleteSignUpsAsync(sql, email);
        return await sql.ExecuteAsync(
            """
            insert into accounts (
                id, email, email_key, name, password_hash, password_proved, github_id, github_login, github_linked_at, created_at)
            values (
                @Id, @Email, @Key, @Name, @PasswordHash, @PasswordProved, @GithubId, @GithubLogin, @GithubLinkedAt, @CreatedAt)
            on conflict do nothing
            """,
            parameters) > 0;
    }

    private async Task AdmitAsync(Sql sql, Account account, Admission admission)
    {
        switch (admission)
        {
            case Admission.OwnTenant own:
                await TenantTable.CreateAsync(sql, database, own.TenantId, own.TenantName, own.PlanId, account.Id, own.Now);
                // The sign-up succeeds even if the invitation has expired in the meantime, because the account has its own tenant.
                if (own.Invitation is { } token)
                    await InvitationTable.AcceptAsync(sql, database, token, account, own.Now);
                return;
            case Admission.ServerOwner server:
                await MemberTable.AddAsync(sql, server.TenantId, account.Id, Role.Owner, server.Now);
                await AuditTable.AddAsync(
                    sql, server.TenantId, new AuditLine(new Actor(account.Id), AuditActions.TenantCreated, server.Now));
                return;
            case Admission.Invited invited:
                if (await InvitationTable.AcceptAsync(sql, database, invited.Token, account, invited.Now) is not { Refusal: null })
                    throw new RefusedException(SignUpOutcome.Closed);
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(admission));
        }
    }

    private async Task<(List<Tenant> Kept, List<ProjectDeletion> Deletions)> BeginDeletionAsync(
        Sql sql, Guid accountId, Guid? serverTenant, DateTimeOffset now)
    {
        // All tenants are locked before the ownership is read. Otherwise a tenant that is transferred to the account concurrently would
        // lose its owner.
        await sql.ListAsync<Guid>(
            $"""
            select id from tenants where id in (select tenant_id from members where account_id = @accountId)
            order by id{database.ForUpdate}
            """,
            new { accountId });
        await LockAsync(sql, database, accountId);
        var ownerships = await TenantTable.ListMembershipsAsync(sql, $"m.role = {(int)Role.Owner}", new { accountId });
        var owned = ownerships.Select(membership => membership.Tenant).ToArray();
        List<Tenant> kept = [];
        foreach (var tenant in owned)
        {
            if (tenant.Id == serverTenant || await MemberTable.CountAsync(sql, tenant.Id) > 1)
                kept.Add(tenant);
        }

        List<ProjectDeletion> deletions = [];
        if (kept.Count > 0)
            return (kept, deletions);
        foreach (var tenant in owned)
            deletions.Add(await TenantTable.BeginDeletionAsync(sql, tenant.Id, now));
        await RemoveAsync(sql, accountId, now);
        return (kept, deletions);
    }

    private static async Task RemoveAsync(Sql sql, Guid accountId, DateTimeOffset now)
    {
        var line = new AuditLine(new Actor(accountId), AuditActions.MemberLeft, now, accountId.ToString());
        var tenants = await sql.ListAsync<Guid>("select tenant_id from members where account_id = @accountId", new { accountId });
        foreach (var tenantId in tenants)
        {
            var keys = await KeyTable.LeaveReadKeysAsync(sql, tenantId, accountId, ends: false, line);
            await AuditTable.AddAsync(sql, tenantId, line with { Detail = keys });
            await InvitationTable.RevokeOfAsync(sql, tenantId, accountId, role: null, line);
        }

        await SecondFactorTable.RemoveAsync(sql, accountId);
        foreach (var table in (string[])[
            "api_tokens", "sessions", "one_time_tokens", "email_undos", "sign_ins", "spent_quotas", "removed_github_links", "members"])
            await sql.ExecuteAsync($"delete from {table} where account_id = @accountId", new { accountId });
        foreach (var tenantId in tenants)
            await Suspensions.UpdateAsync(sql, tenantId, now);
        await sql.ExecuteAsync(
            "delete from invitations where email_key = (select email_key from accounts where id = @accountId)", new { accountId });
        await sql.ExecuteAsync("delete from accounts where id = @accountId", new { accountId });
    }

    // Locks the account and returns whether the caller's copy is still valid.
    private async Task<bool> IsUnchangedAsync(Sql sql, Account account) =>
        (await LockAsync(sql, database, account.Id))?.CredentialsVersion == account.CredentialsVersion;

    private async Task<bool> IsOwnerlessAsync(Sql sql, Guid tenantId)
    {
        await sql.ValueAsync<Guid>($"select id from tenants where id = @tenantId{database.ForUpdate}", new { tenantId });
        return !await TenantTable.HasOwnerAsync(sql, tenantId);
    }

    private Task<Account?> FindAsync(string condition, object parameters, CancellationToken cancellationToken) =>
        database.ReadAsync(sql => FindAsync(sql, condition, parameters), cancellationToken);

    /// <summary>
    /// Rolls back a sign-up whose invitation is invalid or for another address, or whose address an account can restore.
    /// </summary>
    private sealed class RefusedException(SignUpOutcome outcome) : Exception
    {
        public SignUpOutcome Outcome => outcome;
    }
}
