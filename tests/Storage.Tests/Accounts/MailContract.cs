using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>Mails that wait, for however many replicas.</summary>
public abstract class MailContract<THarness>(THarness harness) : IClassFixture<THarness>, IAsyncLifetime
    where THarness : StoreHarness
{
    private readonly AccountWorld _world = new(harness);

    private IWaitingMails Mails => _world.Accounts.Mails;

    public async ValueTask InitializeAsync() => await harness.ExecuteAsync("delete from mails");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_mail_comes_back_as_it_was_stored_and_is_gone_when_it_is_removed()
    {
        var mail = await AddFromAsync("Jos\u00e9@B\u00fccher.example", new(-1, long.MaxValue));
        Assert.Equal(mail with { Attempts = 1 }, Assert.Single(await LeaseAsync()));
        Assert.Equal(new(1, 0), await Mails.CountAsync(default));
        await _world.Elsewhere.Mails.RemoveAsync(mail.Id, default);
        Assert.Equal(new(0, 0), await Mails.CountAsync(default));
        harness.Time.Advance(Limits.MailLease);
        Assert.Empty(await LeaseAsync());
    }

    [Fact]
    public async Task A_leased_mail_can_not_be_leased_again_until_its_lease_expires()
    {
        var mail = await AddAsync("ada@example.org");
        var first = Assert.Single(await LeaseAsync());
        harness.Time.Advance(Limits.MailLease - TimeSpan.FromSeconds(1));
        Assert.Empty(await LeaseAsync(elsewhere: true));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        var second = Assert.Single(await LeaseAsync(elsewhere: true));
        Assert.Equal((mail.Id, 2), (second.Id, second.Attempts));

        // The first lease has expired, so its result is ignored.
        Assert.False(await Mails.PostponeAsync(first, _world.Now, default));
        Assert.Empty(await LeaseAsync());
        Assert.True(await Mails.PostponeAsync(second, _world.Now.AddMinutes(1), default));
        Assert.Equal(new(1, 1), await Mails.CountAsync(default));
        Assert.Empty(await LeaseAsync());
        harness.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, Assert.Single(await LeaseAsync()).Attempts);
    }

    [Fact]
    public async Task A_renewed_lease_lasts_and_one_that_is_over_is_not_renewed()
    {
        foreach (var name in (string[])["kept", "postponed", "removed", "returned", "lost"])
            await AddAsync($"{name}@example.org");
        var leased = (await LeaseAsync()).ToDictionary(mail => mail.To.Key.Split('@')[0]);
        Assert.True(await Mails.PostponeAsync(leased["postponed"], _world.Now.AddHours(1), default));
        Assert.True(await Mails.ReturnAsync(leased["returned"], _world.Now.AddHours(1), default));
        await Mails.RemoveAsync(leased["removed"].Id, default);
        harness.Time.Advance(Limits.MailLease - TimeSpan.FromSeconds(1));
        Assert.Equal([leased["kept"].Id], await Mails.RenewAsync([leased["kept"]], _world.Now + Limits.MailLease, default));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(leased["lost"].Id, Assert.Single(await LeaseAsync(elsewhere: true)).Id);

        harness.Time.Advance(Limits.MailLease);
        Assert.Equal([leased["kept"].Id], await Mails.RenewAsync(leased.Values, _world.Now + Limits.MailLease, default));
        Assert.Equal((leased["lost"].Id, 3), (await LeaseAsync(elsewhere: true)).Select(mail => (mail.Id, mail.Attempts)).Single());
    }

    [Fact]
    public async Task Replicas_that_lease_at_the_same_moment_get_each_mail_once()
    {
        for (var i = 0; i < 60; i++)
            await AddAsync($"ada{i}@host{i}.example");
        var leased = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => LeaseAsync(10, i % 2 == 0))));
        for (var round = 0; round < 6; round++)
            leased = [.. leased, await LeaseAsync(10)];
        Assert.Equal(60, leased.Sum(some => some.Count));
        Assert.Equal(60, leased.SelectMany(some => some).Select(mail => mail.Id).Distinct().Count());
    }

    [Fact]
    public async Task Domains_take_turns_and_one_has_so_many_at_once()
    {
        for (var i = 0; i < 50; i++)
            await AddAsync($"a{i}@many.example");
        var few = await AddAsync("ann@few.example");
        var other = await AddAsync("bob@other.example");

        var first = await LeaseAsync(3);
        Assert.Equal(["few.example", "many.example", "other.example"], first.Select(mail => mail.To.Domain).Order(StringComparer.Ordinal));
        Assert.Contains(few.Id, first.Select(mail => mail.Id));
        Assert.Contains(other.Id, first.Select(mail => mail.Id));
        await AddAsync("carl@other.example");
        Assert.Equal(Limits.MailsPerDomain, (await LeaseAsync()).Count);
        await AddAsync("dora@other.example");
        Assert.Equal("other.example", Assert.Single(await LeaseAsync(elsewhere: true)).To.Domain);

        // Slow and completed ones don't count.
        harness.Time.Advance(Limits.SlowMail);
        await AddAsync("eve@other.example");
        Assert.Equal(Limits.MailsPerDomain + 1, (await LeaseAsync(elsewhere: true)).Count);
    }

    [Fact]
    public async Task A_domain_has_more_slots_while_no_other_one_waits_but_never_all()
    {
        for (var i = 0; i < 50; i++)
            await AddAsync($"a{i}@many.example");
        Assert.Equal(Limits.MailsPerLoneDomain, (await LeaseAsync()).Count);
        Assert.Empty(await LeaseAsync(elsewhere: true));
        await AddAsync("ann@few.example");
        Assert.Equal("few.example", Assert.Single(await LeaseAsync()).To.Domain);
    }

    [Fact]
    public async Task Sources_and_addresses_take_turns_within_a_domain()
    {
        for (var i = 0; i < 100; i++)
            await AddFromAsync($"bad{i}@big.example", new(1, 100 + i));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        var honest = await AddFromAsync("ann@big.example", new(2, 2));
        Assert.Contains(honest.Id, (await LeaseAsync(2)).Select(mail => mail.Id));
    }

    [Fact]
    public async Task Addresses_of_a_domain_take_turns()
    {
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
        {
            await AddAsync("loud@example.org", "sign-up");
            await AddAsync("loud@example.org", "reset");
            await AddAsync("Loud@EXAMPLE.org", "invitation");
        }

        await AddAsync("quiet@example.org");
        var leased = await LeaseAsync(2);
        Assert.Equal(["loud@example.org", "quiet@example.org"], leased.Select(mail => mail.To.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Mails_that_were_tried_go_behind_fresh_ones()
    {
        for (var i = 0; i < Limits.MailsPerDomain; i++)
            await AddAsync($"a{i}@example.org");
        foreach (var mail in await LeaseAsync())
            Assert.True(await Mails.PostponeAsync(mail, _world.Now, default));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        var fresh = await AddAsync("fresh@example.org");
        var elsewhere = await AddAsync("fresh@example.net");
        // Ids of the same millisecond have no order.
        Assert.Equal(((Guid[])[fresh.Id, elsewhere.Id]).Order(), (await LeaseAsync(2)).Select(mail => mail.Id).Order());
        Assert.Equal(Limits.MailsPerDomain, (await LeaseAsync()).Count);
    }

    [Fact]
    public async Task A_mail_that_was_returned_keeps_its_place()
    {
        var mail = await AddAsync("ada@example.org");
        var leased = Assert.Single(await LeaseAsync());
        Assert.True(await Mails.ReturnAsync(leased, _world.Now, default));
        Assert.False(await Mails.ReturnAsync(leased, _world.Now, default));
        Assert.Equal(new(1, 0), await Mails.CountAsync(default));
        Assert.Equal(mail with { Attempts = 1 }, Assert.Single(await LeaseAsync(elsewhere: true)));
    }

    [Fact]
    public async Task So_many_of_a_kind_wait_for_an_address_and_no_more()
    {
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
            Assert.True(await Mails.AddAsync(NewMail("ada@bu\u0308cher.example", "reset"), default));
        Assert.False(await Mails.AddAsync(NewMail("Ada@xn--bcher-kva.example", "reset"), default));
        Assert.True(await Mails.AddAsync(NewMail("ada@xn--bcher-kva.example", "sign-up"), default));
        Assert.True(await Mails.AddAsync(NewMail("eve@xn--bcher-kva.example", "reset"), default));
        await Mails.RemoveAsync((await LeaseAsync(1))[0].Id, default);
        Assert.Equal(new(Limits.WaitingMailsPerAddress + 1, 0), await Mails.CountAsync(default));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("reset")]
    [InlineData("second factor on")]
    [InlineData("second factor off")]
    [InlineData("github")]
    [InlineData("address")]
    [InlineData("undo")]
    public async Task A_change_of_the_credentials_ends_the_requests_for_a_link_and_no_later_ones(string change)
    {
        var (owner, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        var apply = await PrepareAsync(owner, change);
        var tokens = _world.Accounts.OneTimeTokens;
        var (kept, fresh) = (await _world.ResetMailAsync(other), await FindAsync(owner));
        if (change is "address" or "undo")
            fresh = fresh with { Email = change == "undo" ? owner.Email : NewAddressOf(owner) };
        var (waiting, sent) = (await _world.ResetMailAsync(fresh), await _world.ResetMailAsync(fresh));
        harness.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, (await LeaseAsync()).Count);
        Assert.True(await Mails.PostponeAsync(waiting with { Attempts = 1 }, _world.Now, default));
        await apply();

        // The process that is sending one finds out.
        Assert.Equal([kept.Id], await Mails.RenewAsync([sent with { Attempts = 1 }, kept with { Attempts = 1 }], _world.Now, default));
        Assert.Equal(kept.Id, Assert.Single(await LeaseAsync()).Id);
        owner = await FindAsync(owner);
        var (token, _) = OneTimeToken.Issue(TokenPurpose.PasswordReset, owner, "{}", _world.Now);
        Assert.False(await tokens.AddAsync(token with { MailId = sent.Id }, default));
        Assert.Null(await tokens.FindAsync(token.Hash, TokenPurpose.PasswordReset, _world.Now, default));
        await _world.ResetLinkAsync(owner);
    }

    [Fact]
    public async Task The_notice_of_a_link_to_github_is_stored_with_the_link_alone()
    {
        var (one, _) = await _world.TenantAsync();
        var (other, _) = await _world.TenantAsync();
        var (github, notice) = (BitConverter.ToInt64(Guid.NewGuid().ToByteArray()), NewMail(one.Email, "notice"));
        Assert.True(await _world.Accounts.Accounts.LinkGithubAsync(one, github, "ada", notice, _world.Now, default));
        Assert.False(await _world.Accounts.Accounts.LinkGithubAsync(
            other, github, "ada", NewMail(other.Email, "notice"), _world.Now, default));
        Assert.Equal(notice.Id, Assert.Single(await LeaseAsync()).Id);
    }

    [Fact]
    public async Task Different_essential_mails_do_not_hide_each_other()
    {
        var notice = NewMail("ada@example.org", "notice") with { IsEssential = true };
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
            Assert.True(await Mails.AddAsync(notice with { Id = Guid.CreateVersion7() }, default));
        Assert.False(await Mails.AddAsync(notice with { Id = Guid.CreateVersion7() }, default));
        for (var i = Limits.WaitingMailsPerAddress; i < 32; i++)
            Assert.True(await Mails.AddAsync(notice with { Id = Guid.CreateVersion7(), Data = $"{{\"x\":{i}}}" }, default));
        Assert.False(await Mails.AddAsync(notice with { Id = Guid.CreateVersion7(), Data = "{}" }, default));

        // The others have the small bound for all of a kind.
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
            Assert.True(await Mails.AddAsync(NewMail("ada@example.org", "sign-up") with { Data = $"{{\"x\":{i}}}" }, default));
        Assert.False(await Mails.AddAsync(NewMail("ada@example.org", "sign-up"), default));
    }

    [Fact]
    public async Task An_essential_mail_is_not_hidden_by_requests_of_strangers()
    {
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
            await AddAsync("ada@example.org", "reset");
        Assert.True(await Mails.AddAsync(NewMail("ada@example.org", "reset") with { IsEssential = true }, default));
    }

    [Fact]
    public async Task Surplus_mails_are_removed_from_the_domain_with_the_most()
    {
        var few = await AddAsync("ann@few.example");
        for (var i = 0; i < 20; i++)
            await AddAsync($"a{i}@many.example");
        for (var i = 0; i < 3; i++)
            await AddAsync($"a{i}@some.example");
        Assert.Empty(await Mails.RemoveSurplusAsync(24, default));
        var tried = (await LeaseAsync(2)).Single(mail => mail.Id != few.Id);
        Assert.True(await Mails.PostponeAsync(tried, _world.Now, default));

        var gone = await Mails.RemoveSurplusAsync(10, default);
        Assert.Equal(14, gone.Count);
        Assert.All(gone, mail => Assert.Equal("many.example", mail.To.Domain));
        Assert.Contains(tried.Id, gone.Select(mail => mail.Id));
        Assert.Equal(new(10, 0), await _world.Elsewhere.Mails.CountAsync(default));
    }

    [Fact]
    public async Task Essential_mails_are_no_surplus()
    {
        for (var i = 0; i < 3; i++)
            Assert.True(await Mails.AddAsync(NewMail($"a{i}@many.example", "test") with { IsEssential = true }, default));
        var other = await AddAsync("ann@few.example");

        Assert.Equal([other.Id], (await Mails.RemoveSurplusAsync(1, default)).Select(mail => mail.Id));
        Assert.Empty(await Mails.RemoveSurplusAsync(1, default));
        Assert.Equal(new(3, 0), await Mails.CountAsync(default));
    }

    [Fact]
    public async Task A_source_displaces_its_own_mails_only()
    {
        List<Guid> honest = [];
        for (var i = 0; i < 5; i++)
            honest.Add((await AddFromAsync($"ann{i}@popular.example", new(i + 2, i + 2))).Id);
        honest.Add((await AddAsync("bob@popular.example")).Id);
        // Each to another domain, from another /64 of the same network.
        for (var i = 0; i < 30; i++)
            await AddFromAsync($"bad@host{i}.example", new(1, 100 + i));
        honest.Add((await AddFromAsync("late@popular.example", new(50, 50))).Id);

        Assert.Equal(27, (await Mails.RemoveSurplusAsync(10, default)).Count);
        var kept = await LeaseAsync();
        Assert.Equal(10, kept.Count);
        Assert.Equal(honest.Order(), kept.Select(mail => mail.Id).Intersect(honest).Order());
    }

    [Fact]
    public async Task Subnets_of_a_source_displace_the_mails_of_the_one_with_the_most()
    {
        for (var i = 0; i < 10; i++)
            await AddFromAsync($"bad@host{i}.example", new(1, 2));
        var neighbour = await AddFromAsync("ann@example.org", new(1, 3));
        await Mails.RemoveSurplusAsync(2, default);
        Assert.Contains(neighbour.Id, (await LeaseAsync()).Select(mail => mail.Id));
    }

    [Fact]
    public async Task Sources_take_turns()
    {
        for (var i = 0; i < 30; i++)
            await AddFromAsync($"bad@host{i}.example", new(1, 100 + i));
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        var other = await AddFromAsync("ann@few.example", new(2, 2));
        var own = await AddAsync("bob@other.example");
        var leased = (await LeaseAsync(3)).Select(mail => mail.Id).ToArray();
        Assert.Contains(other.Id, leased);
        Assert.Contains(own.Id, leased);
    }

    private static string NewAddressOf(Account account) => $"new.{account.Email}";

    private async Task<Account> FindAsync(Account account) => (await _world.Accounts.Accounts.FindAsync(account.Id, default))!;

    private async Task<Func<Task>> PrepareAsync(Account owner, string change)
    {
        var (accounts, factors, changes) = (_world.Accounts.Accounts, _world.Accounts.SecondFactors, _world.Accounts.EmailChanges);
        switch (change)
        {
            case "password":
                return async () => Assert.True(await accounts.SetPasswordAsync(owner, "new", null, null, _world.Now, default));
            case "reset":
                var link = await _world.ResetLinkAsync(owner);
                await Mails.RemoveAsync((await LeaseAsync()).Single().Id, default);
                return async () => Assert.True(await accounts.ResetPasswordAsync(link, "new", null, _world.Now, default));
            case "second factor on":
                Assert.True(await factors.BeginAsync(owner.Id, "secret", default));
                return async () => Assert.True(await factors.ConfirmAsync(owner.Id, 1, [], null, null, _world.Now, default));
            case "second factor off":
                Assert.True(await factors.BeginAsync(owner.Id, "secret", default));
                Assert.True(await factors.ConfirmAsync(owner.Id, 1, [], null, null, _world.Now, default));
                return () => factors.RemoveAsync(owner.Id, default);
            case "github":
                var github = BitConverter.ToInt64(Guid.NewGuid().ToByteArray());
                return async () => Assert.True(await accounts.LinkGithubAsync(owner, github, "ada", null, _world.Now, default));
        }

        var (token, _) = OneTimeToken.Issue(TokenPurpose.EmailChange, owner, NewAddressOf(owner), _world.Now);
        Assert.True(await _world.Accounts.OneTimeTokens.AddAsync(token, default));
        if (change == "address")
            return async () => Assert.NotNull(await changes.ChangeAsync(token.Hash, null, _world.Now, default));
        var (number, undo) = (await changes.ChangeAsync(token.Hash, null, _world.Now, default), new byte[32]);
        Assert.True(await changes.RenewUndoAsync(owner.Id, number!.Value, undo, _world.Now, default));
        return async () => Assert.True(await changes.UndoAsync(undo, [], _world.Now, default));
    }

    private async Task<WaitingMail> AddFromAsync(string to, MailSource source)
    {
        var mail = NewMail(to, "test") with { Source = source };
        Assert.True(await Mails.AddAsync(mail, default));
        return mail;
    }

    private async Task<WaitingMail> AddAsync(string to, string kind = "test")
    {
        var mail = NewMail(to, kind);
        Assert.True(await Mails.AddAsync(mail, default));
        return mail;
    }

    private WaitingMail NewMail(string to, string kind) => new()
    {
        Id = Guid.CreateVersion7(), Kind = kind, To = EmailAddress.TryParse(to)!, Data = """{"x":"ü"}""",
        CreatedAt = _world.Now, ExpiresAt = _world.Now + Limits.MailAge,
    };

    private Task<IReadOnlyList<WaitingMail>> LeaseAsync(int most = 1_000, bool elsewhere = false) =>
        (elsewhere ? _world.Elsewhere : _world.Accounts).Mails.LeaseAsync(most, _world.Now, _world.Now + Limits.MailLease, default);
}
