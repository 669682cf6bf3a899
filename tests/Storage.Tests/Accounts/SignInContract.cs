using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Sessions, links in mails and second factors.</summary>
public abstract class SignInContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private readonly AccountWorld _world = new(harness);

    [Fact]
    public async Task A_session_is_found_until_it_ends()
    {
        var (owner, _) = await _world.TenantAsync();
        var (session, hash) = await BeginAsync(owner.Id);
        var found = await _world.Elsewhere.Sessions.FindAsync(hash, _world.Now, default);
        Assert.Equal((session, owner), (found!.Session, found.Account));
        Assert.Null(await _world.Accounts.Sessions.FindAsync(new byte[32], _world.Now, default));

        // An unused session expires after the idle time, a used one only at its end.
        Assert.Null(await _world.Accounts.Sessions.FindAsync(hash, session.CreatedAt + Limits.SessionIdle, default));
        await _world.Accounts.Sessions.TouchAsync(session.Id, session.CreatedAt + Limits.SessionIdle, default);
        Assert.NotNull(await _world.Accounts.Sessions.FindAsync(hash, session.CreatedAt + Limits.SessionIdle, default));
        await _world.Accounts.Sessions.TouchAsync(session.Id, session.ExpiresAt, default);
        Assert.Null(await _world.Accounts.Sessions.FindAsync(hash, session.ExpiresAt, default));
        Assert.True(await _world.Accounts.Sessions.ForgetExpiredAsync(session.ExpiresAt, default) > 0);
    }

    [Fact]
    public async Task A_session_that_is_replaced_is_over()
    {
        var (owner, _) = await _world.TenantAsync();
        var (_, before) = await BeginAsync(owner.Id);
        var (_, after) = await BeginAsync(owner.Id, replaced: before);
        Assert.Null(await _world.Accounts.Sessions.FindAsync(before, _world.Now, default));
        Assert.NotNull(await _world.Accounts.Sessions.FindAsync(after, _world.Now, default));
    }

    [Fact]
    public async Task A_new_password_ends_every_other_session_and_every_link()
    {
        var (owner, _) = await _world.TenantAsync();
        var (kept, keptHash) = await BeginAsync(owner.Id);
        var (_, otherHash) = await BeginAsync(owner.Id);
        var link = await _world.ResetLinkAsync(await FindAsync(owner));
        await _world.Accounts.Accounts.SetPasswordAsync(owner, "new hash", kept.Id, null, _world.Now, default);
        Assert.NotNull(await _world.Accounts.Sessions.FindAsync(keptHash, _world.Now, default));
        Assert.Null(await _world.Accounts.Sessions.FindAsync(otherHash, _world.Now, default));
        Assert.Null(await _world.Accounts.OneTimeTokens.UseAsync(link, TokenPurpose.PasswordReset, _world.Now, default));
        Assert.Equal("new hash", (await _world.Accounts.Accounts.FindAsync(owner.Id, default))!.PasswordHash);
    }

    [Fact]
    public async Task What_was_checked_against_former_credentials_has_no_effect()
    {
        var (owner, _) = await _world.TenantAsync();
        var (session, _) = await BeginAsync(owner.Id);
        var store = _world.Accounts;
        // A new password is set while a sign-in, a link to GitHub and another new password are pending.
        Assert.True(await store.Accounts.SetPasswordAsync(owner, "new hash", null, null, _world.Now, default));
        Assert.False(await store.Sessions.BeginAsync(SecretToken.Hash("late"), session, owner.CredentialsVersion, null, default));
        Assert.False(await store.Accounts.LinkGithubAsync(owner, GithubId(), "ada", null, _world.Now, default));
        Assert.False(await store.Accounts.SetPasswordAsync(owner, "late hash", null, null, _world.Now, default));
        Assert.Empty(await store.Sessions.ListAsync(owner.Id, _world.Now, default));
        var now = await FindAsync(owner);
        Assert.Equal(("new hash", null), (now.PasswordHash, now.GithubId));

        // The same applies to all other changes. A rehash of the same password is not a change.
        await store.Accounts.RehashPasswordAsync(owner.Id, "new hash", "newer hash", default);
        Assert.Equal(now.CredentialsVersion, (await FindAsync(owner)).CredentialsVersion);
        Func<Account, Task>[] changes =
        [
            async account => Assert.True(await store.Accounts.LinkGithubAsync(account, GithubId(), "ada", null, _world.Now, default)),
            async account => Assert.True(await store.SecondFactors.BeginAsync(account.Id, "secret", default)
                && await store.SecondFactors.ConfirmAsync(account.Id, 10, [], null, null, _world.Now, default)),
            account => store.SecondFactors.RemoveAsync(account.Id, default),
            async account => Assert.True(
                await store.Accounts.ResetPasswordAsync(await _world.ResetLinkAsync(account), "hash", null, _world.Now, default)),
        ];
        foreach (var change in changes)
        {
            var before = await FindAsync(owner);
            await change(before);
            Assert.False(await store.Sessions.BeginAsync(SecretToken.Hash("late"), session, before.CredentialsVersion, null, default));
        }
    }

    [Fact]
    public async Task A_removed_link_to_github_is_remembered_until_it_is_made_again_and_erased_with_the_account()
    {
        var (owner, _) = await _world.TenantAsync();
        var (accounts, github) = (_world.Accounts.Accounts, GithubId());
        Assert.True(await accounts.LinkGithubAsync(owner, github, "ada", null, _world.Now, default));
        Assert.False(await accounts.HasRemovedGithubAsync(owner.Id, github, default));
        var link = await _world.ResetLinkAsync(await FindAsync(owner));
        Assert.True(await accounts.ResetPasswordAsync(link, "hash", null, _world.Now, default));
        Assert.True(await accounts.HasRemovedGithubAsync(owner.Id, github, default));
        Assert.False(await accounts.HasRemovedGithubAsync(owner.Id, GithubId(), default));
        Assert.True(await accounts.LinkGithubAsync(await FindAsync(owner), github, "ada", null, _world.Now, default));
        Assert.False(await accounts.HasRemovedGithubAsync(owner.Id, github, default));
        Assert.True(await accounts.UnlinkGithubAsync(await FindAsync(owner), null, null, default));
        Assert.True(await accounts.HasRemovedGithubAsync(owner.Id, github, default));
        Assert.Empty((await accounts.DeleteAsync(owner.Id, null, _world.Now, default)).StillOwned);
        Assert.False(await accounts.HasRemovedGithubAsync(owner.Id, github, default));
    }

    [Fact]
    public async Task A_session_that_ends_while_it_is_renewed_stays_ended()
    {
        var (owner, _) = await _world.TenantAsync();
        var (session, hash) = await BeginAsync(owner.Id);
        var renewed = session with { Id = Guid.CreateVersion7() };
        Assert.True(await _world.Accounts.Sessions.RenewAsync(SecretToken.Hash($"{renewed.Id}"), renewed, hash, default));
        Assert.False(await _world.Accounts.Sessions.RenewAsync(SecretToken.Hash("late"), session, hash, default));
        for (var run = 0; run < 20; run++)
        {
            var (begun, before) = await BeginAsync(owner.Id);
            var (next, after) = (begun with { Id = Guid.CreateVersion7() }, SecretToken.Hash($"{begun.Id}"));
            await Task.WhenAll(
                Task.Run(() => _world.Accounts.Sessions.RenewAsync(after, next, before, default)),
                Task.Run(() => _world.Elsewhere.Sessions.EndAllAsync(owner.Id, _world.Now, default)));
            Assert.Empty(await _world.Accounts.Sessions.ListAsync(owner.Id, _world.Now, default));
        }
    }

    [Fact]
    public async Task However_many_codes_are_tried_at_once_five_are_checked_and_then_one_after_each_pause()
    {
        var (owner, _) = await _world.TenantAsync();
        var store = _world.Accounts.SecondFactors;
        Assert.True(await store.BeginAsync(owner.Id, "secret", default));
        Assert.True(await store.ConfirmAsync(owner.Id, 1, [], null, null, _world.Now, default));
        foreach (var (allowed, pause) in (IEnumerable<(int, int)>)[(5, 5), (1, 10), (1, 20)])
        {
            var attempts = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
                (i % 2 == 0 ? _world.Accounts : _world.Elsewhere).SecondFactors.BeginAttemptAsync(owner.Id, _world.Now, default))));
            Assert.Equal(allowed, attempts.Count(attempt => attempt.Wait is null));
            Assert.All(
                attempts.Where(attempt => attempt.Wait is not null),
                attempt => Assert.Equal(pause, attempt.Wait!.Value.TotalMinutes, tolerance: 0.001));
            harness.Time.Advance(TimeSpan.FromMinutes(pause) + TimeSpan.FromMilliseconds(1));
        }

        // A new password doesn't end the pause, because a link from a mail would give new attempts. A right code does.
        await store.BeginAttemptAsync(owner.Id, _world.Now, default);
        Assert.NotNull((await store.BeginAttemptAsync(owner.Id, _world.Now, default)).Wait);
        await _world.Accounts.Accounts.SetPasswordAsync(await FindAsync(owner), "new hash", null, null, _world.Now, default);
        Assert.NotNull((await store.BeginAttemptAsync(owner.Id, _world.Now, default)).Wait);
        await store.ForgetAttemptsAsync(owner.Id, default);
        Assert.Equal(1, (await store.BeginAttemptAsync(owner.Id, _world.Now, default)).Number);
    }

    [Fact]
    public async Task Sessions_end_one_by_one_or_all_but_never_those_of_other_accounts()
    {
        var (owner, _) = await _world.TenantAsync();
        var (stranger, _) = await _world.TenantAsync();
        var (session, _) = await BeginAsync(owner.Id);
        Assert.False(await _world.Accounts.Sessions.EndAsync(stranger.Id, session.Id, default));
        Assert.True(await _world.Accounts.Sessions.EndAsync(owner.Id, session.Id, default));
        for (var i = 0; i < Limits.SessionsPerAccount + 3; i++)
            await BeginAsync(owner.Id);
        Assert.Equal(Limits.SessionsPerAccount, (await _world.Accounts.Sessions.ListAsync(owner.Id, _world.Now, default)).Count);
        Assert.Equal(Limits.SessionsPerAccount, await _world.Accounts.Sessions.EndAllAsync(owner.Id, _world.Now, default));
    }

    [Fact]
    public async Task A_link_works_once_for_its_purpose_until_it_expires()
    {
        var (owner, _) = await _world.TenantAsync();
        var hash = await _world.ResetLinkAsync(await FindAsync(owner));
        Assert.Null(await _world.Accounts.OneTimeTokens.UseAsync(hash, TokenPurpose.EmailChange, _world.Now, default));
        Assert.Null(await _world.Accounts.OneTimeTokens.UseAsync(hash, TokenPurpose.PasswordReset, _world.Now.AddHours(1), default));
        Assert.Equal("data", (await _world.Accounts.OneTimeTokens.FindAsync(hash, TokenPurpose.PasswordReset, _world.Now, default))!.Data);
        var uses = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere)
                .OneTimeTokens.UseAsync(hash, TokenPurpose.PasswordReset, _world.Now, default))));
        Assert.Equal(owner.Id, Assert.Single(uses, use => use is not null)!.AccountId);
    }

    [Fact]
    public async Task A_link_sets_one_password()
    {
        var (owner, _) = await _world.TenantAsync();
        var (_, session) = await BeginAsync(owner.Id);
        var other = await _world.ResetLinkAsync(await FindAsync(owner));
        var link = await _world.ResetLinkAsync(await FindAsync(owner));
        var resets = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere).Accounts.ResetPasswordAsync(link, $"hash {i}", null, _world.Now, default))));
        Assert.Single(resets, true);
        Assert.False(await _world.Accounts.Accounts.ResetPasswordAsync(other, "another hash", null, _world.Now, default));
        Assert.Equal($"hash {Array.IndexOf(resets, true)}", (await _world.Accounts.Accounts.FindAsync(owner.Id, default))!.PasswordHash);
        Assert.Null(await _world.Accounts.Sessions.FindAsync(session, _world.Now, default));
    }

    [Fact]
    public async Task A_link_that_was_made_for_another_address_of_the_account_is_void()
    {
        var (owner, _) = await _world.TenantAsync();
        var link = await _world.ResetLinkAsync(owner with { Email = AccountWorld.NewAccount().Email });
        Assert.Null(await _world.Accounts.OneTimeTokens.FindAsync(link, TokenPurpose.PasswordReset, _world.Now, default));
        Assert.Null(await _world.Accounts.OneTimeTokens.UseAsync(link, TokenPurpose.PasswordReset, _world.Now, default));
        Assert.False(await _world.Accounts.Accounts.ResetPasswordAsync(link, "hash", null, _world.Now, default));
    }

    [Fact]
    public async Task A_new_password_voids_a_second_factor_that_was_never_confirmed()
    {
        var (owner, _) = await _world.TenantAsync();
        await _world.Accounts.SecondFactors.BeginAsync(owner.Id, "secret", default);
        await _world.Accounts.Accounts.SetPasswordAsync(await FindAsync(owner), "new hash", null, null, _world.Now, default);
        Assert.False(await _world.Accounts.SecondFactors.ConfirmAsync(owner.Id, 10, [], null, null, _world.Now, default));
        await _world.Accounts.SecondFactors.BeginAsync(owner.Id, "secret", default);
        Assert.True(await _world.Accounts.SecondFactors.ConfirmAsync(owner.Id, 10, [], null, null, _world.Now, default));
        await _world.Accounts.Accounts.SetPasswordAsync(await FindAsync(owner), "another hash", null, null, _world.Now, default);
        Assert.NotNull((await _world.Accounts.SecondFactors.FindAsync(owner.Id, default))!.ConfirmedAt);
    }

    [Fact]
    public async Task Confirming_a_second_factor_ends_sessions_and_links_and_removing_it_ends_links()
    {
        var (owner, _) = await _world.TenantAsync();
        var (kept, keptHash) = await BeginAsync(owner.Id);
        var (_, otherHash) = await BeginAsync(owner.Id);
        var link = await _world.ResetLinkAsync(await FindAsync(owner));
        await _world.Accounts.SecondFactors.BeginAsync(owner.Id, "secret", default);
        Assert.True(await _world.Accounts.SecondFactors.ConfirmAsync(owner.Id, 10, [], kept.Id, null, _world.Now, default));
        Assert.NotNull(await _world.Accounts.Sessions.FindAsync(keptHash, _world.Now, default));
        Assert.Null(await _world.Accounts.Sessions.FindAsync(otherHash, _world.Now, default));
        Assert.Null(await _world.Accounts.OneTimeTokens.FindAsync(link, TokenPurpose.PasswordReset, _world.Now, default));
        link = await _world.ResetLinkAsync(await FindAsync(owner));
        await _world.Accounts.SecondFactors.RemoveAsync(owner.Id, default);
        Assert.Null(await _world.Accounts.OneTimeTokens.FindAsync(link, TokenPurpose.PasswordReset, _world.Now, default));
    }

    [Fact]
    public async Task A_code_is_used_once()
    {
        var (owner, _) = await _world.TenantAsync();
        var factors = _world.Accounts.SecondFactors;
        Assert.Null(await factors.FindAsync(owner.Id, default));
        Assert.True(await factors.BeginAsync(owner.Id, "first", default));
        Assert.True(await factors.BeginAsync(owner.Id, "second", default));
        Assert.True(await factors.ConfirmAsync(owner.Id, 10, [new byte[32], SecretToken.Hash("code")], null, null, _world.Now, default));
        Assert.False(await factors.ConfirmAsync(owner.Id, 11, [], null, null, _world.Now, default));
        Assert.False(await factors.BeginAsync(owner.Id, "third", default));
        var state = await factors.FindAsync(owner.Id, default);
        Assert.Equal(("second", 10, 2), (state!.ProtectedSecret, state.LastStep, state.RecoveryCodes));
        Assert.Equal(_world.Now, state.ConfirmedAt);

        Assert.False(await factors.UseStepAsync(owner.Id, 10, default));
        var uses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => factors.UseStepAsync(owner.Id, 11, default))));
        Assert.Single(uses, true);
        uses = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => factors.UseRecoveryCodeAsync(owner.Id, SecretToken.Hash("code"), default))));
        Assert.Single(uses, true);
        await factors.ReplaceRecoveryCodesAsync(owner.Id, [SecretToken.Hash("other")], default);
        Assert.Equal(1, (await factors.FindAsync(owner.Id, default))!.RecoveryCodes);
        await factors.RemoveAsync(owner.Id, default);
        Assert.Null(await factors.FindAsync(owner.Id, default));
    }

    [Fact]
    public async Task Data_protection_keys_are_shared()
    {
        var name = $"key-{Guid.NewGuid():N}";
        await _world.Accounts.DataProtectionKeys.AddAsync(name, $"<key id='{name}'/>", _world.Now, default);
        Assert.Contains($"<key id='{name}'/>", await _world.Elsewhere.DataProtectionKeys.ListAsync(default));
    }

    private static long GithubId() => BitConverter.ToInt64(Guid.NewGuid().ToByteArray());

    private async Task<Account> FindAsync(Account account) => (await _world.Accounts.Accounts.FindAsync(account.Id, default))!;

    private async Task<(Session Session, byte[] Hash)> BeginAsync(Guid accountId, byte[]? replaced = null)
    {
        var hash = SecretToken.Hash(SecretToken.Generate());
        var session = new Session
        {
            Id = Guid.CreateVersion7(), AccountId = accountId, AwaitsSecondFactor = false, Device = "curl", CreatedAt = _world.Now,
            LastSeenAt = _world.Now, ExpiresAt = _world.Now + Limits.SessionAge,
        };
        var version = (await _world.Accounts.Accounts.FindAsync(accountId, default))!.CredentialsVersion;
        Assert.True(await _world.Accounts.Sessions.BeginAsync(hash, session, version, replaced, default));
        return (session, hash);
    }
}
