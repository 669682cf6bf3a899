using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

public sealed class SqliteAddressUndoTests(AccountServer server) : AddressUndoTests(server), IClassFixture<AccountServer>;

public sealed class PostgresAddressUndoTests(PostgresAccountServer server) : AddressUndoTests(server), IClassFixture<PostgresAccountServer>;

/// <summary>The link to the former address that undoes a change: who it helps, and who it doesn't.</summary>
public abstract class AddressUndoTests(AccountServer server) : AddressTests(server)
{
    private const string ThiefsPassword = "a passphrase of the thief";

    [Fact]
    public async Task A_thief_with_the_password_can_take_the_address_but_not_keep_it()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        var tenant = await ada.TenantAsync();
        await Server.SetPlanAsync(tenant, "business");
        using var thief = await SignInAsAsync(ada);
        await ChangeAsync(thief, NewAddress());
        var undo = await UndoLinkAsync(ada.Email);

        // Everything that a thief can create: another change, links, a password, a second factor, an API token.
        var (first, second) = (thief.Email, NewAddress());
        await ChangeAsync(thief, second);
        var thiefsUndo = await UndoLinkAsync(first);
        var token = await thief.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, ApiTokenTests.NewToken(tenant));
        var begun = await thief.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
        thief.Csrf = (string?)(await thief.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, Code(begun)))["csrf_token"];
        var changed = new JsonObject { ["current_password"] = Person.Password, ["password"] = ThiefsPassword };
        thief.Csrf = (string?)(await thief.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, changed))["csrf_token"];
        var thiefsReset = await ForgetAsync(second);

        using var phone = Server.NewPerson();
        await (await phone.PostAsync("/v1/auth/email/undo", Link(undo))).IsProblemAsync(401, "not_signed_in");
        await (await phone.PostAsync("/v1/auth/email/undo", Link(undo, ThiefsPassword))).IsProblemAsync(403, "wrong_password");
        await phone.DoAsync(HttpMethod.Post, "/v1/auth/email/undo", 204, Link(undo, Person.Password));
        await (await phone.PostAsync("/v1/auth/email/undo", Link(undo, Person.Password))).IsProblemAsync(400, "invalid_link");

        // All of it was removed, so the undo can't be undone.
        await (await thief.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");
        await (await thief.PostAsync("/v1/auth/password/reset", thiefsReset)).IsProblemAsync(400, "invalid_link");
        await (await thief.PostAsync("/v1/auth/email/undo", Link(thiefsUndo, Person.Password))).IsProblemAsync(400, "invalid_link");
        foreach (var email in (string[])[ada.Email, first, second])
        {
            foreach (var password in (string[])[Person.Password, ThiefsPassword])
                await (await thief.TrySignInAsync(password, email)).IsProblemAsync(401, "wrong_credentials");
        }

        thief.Bearer = (string?)token["token"];
        await (await thief.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");

        // The link that sets a new password was sent to the restored address.
        var reset = Link(await Server.LinkAsync("password-reset", ada.Email), "a passphrase by a link");
        await phone.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        Assert.False((bool)(await ada.SignInAsync("a passphrase by a link"))["second_factor_required"]!);
        Assert.Equal(ada.Email, (string?)(await ada.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task A_new_sign_up_of_the_former_address_gets_the_undo_and_no_account()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        using var thief = await SignInAsAsync(ada);
        await ChangeAsync(thief, NewAddress());
        await UndoLinkAsync(ada.Email);
        (await ada.SignUpAsync()).EnsureSuccessStatusCode();
        var undo = await Server.LinkAsync("former-address", ada.Email);
        using var other = await Server.NewPerson().JoinAsync();
        await other.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = ada.Email, ["password"] = Person.Password });
        await Eventually.TrueAsync(() => Server.MailsTo(ada.Email, "former-address").Count == 2, "the mail about the other account");
        Assert.Single(Server.MailsTo(ada.Email, "verify"));
        Assert.Empty(Server.MailsTo(ada.Email, "email-change"));

        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/undo", 204, Link(undo, Person.Password));
        var reset = Link(await Server.LinkAsync("password-reset", ada.Email), "a passphrase by a link");
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await ada.SignInAsync("a passphrase by a link");
    }

    [Fact]
    public async Task A_former_address_can_have_another_account_after_the_time_of_the_undo()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        var former = ada.Email;
        await ChangeAsync(ada, NewAddress());
        Server.Time.Advance(TimeSpan.FromDays(7));
        using var successor = Server.NewPerson();
        successor.Email = former;
        (await successor.SignUpAsync()).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => Server.MailsTo(former, "verify").Count == 2, "the link of the sign-up");
        (await successor.VerifyAsync(await Server.LinkAsync("verify", former))).EnsureSuccessStatusCode();
        await successor.SignInAsync();
    }

    [Fact]
    public async Task A_lost_mailbox_takes_nothing_over()
    {
        using var bob = await Server.NewPerson().JoinAsync();
        using var stranger = Server.NewPerson();
        using var other = await Server.NewPerson().JoinAsync();
        var lost = bob.Email;
        await ChangeAsync(bob, NewAddress());
        var undo = await UndoLinkAsync(lost);
        await (await stranger.PostAsync("/v1/auth/email/undo", Link(undo))).IsProblemAsync(401, "not_signed_in");
        await (await stranger.PostAsync("/v1/auth/email/undo", Link(undo, "wrong guess"))).IsProblemAsync(403, "wrong_password");
        await (await other.PostAsync("/v1/auth/email/undo", Link(undo))).IsProblemAsync(401, "not_signed_in");
        await (await stranger.PostAsync("/v1/auth/email/confirm", Link(undo, Person.Password))).IsProblemAsync(400, "invalid_link");
        await (await stranger.PostAsync("/v1/auth/password/reset", Link(undo, ThiefsPassword))).IsProblemAsync(400, "invalid_link");
        await bob.SignInAsync();
        Assert.Equal(bob.Email, (string?)(await bob.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task A_session_of_the_account_will_do_instead_of_the_password()
    {
        using var bob = await Server.NewPerson().JoinAsync();
        var lost = bob.Email;
        await ChangeAsync(bob, NewAddress());
        var undo = await UndoLinkAsync(lost);
        var csrf = bob.Csrf;
        bob.Csrf = null;
        await (await bob.PostAsync("/v1/auth/email/undo", Link(undo))).IsProblemAsync(403, "csrf_failed");
        bob.Csrf = csrf;
        await bob.DoAsync(HttpMethod.Post, "/v1/auth/email/undo", 204, Link(undo));
        await (await bob.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");
        await Server.MailAsync("password-reset", lost);
        Assert.DoesNotContain("token=", await Server.MailAsync("security-notice", bob.Email));
    }

    [Fact]
    public async Task A_thief_can_not_void_the_link_of_the_owner()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        using var thief = await SignInAsAsync(ada);
        await ChangeAsync(thief, NewAddress());
        var first = thief.Email;
        await ChangeAsync(thief, NewAddress());
        await thief.DoAsync(HttpMethod.Post, "/v1/auth/email/undo", 204, Link(await UndoLinkAsync(first)));
        var reset = Link(await Server.LinkAsync("password-reset", first), ThiefsPassword);
        await thief.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/undo", 204, Link(await UndoLinkAsync(ada.Email), Person.Password));
        await (await thief.TrySignInAsync(ThiefsPassword, first)).IsProblemAsync(401, "wrong_credentials");
        await Server.MailAsync("password-reset", ada.Email);
    }

    [Fact]
    public async Task A_thief_who_changes_the_password_first_can_not_change_the_address()
    {
        using var ada = await Server.NewPerson().JoinAsync();
        using var thief = await SignInAsAsync(ada);
        var pending = await RequestAsync(thief, NewAddress());
        var changed = new JsonObject { ["current_password"] = Person.Password, ["password"] = ThiefsPassword };
        thief.Csrf = (string?)(await thief.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, changed))["csrf_token"];
        await (await thief.PostAsync("/v1/auth/email/confirm", Link(pending))).IsProblemAsync(400, "invalid_link");
        await (await thief.PostAsync("/v1/me/email", Request(ThiefsPassword))).IsProblemAsync(409, "conflict");

        // A password that was set with a link is trusted, and one that is a week old could have been noticed.
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, await ForgetAsync(ada.Email));
        await ada.SignInAsync("a passphrase by a link");
        await ada.DoAsync(HttpMethod.Post, "/v1/me/email", 202, Request("a passphrase by a link"));
        changed = new JsonObject { ["current_password"] = "a passphrase by a link", ["password"] = Person.Password };
        ada.Csrf = (string?)(await ada.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, changed))["csrf_token"];
        await (await ada.PostAsync("/v1/me/email", Request(Person.Password))).IsProblemAsync(409, "conflict");
        Server.Time.Advance(TimeSpan.FromDays(7));
        await ada.SignInAsync();
        await ada.DoAsync(HttpMethod.Post, "/v1/me/email", 202, Request(Person.Password));

        static JsonObject Request(string password) => new() { ["email"] = NewAddress(), ["password"] = password };
    }

    [Fact]
    public async Task An_undo_ends_after_a_week()
    {
        using var late = await Server.NewPerson().JoinAsync();
        var lostLater = late.Email;
        await ChangeAsync(late, NewAddress());
        var undoLater = await UndoLinkAsync(lostLater);

        Server.Time.Advance(TimeSpan.FromDays(7));
        await (await late.PostAsync("/v1/auth/email/undo", Link(undoLater, Person.Password))).IsProblemAsync(400, "invalid_link");
    }

    private Task<string> UndoLinkAsync(string email) => Server.LinkAsync("email-changed", email);

    /// <summary>Another browser in which that person's password is known.</summary>
    private async Task<Person> SignInAsAsync(Person person)
    {
        var thief = Server.NewPerson();
        thief.Email = person.Email;
        await thief.SignInAsync();
        return thief;
    }
}
