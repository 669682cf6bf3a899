using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>API tokens, invitations and audit logs of an earlier version.</summary>
public sealed class AccountSecurityMigrationTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Tokens_get_an_end_invitations_a_sender_and_the_audit_log_loses_addresses(string kind)
    {
        await using var earlier = await EarlierDatabase.CreateAsync(kind, before: "account_security", Now);
        var tenant = Guid.CreateVersion7();
        await earlier.ExecuteAsync(
            "insert into tenants (id, name, plan, created_at) values (@tenant, 't', 3, @now)", ("tenant", tenant), ("now", Now));
        var (owner, viewer) = (await AccountAsync(3), await AccountAsync(0));
        byte[][] tokens = [SecretToken.Hash("forever"), SecretToken.Hash("years"), SecretToken.Hash("soon")];
        foreach (var (hash, ends) in tokens.Zip([(object)DBNull.Value, Now.AddYears(5), Now.AddDays(3)]))
        {
            await earlier.ExecuteAsync(
                """
                insert into api_tokens (tenant_id, id, account_id, name, hash, shown, created_at, expires_at)
                values (@tenant, @id, @owner, 'ci', @hash, 'tk_pat_', @now, @ends)
                """,
                ("tenant", tenant), ("id", Guid.CreateVersion7()), ("owner", owner), ("hash", hash), ("now", Now), ("ends", ends));
        }

        var (good, demoted, unknown) = (await InviteAsync(owner, "a"), await InviteAsync(viewer, "b"), await InviteAsync(null, "c"));

        await using var store = await earlier.MigrateAsync();
        foreach (var (hash, days) in tokens.Zip([90, 90, 3]))
        {
            var token = (await store.Accounts.ApiTokens.FindAsync(hash, Now, default))!.Token;
            Assert.Equal(TokenScopeRules.AllCodes, token.Scopes.Codes());
            Assert.Equal(Now.AddDays(days), token.ExpiresAt, TimeSpan.FromMinutes(10));
        }

        var kept = Assert.Single(await store.Accounts.Invitations.ListAsync(tenant, Now, default));
        Assert.Equal((good, owner), (kept.Id, kept.InvitedBy));
        var log = await store.Accounts.Audit.ReadAsync(tenant, null, 10, default);
        Assert.Equal(
            new HashSet<(string?, string?)> { ($"{good}", "as viewer"), ($"{demoted}", "as viewer") },
            log.Select(entry => (entry.Target, entry.Detail)).ToHashSet());
        Assert.NotEqual(unknown, kept.Id);

        async Task<Guid> AccountAsync(int role)
        {
            var id = Guid.CreateVersion7();
            await earlier.ExecuteAsync(
                "insert into accounts (id, email, email_key, name, created_at) values (@id, @email, @email, 'x', @now)",
                ("id", id), ("email", $"{id}@example.org"), ("now", Now));
            await earlier.ExecuteAsync(
                "insert into members (tenant_id, account_id, role, joined_at) values (@tenant, @id, @role, @now)",
                ("tenant", tenant), ("id", id), ("role", role), ("now", Now));
            return id;
        }

        async Task<Guid> InviteAsync(Guid? by, string name)
        {
            var id = Guid.CreateVersion7();
            var email = $"{name}.as.b@example.org";
            await earlier.ExecuteAsync(
                """
                insert into invitations (tenant_id, id, email, email_key, role, hash, created_at, expires_at)
                values (@tenant, @id, @email, @email, 0, @hash, @now, @until)
                """,
                ("tenant", tenant), ("id", id), ("email", email), ("hash", SecretToken.Hash(name)), ("now", Now),
                ("until", Now.AddDays(7)));
            if (by is not null)
            {
                await earlier.ExecuteAsync(
                    """
                    insert into audit_log (tenant_id, id, at, account_id, action, target, detail)
                    values (@tenant, @line, @now, @by, @action, @target, @detail)
                    """,
                    ("tenant", tenant), ("line", Guid.CreateVersion7()), ("now", Now), ("by", by.Value),
                    ("action", AuditActions.MemberInvited), ("target", $"{id}"), ("detail", $"{email} as viewer"));
            }

            return id;
        }
    }
}
