using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>How accounts begin and end.</summary>
public abstract class SignUpContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task An_account_is_found_by_its_address_in_any_case()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var found = await _world.Elsewhere.Accounts.FindByEmailAsync(EmailAddress.TryParse(owner.Email.ToUpperInvariant())!, default);
        Assert.Equal(owner, found);
        Assert.Equal(owner, await _world.Accounts.Accounts.FindAsync(owner.Id, default));
        var membership = Assert.Single(await _world.Accounts.Tenants.ListOfAsync(owner.Id, default));
        Assert.Equal((tenantId, Role.Owner), (membership.Tenant.Id, membership.Role));
        Assert.Null(await _world.Accounts.Accounts.FindAsync(Guid.NewGuid(), default));
    }

    [Fact]
    public async Task Of_many_sign_ups_with_one_address_one_wins()
    {
        var email = $"{Guid.NewGuid():N}@example.org";
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere).Accounts.CreateAsync(
                AccountWorld.NewAccount(i % 3 == 0 ? email.ToUpperInvariant() : email), new Admission.OwnTenant(
                    Guid.CreateVersion7(), "One", 0, null, _world.Now), default))));
        Assert.Single(outcomes, SignUpOutcome.Created);
        Assert.Equal(9, outcomes.Count(outcome => outcome == SignUpOutcome.EmailTaken));
    }

    [Fact]
    public async Task Of_many_first_sign_ups_one_owns_the_server()
    {
        var server = await harness.Store.Projects.EnsureDefaultTenantAsync(default);
        Assert.False(await _world.Accounts.Tenants.HasOwnerAsync(server, default));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere)
                .Accounts.CreateAsync(AccountWorld.NewAccount(), new Admission.ServerOwner(server, _world.Now), default))));
        Assert.Single(outcomes, SignUpOutcome.Created);
        Assert.Equal(7, outcomes.Count(outcome => outcome == SignUpOutcome.Closed));
        var owner = Assert.Single(await _world.Accounts.Members.ListAsync(server, default));
        var deletion = await _world.Accounts.Accounts.DeleteAsync(owner.AccountId, server, _world.Now, default);
        Assert.Equal(server, Assert.Single(deletion.StillOwned).Id);
        Assert.NotNull(await _world.Accounts.Accounts.FindAsync(owner.AccountId, default));
    }

    [Fact]
    public async Task An_invitation_admits_its_address_once()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var guest = AccountWorld.NewAccount();
        var (_, hash) = await _world.InviteAsync(tenantId, guest.Email.ToUpperInvariant(), Role.Viewer);

        var stranger = (await _world.TenantAsync()).Owner;
        Assert.Null(await _world.Accounts.Invitations.AcceptAsync(hash, stranger, _world.Now, default));
        Assert.Equal(
            SignUpOutcome.Created, await _world.Accounts.Accounts.CreateAsync(guest, new Admission.Invited(hash, _world.Now), default));
        Assert.Equal(Role.Viewer, (await _world.Accounts.Tenants.FindMembershipAsync(tenantId, guest.Id, default))!.Role);

        Assert.Null(await _world.Accounts.Invitations.FindAsync(hash, _world.Now, default));
        Assert.Equal(
            SignUpOutcome.Closed,
            await _world.Accounts.Accounts.CreateAsync(AccountWorld.NewAccount(), new Admission.Invited(hash, _world.Now), default));
    }

    [Fact]
    public async Task An_invitation_ends_when_it_expires_or_is_revoked()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var (late, lateHash) = await _world.InviteAsync(tenantId, owner.Email);
        Assert.NotNull(await _world.Accounts.Invitations.FindAsync(lateHash, _world.Now, default));
        Assert.Null(await _world.Accounts.Invitations.FindAsync(lateHash, late.ExpiresAt, default));
        var (_, againHash) = await _world.InviteAsync(tenantId, owner.Email);
        Assert.Null(await _world.Accounts.Invitations.FindAsync(lateHash, _world.Now, default));
        var open = Assert.Single(await _world.Accounts.Invitations.ListAsync(tenantId, _world.Now, default));
        Assert.False(await _world.Accounts.Invitations.RevokeAsync(Guid.NewGuid(), open.Id, _world.Line(), default));
        Assert.True(await _world.Accounts.Invitations.RevokeAsync(tenantId, open.Id, _world.Line(), default));
        Assert.Null(await _world.Accounts.Invitations.FindAsync(againHash, _world.Now, default));
    }

    [Fact]
    public async Task Who_deletes_their_account_leaves_nothing_behind()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        await _world.KeyAsync(project.Id);
        var (_, otherTenant) = await _world.TenantAsync();
        var (_, hash) = await _world.InviteAsync(otherTenant, owner.Email);
        Assert.NotNull(await _world.Accounts.Invitations.AcceptAsync(hash, owner, _world.Now, default));
        await _world.Accounts.SecondFactors.BeginAsync(owner.Id, "secret", default);
        Assert.True(await _world.Accounts.SecondFactors.ConfirmAsync(owner.Id, 1, [new byte[32]], null, null, _world.Now, default));

        var deletion = await _world.Accounts.Accounts.DeleteAsync(owner.Id, null, _world.Now, default);
        Assert.Empty(deletion.StillOwned);
        Assert.Equal(1, deletion.Removed.Keys);
        Assert.Null(await _world.Accounts.Tenants.FindAsync(tenantId, default));
        foreach (var table in await harness.WithColumnAsync("account_id"))
        {
            if (table != "audit_log")
                Assert.Equal(0, await harness.CountAsync(table, "account_id", owner.Id));
        }

        Assert.Equal(0, await harness.CountAsync("audit_log", "tenant_id", tenantId));
        var left = Assert.Single(
            await _world.Accounts.Audit.ReadAsync(otherTenant, null, 10, default),
            entry => entry.Action == AuditActions.MemberLeft);
        Assert.Null(left.Email);
    }

    [Fact]
    public async Task Who_owns_a_tenant_with_others_in_it_must_hand_it_over_first()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var heir = await _world.MemberAsync(tenantId, Role.Viewer);
        Assert.Equal(
            tenantId, Assert.Single((await _world.Accounts.Accounts.DeleteAsync(owner.Id, null, _world.Now, default)).StillOwned).Id);
        Assert.False(await _world.Accounts.Members.HandOverAsync(tenantId, heir.Id, owner.Id, _world.Line(), default));
        Assert.False(await _world.Accounts.Members.HandOverAsync(tenantId, owner.Id, Guid.NewGuid(), _world.Line(), default));
        Assert.True(await _world.Accounts.Members.HandOverAsync(tenantId, owner.Id, heir.Id, _world.Line(), default));
        Assert.Equal(
            [(heir.Id, Role.Owner), (owner.Id, Role.Admin)],
            (await _world.Accounts.Members.ListAsync(tenantId, default)).Select(member => (member.AccountId, member.Role)));
        Assert.Empty((await _world.Accounts.Accounts.DeleteAsync(owner.Id, null, _world.Now, default)).StillOwned);
        Assert.NotNull(await _world.Accounts.Tenants.FindAsync(tenantId, default));
    }

    [Fact]
    public async Task A_tenant_that_is_handed_over_to_an_account_while_that_is_deleted_keeps_an_owner()
    {
        for (var run = 0; run < 10; run++)
        {
            var (owner, tenantId) = await _world.TenantAsync();
            var heir = await _world.MemberAsync(tenantId, Role.Admin);
            await Task.WhenAll(
                Task.Run(() => _world.Accounts.Members.HandOverAsync(tenantId, owner.Id, heir.Id, _world.Line(), default)),
                Task.Run(() => _world.Elsewhere.Accounts.DeleteAsync(heir.Id, null, _world.Now, default)));
            Assert.True(await _world.Accounts.Tenants.HasOwnerAsync(tenantId, default));
        }
    }

    [Fact]
    public async Task A_github_account_has_one_account()
    {
        var (one, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        var github = BitConverter.ToInt64(Guid.NewGuid().ToByteArray());
        Assert.True(await _world.Accounts.Accounts.LinkGithubAsync(one, github, "ada", null, _world.Now, default));
        Assert.False(await _world.Accounts.Accounts.LinkGithubAsync(other, github, "ada", null, _world.Now, default));
        Assert.Equal(one.Id, (await _world.Accounts.Accounts.FindByGithubAsync(github, default))!.Id);
    }

    [Fact]
    public async Task A_key_that_was_made_by_former_rules_becomes_todays()
    {
        var name = $"{Guid.NewGuid():N}";
        var (composed, domain) = (AccountWorld.NewAccount($"{name}@b\u00fccher.example"), $"{name}@xn--bcher-kva.example");
        var tenantId = Guid.CreateVersion7();
        await CreateAsync(composed, tenantId);
        var (older, _) = await _world.InviteAsync(tenantId, $"x{name}@b\u00fccher.example");
        await harness.ExecuteAsync($"update accounts set email_key = '{composed.Email}' where email_key = '{domain}'");
        await harness.ExecuteAsync($"update invitations set email_key = '{older.Email}' where email_key = 'x{domain}'");
        var (newer, _) = await _world.InviteAsync(tenantId, $"x{domain}");
        Assert.Equal(2, (await _world.Accounts.Invitations.ListAsync(tenantId, _world.Now, default)).Count);

        // Another account already has the recomputed key.
        var taken = AccountWorld.NewAccount($"y{name}@b\u00fccher.example");
        await CreateAsync(taken, Guid.CreateVersion7());
        await harness.ExecuteAsync($"update accounts set email_key = '{taken.Email}' where email_key = 'y{domain}'");
        var other = AccountWorld.NewAccount($"y{domain}");
        await CreateAsync(other, Guid.CreateVersion7());

        await _world.Accounts.Accounts.RecomputeAddressKeysAsync(default);
        Assert.Equal(composed.Id, (await _world.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(domain)!, default))!.Id);
        Assert.Equal(other.Id, (await _world.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(taken.Email)!, default))!.Id);
        Assert.NotNull(await _world.Accounts.Accounts.FindAsync(taken.Id, default));
        Assert.Equal(newer.Id, Assert.Single(await _world.Accounts.Invitations.ListAsync(tenantId, _world.Now, default)).Id);
    }

    [Fact]
    public async Task Another_attempt_to_mail_an_invitation_does_not_void_the_links_before_it()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var guest = AccountWorld.NewAccount();
        var (invitation, first) = await _world.InviteAsync(tenantId, guest.Email);
        var second = Core.Accounts.Secrets.SecretToken.Hash(Core.Accounts.Secrets.SecretToken.Generate());
        var renewed = await _world.Elsewhere.Invitations.RenewLinkAsync(tenantId, invitation.Id, second, _world.Now, default);
        Assert.Equal(invitation.Id, renewed!.Id);
        var third = Core.Accounts.Secrets.SecretToken.Hash(Core.Accounts.Secrets.SecretToken.Generate());
        Assert.NotNull(await _world.Accounts.Invitations.RenewLinkAsync(tenantId, invitation.Id, third, _world.Now, default));
        foreach (var link in (byte[][])[first, second, third])
            Assert.Equal(invitation.Id, (await _world.Accounts.Invitations.FindAsync(link, _world.Now, default))!.Id);
        Assert.Null(await _world.Accounts.Invitations.RenewLinkAsync(Guid.NewGuid(), invitation.Id, first, _world.Now, default));
        Assert.Null(await _world.Accounts.Invitations.RenewLinkAsync(tenantId, invitation.Id, first, invitation.ExpiresAt, default));
        var line = _world.Line(AuditActions.InvitationRevoked);
        Assert.True(await _world.Accounts.Invitations.RevokeAsync(tenantId, invitation.Id, line, default));
        Assert.Null(await _world.Accounts.Invitations.RenewLinkAsync(tenantId, invitation.Id, second, _world.Now, default));
        foreach (var link in (byte[][])[first, second, third])
            Assert.Null(await _world.Accounts.Invitations.FindAsync(link, _world.Now, default));
    }

    [Fact]
    public async Task Another_invitation_to_an_address_voids_all_links_of_the_one_before()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var guest = AccountWorld.NewAccount();
        var (invitation, first) = await _world.InviteAsync(tenantId, guest.Email);
        var second = Core.Accounts.Secrets.SecretToken.Hash(Core.Accounts.Secrets.SecretToken.Generate());
        Assert.NotNull(await _world.Accounts.Invitations.RenewLinkAsync(tenantId, invitation.Id, second, _world.Now, default));
        var (newer, third) = await _world.InviteAsync(tenantId, guest.Email);
        foreach (var link in (byte[][])[first, second])
            Assert.Null(await _world.Accounts.Invitations.FindAsync(link, _world.Now, default));
        Assert.Equal(newer.Id, (await _world.Accounts.Invitations.FindAsync(third, _world.Now, default))!.Id);
    }

    private async Task CreateAsync(Account account, Guid tenantId) => Assert.Equal(
        SignUpOutcome.Created,
        await _world.Accounts.Accounts.CreateAsync(account, new Admission.OwnTenant(tenantId, "A tenant", 0, null, _world.Now), default));
}
