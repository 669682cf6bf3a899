using TelemetryKit.Grains.Accounts;

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
            (i % 2 == 0 ? _world.Accounts : _world.Elsewhere).Accounts.ChangeEmailAsync(token, _world.Now, default))));
        Assert.Single(changes, true);
        Assert.Equal(fresh, (await _world.Accounts.Accounts.FindAsync(owner.Id, default))!.Email);
    }

    [Fact]
    public async Task A_token_changes_nothing_after_its_time_or_once_the_address_it_replaces_is_another()
    {
        var (owner, _) = await _world.TenantAsync();
        var late = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        Assert.False(await _world.Accounts.Accounts.ChangeEmailAsync(late, _world.Now.AddDays(1), default));
        Assert.False(await _world.Accounts.Accounts.ChangeEmailAsync(new byte[32], _world.Now, default));
        Assert.True(await _world.Accounts.Accounts.ChangeEmailAsync(late, _world.Now, default));

        // A request that was on its way meanwhile, and still replaces the former address.
        var stale = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        Assert.False(await _world.Accounts.Accounts.ChangeEmailAsync(stale, _world.Now, default));
    }

    [Fact]
    public async Task A_new_request_and_a_change_void_the_requests_of_the_account_alone()
    {
        var (owner, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        var others = await RequestAsync(other, AccountWorld.NewAccount().Email);
        var first = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        var second = await RequestAsync(owner, AccountWorld.NewAccount().Email);
        Assert.False(await _world.Accounts.Accounts.ChangeEmailAsync(first, _world.Now, default));
        Assert.True(await _world.Accounts.Accounts.ChangeEmailAsync(second, _world.Now, default));
        Assert.True(await _world.Accounts.Accounts.ChangeEmailAsync(others, _world.Now, default));
    }

    [Fact]
    public async Task Of_two_accounts_that_change_to_one_address_one_gets_it()
    {
        var fresh = AccountWorld.NewAccount().Email;
        var (one, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        byte[][] tokens = [await RequestAsync(one, fresh), await RequestAsync(other, fresh.ToUpperInvariant())];
        var changes = await Task.WhenAll(tokens.Select(token => Task.Run(() =>
            _world.Accounts.Accounts.ChangeEmailAsync(token, _world.Now, default))));
        Assert.Single(changes, true);
    }

    private async Task<byte[]> RequestAsync(Account account, string email)
    {
        var (token, _) = OneTimeToken.Issue(TokenPurpose.EmailChange, account, email, _world.Now);
        await _world.Accounts.OneTimeTokens.AddAsync(token, default);
        return token.Hash;
    }
}
