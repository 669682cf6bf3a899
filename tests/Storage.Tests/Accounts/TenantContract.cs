using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Tenants, members, API tokens and the audit log.</summary>
public abstract class TenantContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task The_plan_is_the_quota_of_every_key()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Free);
        var key = await _world.KeyAsync((await _world.ProjectAsync(tenantId)).Id);
        Assert.Equal(10_000, (await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project.MonthlyQuota);

        var after = await _world.Accounts.Tenants.SetPlanAsync(
            tenantId, PlanId.Pro, CustomLimits.None, _world.Line(AuditActions.PlanChanged), default);
        Assert.Equal(PlanId.Pro, after!.PlanId);
        Assert.Equal(100_000, (await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project.MonthlyQuota);

        await _world.Accounts.Tenants.SetPlanAsync(
            tenantId, PlanId.Enterprise, new CustomLimits(7, 8, 9, 10), _world.Line(AuditActions.PlanChanged), default);
        var found = await _world.Elsewhere.Tenants.FindAsync(tenantId, default);
        Assert.Equal((7, 8, 9, 10), (found!.Plan.EventsPerMonth, found.Plan.KeptDays, found.Plan.Members, found.Plan.Projects));
        Assert.Equal(7, (await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project.MonthlyQuota);
        Assert.Null(await _world.Accounts.Tenants.SetPlanAsync(Guid.NewGuid(), PlanId.Pro, CustomLimits.None, _world.Line(), default));
    }

    [Fact]
    public async Task A_plan_that_is_set_by_several_processes_at_once_is_changed_and_recorded_once()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var custom = new CustomLimits(7, 8, 9, 10);

        var set = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => Task.Run(() => (i % 2 == 0 ? _world.Accounts : _world.Elsewhere)
            .Tenants.SetPlanAsync(tenantId, PlanId.Enterprise, custom, _world.Line(AuditActions.PlanChanged), default))));

        Assert.All(set, tenant => Assert.Equal((PlanId.Enterprise, custom), (tenant!.PlanId, tenant.Plan.Custom)));
        // As it is stored, or a notice about it would be another one in each process.
        Assert.Single(set.Distinct());
        Assert.Equal(set[0], await _world.Elsewhere.Tenants.FindAsync(tenantId, default));
        var lines = await _world.Accounts.Audit.ReadAsync(tenantId, null, 100, default);
        Assert.Single(lines, line => line.Action == AuditActions.PlanChanged);
    }

    [Fact]
    public async Task A_plan_is_not_changed_when_it_is_too_late()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Free);

        await Assert.ThrowsAsync<TooLateException>(() => _world.Accounts.Tenants.SetPlanAsync(
            tenantId, PlanId.Pro, CustomLimits.None, _world.Line(AuditActions.PlanChanged), () => false, default));

        Assert.Equal(PlanId.Free, (await _world.Elsewhere.Tenants.FindAsync(tenantId, default))!.PlanId);
        Assert.DoesNotContain(
            await _world.Accounts.Audit.ReadAsync(tenantId, null, 100, default), line => line.Action == AuditActions.PlanChanged);
    }

    [Fact]
    public async Task A_downgrade_keeps_the_days_until_14_days_after_the_notice()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Business);
        var told = _world.Now.AddDays(2);
        Assert.False(await _world.Accounts.Tenants.SetDowngradeNoticeAsync(tenantId, _world.Now, told, default));
        await _world.Accounts.Tenants.SetPlanAsync(tenantId, PlanId.Free, CustomLimits.None, _world.Line(), default);
        var tenant = await _world.Accounts.Tenants.FindAsync(tenantId, default);
        Assert.Equal((730, 730), (tenant!.KeptDaysAt(_world.Now), tenant.KeptDaysAt(_world.Now.AddDays(400))));
        Assert.Contains(await _world.Elsewhere.Tenants.ListWithoutDowngradeNoticeAsync(default), untold => untold.Id == tenantId);
        Assert.False(
            await _world.Accounts.Tenants.SetDowngradeNoticeAsync(tenantId, tenant.DowngradedAt!.Value.AddSeconds(-1), told, default));
        Assert.True(await _world.Accounts.Tenants.SetDowngradeNoticeAsync(tenantId, tenant.DowngradedAt.Value, told, default));
        Assert.False(await _world.Elsewhere.Tenants.SetDowngradeNoticeAsync(tenantId, tenant.DowngradedAt.Value, told, default));
        Assert.DoesNotContain(await _world.Elsewhere.Tenants.ListWithoutDowngradeNoticeAsync(default), untold => untold.Id == tenantId);
        tenant = await _world.Accounts.Tenants.FindAsync(tenantId, default);
        Assert.Equal((730, 30), (tenant!.KeptDaysAt(told.AddDays(14).AddTicks(-1)), tenant.KeptDaysAt(told.AddDays(14))));
    }

    [Fact]
    public async Task However_many_tenants_are_made_at_once_the_gate_is_kept_exactly()
    {
        var (owner, _) = await _world.TenantAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere)
                .Tenants.CreateAsync(
                    Guid.CreateVersion7(),
                    $"t{i}",
                    PlanId.Free,
                    owner.Id,
                    others => others.Count < 3,
                    _world.Now,
                    default))));
        Assert.Equal(2, made.Count(one => one));
        Assert.Equal(3, (await _world.Accounts.Tenants.ListOfAsync(owner.Id, default)).Count);
    }

    [Fact]
    public async Task Who_is_no_member_finds_no_tenant_and_no_project()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var (stranger, _) = await _world.TenantAsync();
        var project = await _world.ProjectAsync(tenantId);
        Assert.NotNull(await _world.Accounts.Tenants.FindMembershipAsync(tenantId, owner.Id, default));
        Assert.Equal(tenantId, (await _world.Accounts.Tenants.FindMembershipOfProjectAsync(project.Id, owner.Id, default))!.Tenant.Id);
        Assert.Null(await _world.Accounts.Tenants.FindMembershipAsync(tenantId, stranger.Id, default));
        Assert.Null(await _world.Accounts.Tenants.FindMembershipOfProjectAsync(project.Id, stranger.Id, default));
    }

    [Fact]
    public async Task Roles_change_but_never_the_owners()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var member = await _world.MemberAsync(tenantId, Role.Member);
        Assert.True(await _world.Accounts.Members.SetRoleAsync(tenantId, member.Id, Role.Admin, _world.Line(), default));
        Assert.Equal(Role.Admin, (await _world.Accounts.Tenants.FindMembershipAsync(tenantId, member.Id, default))!.Role);
        Assert.False(await _world.Accounts.Members.SetRoleAsync(tenantId, owner.Id, Role.Viewer, _world.Line(), default));
        Assert.False(await _world.Accounts.Members.RemoveAsync(tenantId, owner.Id, _world.Line(), default));
    }

    [Fact]
    public async Task A_token_acts_for_its_account_until_that_leaves()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var member = await _world.MemberAsync(tenantId, Role.Member);
        var (token, hash) = await _world.AddTokenAsync(tenantId, member);
        var bearer = await _world.Elsewhere.ApiTokens.FindAsync(hash, _world.Now, default);
        Assert.Equal((token, member, Role.Member), (bearer!.Token, bearer.Account, bearer.Membership.Role));
        Assert.Null(await _world.Accounts.ApiTokens.FindAsync(hash, _world.Now.AddDays(1), default));
        await _world.Accounts.ApiTokens.TouchAsync(token.Id, _world.Now, default);
        Assert.Equal(_world.Now, Assert.Single(await _world.Accounts.ApiTokens.ListAsync(member.Id, default)).LastUsedAt);
        Assert.True(await _world.Accounts.Members.RemoveAsync(tenantId, member.Id, _world.Line(AuditActions.MemberRemoved), default));
        Assert.Null(await _world.Accounts.ApiTokens.FindAsync(hash, _world.Now, default));
        Assert.False(await _world.Accounts.ApiTokens.RevokeAsync(member.Id, token.Id, _world.Line(), default));
    }

    [Fact]
    public async Task The_audit_log_is_read_page_by_page_newest_first()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        for (var i = 0; i < 5; i++)
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(2));
            await _world.Accounts.Audit.AddAsync(
                tenantId, new AuditLine(new Actor(owner.Id), AuditActions.AuditExported, _world.Now, $"{i}", "detail"), default);
        }

        var first = await _world.Accounts.Audit.ReadAsync(tenantId, null, 3, default);
        var second = await _world.Accounts.Audit.ReadAsync(tenantId, first[^1].Id, 10, default);
        Assert.Equal(["4", "3", "2"], first.Select(entry => entry.Target!));
        Assert.Equal(["1", "0", null], second.Select(entry => entry.Target));
        Assert.All(first, entry => Assert.Equal((owner.Id, owner.Email), (entry.AccountId!.Value, entry.Email)));
        Assert.Empty(await _world.Accounts.Audit.ReadAsync(Guid.NewGuid(), null, 10, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_read_keys_of_a_member_who_is_removed_end_on_request_and_the_audit_log_says_whether(bool ends)
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var member = await _world.MemberAsync(tenantId, Role.Member);
        var project = await _world.ProjectAsync(tenantId);
        var (read, write) = (await AddAsync(KeyKind.Read, member), await AddAsync(KeyKind.Live, member));
        var owners = await AddAsync(KeyKind.Read, owner);
        var rotated = (await _world.Keys.RotateAsync(
            project.Id, owners.KeyId, _world.Now, kind => _world.NewKey(project.Id, kind), _world.Line(by: member.Id), default)).Key!;
        var other = await AddAsync(KeyKind.Read, owner);

        var line = _world.Line(AuditActions.MemberRemoved, owner.Id) with { Target = member.Id.ToString() };
        Assert.True(await _world.Accounts.Members.RemoveAsync(tenantId, member.Id, ends, line, default));
        foreach (var key in (NewKey[])[read, rotated])
            Assert.Equal(!ends, await _world.Keys.FindKeyAsync(key.Hash, _world.Now, default) is not null);
        foreach (var key in (NewKey[])[write, other])
            Assert.NotNull(await _world.Keys.FindKeyAsync(key.Hash, _world.Now, default));
        var log = await _world.Accounts.Audit.ReadAsync(tenantId, null, 100, default);
        Assert.Equal(
            $"read keys of the member: 2 {(ends ? "ended" : "still valid")}",
            Assert.Single(log, entry => entry.Action == AuditActions.MemberRemoved).Detail);
        Assert.Equal(ends ? 2 : 0, log.Count(entry => entry.Action == AuditActions.KeyRevoked));

        async Task<NewKey> AddAsync(KeyKind kind, Account by)
        {
            var key = _world.NewKey(project.Id, kind);
            Assert.True(await _world.Keys.AddAsync(key, _world.Line(AuditActions.KeyCreated, by.Id), default));
            return key;
        }
    }

    [Fact]
    public async Task A_member_who_was_removed_leaves_nothing_that_gives_access()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var member = await _world.MemberAsync(tenantId, Role.Admin);
        var project = await _world.ProjectAsync(tenantId);
        var owners = _world.NewKey(project.Id, KeyKind.Read);
        Assert.True(await _world.Keys.AddAsync(owners, _world.Line(AuditActions.KeyCreated, owner.Id), default));
        Assert.True(await _world.Accounts.Members.RemoveAsync(tenantId, member.Id, true, _world.Line(by: owner.Id), default));

        // Requests that were admitted before the removal and reach the database after it.
        var line = _world.Line(by: member.Id);
        await Assert.ThrowsAsync<MembershipEndedException>(
            () => _world.Keys.AddAsync(_world.NewKey(project.Id, KeyKind.Read), line, default));
        await Assert.ThrowsAsync<MembershipEndedException>(() => _world.Keys.RotateAsync(
            project.Id, owners.KeyId, _world.Now, kind => _world.NewKey(project.Id, kind), line, default));
        await Assert.ThrowsAsync<MembershipEndedException>(() => _world.AddTokenAsync(tenantId, member));
        await Assert.ThrowsAsync<MembershipEndedException>(() => _world.ProjectAsync(tenantId, by: member.Id));
        await Assert.ThrowsAsync<MembershipEndedException>(() => _world.InviteAsync(tenantId, "b@example.org", by: member.Id));
        Assert.Equal(owners.KeyId, Assert.Single(await _world.Keys.ListAsync(project.Id, _world.Now, default)).Id);
        Assert.Empty(await _world.Accounts.ApiTokens.ListAsync(member.Id, default));
        Assert.Empty(await _world.Accounts.Invitations.ListAsync(tenantId, _world.Now, default));
    }

    [Fact]
    public async Task Read_keys_that_a_member_makes_while_he_is_removed_end_or_are_not_made()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        for (var round = 0; round < 10; round++)
        {
            var member = await _world.MemberAsync(tenantId, Role.Admin);
            var project = await _world.ProjectAsync(tenantId);
            var keys = Enumerable.Range(0, 8).Select(_ => _world.NewKey(project.Id, KeyKind.Read)).ToList();
            var made = keys.Select(key => Task.Run(() => AddAsync(key))).ToList();
            var removed = Task.Run(
                () => _world.Accounts.Members.RemoveAsync(tenantId, member.Id, true, _world.Line(by: owner.Id), default));
            await Task.WhenAll([.. made, removed]);
            Assert.DoesNotContain(
                await _world.Keys.ListAsync(project.Id, _world.Now, default), key => key.RevokedAt is null);

            async Task AddAsync(NewKey key)
            {
                try
                {
                    await _world.Keys.AddAsync(key, _world.Line(AuditActions.KeyCreated, member.Id), default);
                }
                catch (MembershipEndedException)
                {
                    // The removal came first.
                }
            }
        }
    }

    [Fact]
    public async Task Tenants_that_were_above_their_plan_before_there_were_suspensions_are_found_and_suspended_once()
    {
        var (_, tenantId) = await _world.TenantAsync();
        var admin = await _world.MemberAsync(tenantId, Role.Admin);
        for (var i = 0; i < 4; i++)
            await _world.ProjectAsync(tenantId);
        var (_, within) = await _world.TenantAsync();
        await _world.MemberAsync(within, Role.Admin);
        await _world.Accounts.Tenants.SetPlanAsync(tenantId, PlanId.Free, CustomLimits.None, _world.Line(), default);
        await harness.ResumeAllAsync("members");
        await harness.ResumeAllAsync("projects");

        await _world.Accounts.Tenants.SuspendSurplusAsync(_world.Now, default);
        var since = await SinceAsync();
        Assert.Contains(tenantId, (await _world.Accounts.Tenants.ListSuspendedAsync(default)).Select(tenant => tenant.Id));
        Assert.DoesNotContain(within, (await _world.Accounts.Tenants.ListSuspendedAsync(default)).Select(tenant => tenant.Id));
        harness.Time.Advance(TimeSpan.FromDays(1));
        await _world.Accounts.Tenants.SuspendSurplusAsync(_world.Now, default);
        Assert.Equal(since, await SinceAsync());

        async Task<(DateTimeOffset?, DateTimeOffset?)> SinceAsync()
        {
            var members = await _world.Accounts.Members.ListAsync(tenantId, default);
            var projects = await _world.Accounts.Projects.ListAsync(tenantId, default);
            return (
                Assert.Single(members, member => member.IsSuspended && member.AccountId == admin.Id).SuspendedAt,
                Assert.Single(projects, project => project.IsSuspended).SuspendedAt);
        }
    }

    [Fact]
    public async Task Whatever_happens_at_once_no_more_projects_and_members_are_active_than_the_plan_allows_and_all_come_back()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        for (var i = 0; i < 3; i++)
            await _world.MemberAsync(tenantId, Role.Admin);
        for (var i = 0; i < 6; i++)
            await _world.ProjectAsync(tenantId);
        var first = (await _world.Accounts.Projects.ListAsync(tenantId, default)).MinBy(project => project.Id)!;
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, 4).Select(i => Task.Run(() => SetAsync(i % 2 == 0 ? PlanId.Free : PlanId.Business))),
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => _world.ProjectAsync(tenantId))),
            Task.Run(() => _world.Elsewhere.Projects.DeleteAsync(first.Id, _world.Line(), default)),
        ]);

        await SetAsync(PlanId.Free);
        await _world.ProjectAsync(tenantId);
        var projects = await _world.Accounts.Projects.ListAsync(tenantId, default);
        var oldest = projects.OrderBy(project => project.CreatedAt).ThenBy(project => project.Id).Take(3).Select(project => project.Id);
        Assert.Equal(oldest.ToHashSet(), projects.Where(project => !project.IsSuspended).Select(project => project.Id).ToHashSet());
        Assert.Equal(10, projects.Count);
        var active = Assert.Single(await _world.Accounts.Members.ListAsync(tenantId, default), member => !member.IsSuspended);
        Assert.Equal(owner.Id, active.AccountId);
        Assert.False((await _world.Accounts.Tenants.FindMembershipAsync(tenantId, owner.Id, default))!.IsSuspended);
        var key = await _world.KeyAsync(projects.First(project => project.IsSuspended).Id);
        Assert.True((await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project.IsSuspended);

        await SetAsync(PlanId.Business);
        Assert.DoesNotContain(await _world.Accounts.Projects.ListAsync(tenantId, default), project => project.IsSuspended);
        Assert.DoesNotContain(await _world.Accounts.Members.ListAsync(tenantId, default), member => member.IsSuspended);
        Assert.False((await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project.IsSuspended);

        Task SetAsync(PlanId plan) =>
            _world.Accounts.Tenants.SetPlanAsync(tenantId, plan, CustomLimits.None, _world.Line(AuditActions.PlanChanged), default);
    }

    [Fact]
    public async Task An_invitation_that_is_accepted_while_its_sender_loses_the_right_is_accepted_before_or_void()
    {
        for (var run = 0; run < 10; run++)
        {
            var (_, tenantId) = await _world.TenantAsync();
            var (sender, guest) = (await _world.MemberAsync(tenantId, Role.Admin), (await _world.TenantAsync()).Owner);
            var (_, hash) = await _world.InviteAsync(tenantId, guest.Email, Role.Admin, by: sender.Id);
            var accepting = Task.Run(() => _world.Accounts.Invitations.AcceptAsync(hash, guest, _world.Now, default));
            var losing = Task.Run(() => run % 2 == 0
                ? _world.Elsewhere.Members.SetRoleAsync(tenantId, sender.Id, Role.Viewer, _world.Line(), default)
                : _world.Elsewhere.Members.RemoveAsync(tenantId, sender.Id, _world.Line(), default));
            Assert.True(await losing);
            var isMember = await _world.Accounts.Tenants.FindMembershipAsync(tenantId, guest.Id, default) is not null;
            Assert.Equal((await accepting) is not null, isMember);
            Assert.Empty(await _world.Accounts.Invitations.ListAsync(tenantId, _world.Now, default));
        }
    }
}
