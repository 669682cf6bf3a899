using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>How accounts change their addresses.</summary>
public abstract class AddressContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task An_address_changes_once_by_its_token()
    {
        var (owner, _) = await _world.TenantAsync();
        var fresh = AccountWorld.NewAccount().Email;
        var token = await RequestAsync(owner, fresh);
        var changes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            ChangeAsync(token, _world.Now, store: i % 2 == 0 ? _world.Accounts : _world.Elsewhere))));
        Assert.Single(changes, true);
        Assert.Equal(fresh, (await _world.Accounts.Accounts.FindAsync(owner.Id, default))!.Email);
    }

    [Fact]
    public async Task A_token_changes_nothing_after_its_time_or_once_the_address_it_replaces_is_another()
    {
        var (owner, _) = await _world.TenantAsync();
        var late = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        Assert.False(await ChangeAsync(late, _world.Now.AddDays(1)));
        Assert.False(await ChangeAsync(new byte[32], _world.Now));
        Assert.True(await ChangeAsync(late, _world.Now));

        // A concurrent request that still replaces the former address.
        var stale = NewChange(owner, AccountWorld.NewAccount().Email, _world.Now);
        Assert.False(await _world.Accounts.OneTimeTokens.AddAsync(stale, default));
        Assert.False(await ChangeAsync(stale.Hash, _world.Now));
    }

    [Fact]
    public async Task A_new_request_and_a_change_void_the_requests_of_the_account_alone()
    {
        var (owner, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        var others = await RequestAsync(other, AccountWorld.NewAccount().Email);
        var first = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        var second = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        Assert.False(await ChangeAsync(first, _world.Now));
        Assert.True(await ChangeAsync(second, _world.Now));
        Assert.True(await ChangeAsync(others, _world.Now));
    }

    [Fact]
    public async Task Of_two_accounts_that_change_to_one_address_one_gets_it()
    {
        var fresh = AccountWorld.NewAccount().Email;
        var (one, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        byte[][] tokens = [await RequestAsync(one, fresh), await RequestAsync(other, fresh.ToUpperInvariant())];
        var changes = await Task.WhenAll(tokens.Select(token => Task.Run(() => ChangeAsync(token, _world.Now))));
        Assert.Single(changes, true);
    }

    [Fact]
    public async Task An_address_does_not_change_within_a_week_of_a_password_that_a_session_set()
    {
        var (owner, _) = await _world.TenantAsync();
        Assert.True(await _world.Accounts.Accounts.SetPasswordAsync(owner, "new hash", null, null, _world.Now, default));
        var week = _world.Now.AddDays(7);
        owner = await FindAsync(owner);
        Assert.False(await ChangeAsync(await RequestAsync(owner, AccountWorld.NewAccount().Email, week), week.AddMilliseconds(-1)));
        Assert.True(await ChangeAsync(await RequestAsync(owner, AccountWorld.NewAccount().Email, week), week));

        var (other, _) = await _world.TenantAsync();
        Assert.True(await _world.Accounts.Accounts.SetPasswordAsync(other, "new hash", null, null, _world.Now, default));
        var reset = await _world.ResetLinkAsync(await FindAsync(other));
        Assert.True(await _world.Accounts.Accounts.ResetPasswordAsync(reset, "hash by a link", null, _world.Now, default));
        Assert.True(await ChangeAsync(await RequestAsync(await FindAsync(other), AccountWorld.NewAccount().Email), _world.Now));
    }

    [Fact]
    public async Task An_undo_restores_the_address_and_leaves_no_other_way_in()
    {
        var (owner, tenantId) = await _world.TenantAsync();
        var (undo, store) = (NewHash(), _world.Accounts);
        Assert.True(await ChangeAsync(owner, await RequestAsync(owner, AccountWorld.NewAccount().Email), _world.Now, undo));
        var former = await store.EmailChanges.FindFormerAsync(undo, _world.Now, default);
        Assert.Equal((owner.Id, owner.Email, owner.PasswordHash), (former!.Id, former.Email, former.PasswordHash));
        Assert.Null(await store.EmailChanges.FindFormerAsync(undo, _world.Now.AddDays(7), default));
        Assert.False(await store.EmailChanges.UndoAsync(undo, [], _world.Now.AddDays(7), default));

        // Created after the change.
        var account = await FindAsync(owner);
        Assert.True(await store.Accounts.LinkGithubAsync(account, GithubId(), "ada", null, _world.Now, default));
        Assert.True(await store.Accounts.SetPasswordAsync(await FindAsync(owner), "a thief's hash", null, null, _world.Now, default));
        var session = await BeginAsync(await FindAsync(owner));
        var request = await RequestAsync(await FindAsync(owner), AccountWorld.NewAccount().Email);
        var (token, _) = await _world.AddTokenAsync(tenantId, owner);

        var undos = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            (i % 2 == 0 ? store : _world.Elsewhere).EmailChanges.UndoAsync(undo, [], _world.Now, default))));
        Assert.Single(undos, true);
        account = await FindAsync(owner);
        Assert.Equal((owner.Email, null, null), (account.Email, account.PasswordHash, account.GithubId));
        Assert.Equal(owner.Id, (await store.Accounts.FindByEmailAsync(EmailAddress.TryParse(owner.Email)!, default))!.Id);
        Assert.Null(await store.Sessions.FindAsync(session, _world.Now, default));
        Assert.False(await ChangeAsync(request, _world.Now));
        Assert.Empty(await store.ApiTokens.ListAsync(owner.Id, default));
        var audit = await store.Audit.ReadAsync(tenantId, null, 10, default);
        var line = Assert.Single(audit, entry => entry.Action == AuditActions.TokenRevoked);
        Assert.Equal((owner.Id, token.Id.ToString()), (line.AccountId, line.Target));
    }

    [Fact]
    public async Task An_undo_voids_those_of_later_changes_and_not_those_of_earlier_ones()
    {
        var (owner, _) = await _world.TenantAsync();
        byte[][] undos = [NewHash(), NewHash(), NewHash()];
        string[] addresses = [owner.Email, .. undos.Select(_ => AccountWorld.NewAccount().Email)];
        foreach (var (undo, address) in undos.Zip(addresses.Skip(1)))
            Assert.True(await ChangeAsync(owner, await RequestAsync(await FindAsync(owner), address), _world.Now, undo));
        Assert.True(await _world.Accounts.EmailChanges.UndoAsync(undos[1], [], _world.Now, default));
        Assert.Equal(addresses[1], (await FindAsync(owner)).Email);
        Assert.False(await _world.Accounts.EmailChanges.UndoAsync(undos[2], [], _world.Now, default));
        Assert.True(await _world.Accounts.EmailChanges.UndoAsync(undos[0], [], _world.Now, default));
        Assert.Equal(owner.Email, (await FindAsync(owner)).Email);
    }

    [Fact]
    public async Task A_former_address_has_no_other_account_until_the_undo_expires()
    {
        var (owner, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        var (undo, fresh) = (NewHash(), AccountWorld.NewAccount().Email);
        Assert.True(await ChangeAsync(owner, await RequestAsync(owner, fresh), _world.Now, undo));
        var week = _world.Now.AddDays(7);
        Assert.Equal(SignUpOutcome.EmailTaken, await CreateAsync(owner.Email.ToUpperInvariant(), week.AddMilliseconds(-1)));
        Assert.False(await ChangeAsync(await RequestAsync(other, owner.Email), _world.Now));
        Assert.Equal(other.Email, (await FindAsync(other)).Email);

        // The undo works; then the other address is free.
        Assert.True(await _world.Accounts.EmailChanges.UndoAsync(undo, [], _world.Now, default));
        Assert.Equal(SignUpOutcome.Created, await CreateAsync(fresh, _world.Now));

        // The account itself can have its former address again, and another one if the undo has expired or its account was deleted.
        var again = AccountWorld.NewAccount().Email;
        Assert.True(await ChangeAsync(await RequestAsync(await FindAsync(owner), again), _world.Now));
        Assert.True(await ChangeAsync(await RequestAsync(await FindAsync(owner), owner.Email), _world.Now));
        Assert.Equal(SignUpOutcome.Created, await CreateAsync(again, week));
        Assert.True(await ChangeAsync(await RequestAsync(await FindAsync(owner), AccountWorld.NewAccount().Email), _world.Now));
        Assert.Empty((await _world.Accounts.Accounts.DeleteAsync(owner.Id, null, _world.Now, default)).StillOwned);
        Assert.Equal(SignUpOutcome.Created, await CreateAsync(owner.Email, _world.Now));

        Task<SignUpOutcome> CreateAsync(string email, DateTimeOffset now) => _world.Accounts.Accounts.CreateAsync(
            AccountWorld.NewAccount(email), new Admission.OwnTenant(Guid.CreateVersion7(), "A tenant", 0, null, now), default);
    }

    [Fact]
    public async Task A_sign_up_during_a_change_of_the_address_does_not_get_the_former_one()
    {
        for (var i = 0; i < 20; i++)
        {
            var (owner, _) = await _world.TenantAsync();
            var token = await RequestAsync(owner, AccountWorld.NewAccount().Email);
            var admission = new Admission.OwnTenant(Guid.CreateVersion7(), "A tenant", 0, null, _world.Now);
            var create = Task.Run(() =>
                _world.Elsewhere.Accounts.CreateAsync(AccountWorld.NewAccount(owner.Email), admission, default));
            Assert.True(await ChangeAsync(token, _world.Now));
            Assert.Equal(SignUpOutcome.EmailTaken, await create);
        }
    }

    [Theory]
    [InlineData(null, "thief's", null)]
    [InlineData("owner's", "owner's", "owner's")]
    [InlineData("owner's", "thief's", "owner's")]
    [InlineData("owner's", null, "owner's")]
    public async Task An_undo_restores_the_second_factor(string? before, string? after, string? restored)
    {
        var (owner, _) = await _world.TenantAsync();
        var (undo, factors) = (NewHash(), _world.Accounts.SecondFactors);
        await ConfirmAsync(before);
        var request = await RequestAsync(await FindAsync(owner), AccountWorld.NewAccount().Email);
        Assert.True(await ChangeAsync(owner, request, _world.Now, undo));
        if (after != before)
            await factors.RemoveAsync(owner.Id, default);
        await ConfirmAsync(after != before ? after : null);
        Assert.True(await _world.Accounts.EmailChanges.UndoAsync(undo, [], _world.Now, default));
        var state = await factors.FindAsync(owner.Id, default);
        Assert.Equal((restored, restored is null ? null : _world.Now), (state?.ProtectedSecret, state?.ConfirmedAt));
        Assert.Equal(before is not null && after == before ? 1 : 0, state?.RecoveryCodes ?? 0);

        async Task ConfirmAsync(string? secret)
        {
            if (secret is null)
                return;
            Assert.True(await factors.BeginAsync(owner.Id, secret, default));
            Assert.True(await factors.ConfirmAsync(owner.Id, 1, [NewHash()], null, null, _world.Now, default));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_link_of_each_attempt_to_mail_an_undo_works_and_using_one_ends_all(int used)
    {
        var (owner, _) = await _world.TenantAsync();
        var (undos, changes) = ((byte[][])[NewHash(), NewHash(), NewHash()], _world.Accounts.EmailChanges);
        var token = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        var change = (await changes.ChangeAsync(token, null, _world.Now, default))!.Value;
        foreach (var undo in undos)
            Assert.True(await changes.RenewUndoAsync(owner.Id, change, undo, _world.Now, default));
        foreach (var undo in undos)
            Assert.Equal(owner.Email, (await changes.FindFormerAsync(undo, _world.Now, default))!.Email);
        Assert.True(await changes.UndoAsync(undos[used], [], _world.Now, default));
        foreach (var undo in undos)
            Assert.False(await changes.UndoAsync(undo, [], _world.Now, default));
        Assert.False(await changes.RenewUndoAsync(owner.Id, change, NewHash(), _world.Now, default));
    }

    [Fact]
    public async Task Undos_that_have_expired_are_forgotten()
    {
        var (owner, _) = await _world.TenantAsync();
        Assert.True(await ChangeAsync(await RequestAsync(owner, AccountWorld.NewAccount().Email), _world.Now));
        await _world.Accounts.Sessions.ForgetExpiredAsync(_world.Now.AddDays(6), default);
        Assert.Equal(1, await harness.CountAsync("email_undos", "account_id", owner.Id));
        await _world.Accounts.Sessions.ForgetExpiredAsync(_world.Now.AddDays(7), default);
        Assert.Equal(0, await harness.CountAsync("email_undos", "account_id", owner.Id));
    }

    [Fact]
    public async Task The_links_of_all_attempts_of_a_mail_work_and_an_earlier_request_replaces_no_later_one()
    {
        var (owner, _) = await _world.TenantAsync();
        var tokens = _world.Accounts.OneTimeTokens;
        var mail = Guid.CreateVersion7();
        var first = NewChange(owner, "one@example.org", _world.Now) with { MailId = mail };
        var second = NewChange(owner, "one@example.org", _world.Now) with { MailId = mail };
        Assert.True(await tokens.AddAsync(first, default));
        Assert.True(await tokens.AddAsync(second, default));
        Assert.False(await tokens.AddAsync(NewChange(owner, "typo@example.org", _world.Now.AddSeconds(-1)), default));
        Assert.NotNull(await tokens.FindAsync(first.Hash, TokenPurpose.EmailChange, _world.Now, default));

        Assert.True(await tokens.AddAsync(NewChange(owner, "two@example.org", _world.Now.AddSeconds(1)), default));
        Assert.Null(await tokens.FindAsync(first.Hash, TokenPurpose.EmailChange, _world.Now, default));
        Assert.Null(await tokens.FindAsync(second.Hash, TokenPurpose.EmailChange, _world.Now, default));
    }

    private static OneTimeToken NewChange(Account account, string email, DateTimeOffset requestedAt) =>
        OneTimeToken.Issue(TokenPurpose.EmailChange, account, email, requestedAt).Token;

    private static long GithubId() => BitConverter.ToInt64(Guid.NewGuid().ToByteArray());

    private static byte[] NewHash() => SecretToken.Hash(SecretToken.Generate());

    private async Task<Account> FindAsync(Account account) => (await _world.Accounts.Accounts.FindAsync(account.Id, default))!;

    private async Task<bool> ChangeAsync(byte[] token, DateTimeOffset now, IAccountStore? store = null) =>
        await (store ?? _world.Accounts).EmailChanges.ChangeAsync(token, null, now, default) is not null;

    private async Task<bool> ChangeAsync(Account account, byte[] token, DateTimeOffset now, byte[] undo)
    {
        var changes = _world.Accounts.EmailChanges;
        return await changes.ChangeAsync(token, null, now, default) is { } change
            && await changes.RenewUndoAsync(account.Id, change, undo, now, default);
    }

    private async Task<byte[]> BeginAsync(Account account)
    {
        var hash = NewHash();
        var session = new Session
        {
            Id = Guid.CreateVersion7(), AccountId = account.Id, AwaitsSecondFactor = false, Device = "curl",
            CreatedAt = _world.Now, LastSeenAt = _world.Now, ExpiresAt = _world.Now.AddDays(1),
        };
        Assert.True(await _world.Accounts.Sessions.BeginAsync(hash, session, account.CredentialsVersion, null, default));
        return hash;
    }

    private async Task<byte[]> RequestAsync(Account account, string email, DateTimeOffset? at = null)
    {
        var (token, _) = OneTimeToken.Issue(TokenPurpose.EmailChange, account, email, at ?? _world.Now);
        Assert.True(await _world.Accounts.OneTimeTokens.AddAsync(token, default));
        return token.Hash;
    }
}
