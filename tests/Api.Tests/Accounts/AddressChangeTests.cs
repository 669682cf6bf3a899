using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Tests.Accounts;

public sealed class SqliteAddressChangeTests(AccountServer server) : AddressChangeTests(server), IClassFixture<AccountServer>;

public sealed class PostgresAddressChangeTests(
    PostgresAccountServer server) : AddressChangeTests(server), IClassFixture<PostgresAccountServer>;

/// <summary>An account gets another address: what the links of a change can do, and in whose hands.</summary>
public abstract class AddressChangeTests(AccountServer server) : AddressTests(server)
{
    [Fact]
    public async Task The_owner_of_a_mistyped_address_can_not_take_the_account()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        using var stranger = Server.NewPerson();
        var (mistyped, right) = (NewAddress(), NewAddress());
        var strangersLink = await RequestAsync(ada, mistyped);
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(await RequestAsync(ada, right)));
        Assert.Equal(right, (string?)(await ada.JsonAsync("/v1/me"))["email"]);

        await (await stranger.PostAsync("/v1/auth/email/confirm", Link(strangersLink))).IsProblemAsync(400, "invalid_link");
        Assert.Equal(right, (string?)(await ada.JsonAsync("/v1/me"))["email"]);
        Assert.Null(await Server.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(mistyped)!, default));

        // The link that sets a new password is sent only to the owner.
        await stranger.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = mistyped });
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = right });
        await Server.MailAsync("password-reset", right);
        Assert.Empty(Server.MailsTo(mistyped, "password-reset"));
    }

    [Fact]
    public async Task A_new_request_voids_the_one_before()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        var (mistyped, right) = (NewAddress(), NewAddress());
        var first = await RequestAsync(ada, mistyped);
        var second = await RequestAsync(ada, right);
        await (await ada.PostAsync("/v1/auth/email/confirm", Link(first))).IsProblemAsync(400, "invalid_link");
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(second));
    }

    [Fact]
    public async Task A_link_alone_changes_nothing_and_neither_does_the_session_of_another_account()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        using var stranger = Server.NewPerson();
        using var other = await Server.NewPerson().JoinAsync();
        var mistyped = NewAddress();
        var link = await RequestAsync(ada, mistyped);
        await (await stranger.PostAsync("/v1/auth/email/confirm", Link(link))).IsProblemAsync(401, "not_signed_in");
        await (await other.PostAsync("/v1/auth/email/confirm", Link(link))).IsProblemAsync(401, "not_signed_in");
        await (await stranger.PostAsync("/v1/auth/email/confirm", Link(link, "wrong guess"))).IsProblemAsync(403, "wrong_password");
        Assert.Equal(ada.Email, (string?)(await ada.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task A_link_works_in_another_browser_with_the_password()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        using var phone = Server.NewPerson();
        var fresh = NewAddress();
        var link = await RequestAsync(ada, fresh);
        await phone.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(link, Person.Password));
        await (await phone.PostAsync("/v1/auth/email/confirm", Link(link, Person.Password))).IsProblemAsync(400, "invalid_link");
        Assert.Equal(fresh, (string?)(await ada.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task Another_sites_page_can_not_confirm_with_the_cookie()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        var link = await RequestAsync(ada, NewAddress());
        var csrf = ada.Csrf;
        ada.Csrf = null;
        await (await ada.PostAsync("/v1/auth/email/confirm", Link(link))).IsProblemAsync(403, "csrf_failed");
        ada.Csrf = csrf;
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(link));
    }

    [Fact]
    public async Task The_former_mailbox_can_not_reset_the_password()
    {
        using var bob = await Server.NewPerson().JoinAsync();
        using var stranger = Server.NewPerson();
        var (former, fresh) = (bob.Email, NewAddress());
        var reset = await ForgetAsync(former);
        await ChangeAsync(bob, fresh);
        await (await stranger.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");
        Assert.Equal(fresh, (string?)(await bob.JsonAsync("/v1/me"))["email"]);
        await bob.SignInAsync();

        // Not even after the account has its former address again.
        await ChangeAsync(bob, former);
        await (await stranger.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task A_new_password_voids_every_link_that_was_sent_before()
    {
        using var bob = await Server.NewPerson().JoinAsync();
        var reset = await ForgetAsync(bob.Email);
        var change = await RequestAsync(bob, NewAddress());
        await bob.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, await ForgetAsync(bob.Email, mails: 2));
        await bob.SignInAsync("a passphrase by a link");
        await (await bob.PostAsync("/v1/auth/email/confirm", Link(change))).IsProblemAsync(400, "invalid_link");
        await (await bob.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task A_change_of_the_second_factor_voids_every_link_that_was_sent_before()
    {
        using var bob = await Server.NewPerson().JoinAsync();
        var reset = await ForgetAsync(bob.Email);
        var change = await RequestAsync(bob, NewAddress());
        var begun = await bob.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
        bob.Csrf = (string?)(await bob.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, Code(begun)))["csrf_token"];
        await (await bob.PostAsync("/v1/auth/email/confirm", Link(change))).IsProblemAsync(400, "invalid_link");
        await (await bob.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");

        change = await RequestAsync(bob, NewAddress());
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        var both = Code(begun);
        both["password"] = Person.Password;
        bob.Csrf = (string?)(await bob.JsonAsync(HttpMethod.Post, "/v1/me/totp/disable", 200, both))["csrf_token"];
        await (await bob.PostAsync("/v1/auth/email/confirm", Link(change))).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task A_second_factor_that_was_begun_with_the_former_password_can_not_be_confirmed()
    {
        using var bob = await Server.NewPerson().JoinAsync();
        var begun = await bob.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
        await bob.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, await ForgetAsync(bob.Email));
        await bob.SignInAsync("a passphrase by a link");
        await (await bob.PostAsync("/v1/me/totp/confirm", Code(begun))).IsProblemAsync(401, "wrong_code");
    }
}
