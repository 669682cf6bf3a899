using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Grains.Accounts;

namespace TelemetryKit.Api.Tests.Accounts;

public sealed class SqliteAddressChangeTests(AccountServer server) : AddressChangeTests(server), IClassFixture<AccountServer>;

public sealed class PostgresAddressChangeTests(PostgresAccountServer server) : AddressChangeTests(server), IClassFixture<PostgresAccountServer>;

/// <summary>An account gets another address: what the links of a change can do, and in whose hands.</summary>
public abstract class AddressChangeTests(AccountServer server)
{
    [Fact]
    public async Task The_owner_of_a_mistyped_address_can_not_take_the_account()
    {
        using var ada = await server.NewPerson().JoinAsync();
        using var stranger = server.NewPerson();
        var (mistyped, right) = (NewAddress(), NewAddress());
        var strangersLink = await RequestAsync(ada, mistyped);
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(await RequestAsync(ada, right)));
        Assert.Equal(right, (string?)(await ada.JsonAsync("/v1/me"))["email"]);

        await (await stranger.PostAsync("/v1/auth/email/confirm", Link(strangersLink))).IsProblemAsync(400, "invalid_link");
        Assert.Equal(right, (string?)(await ada.JsonAsync("/v1/me"))["email"]);
        Assert.Null(await server.Accounts.Accounts.FindByEmailAsync(EmailAddress.TryParse(mistyped)!, default));

        // The link that sets a new password goes to the owner alone.
        await stranger.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = mistyped });
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = right });
        await server.MailAsync("password-reset", right);
        Assert.Empty(server.MailsTo(mistyped, "password-reset"));
    }

    [Fact]
    public async Task A_new_request_voids_the_one_before()
    {
        using var ada = await server.NewPerson().JoinAsync();
        var (mistyped, right) = (NewAddress(), NewAddress());
        var first = await RequestAsync(ada, mistyped);
        var second = await RequestAsync(ada, right);
        await (await ada.PostAsync("/v1/auth/email/confirm", Link(first))).IsProblemAsync(400, "invalid_link");
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(second));
    }

    [Fact]
    public async Task A_link_alone_changes_nothing_and_neither_does_the_session_of_another_account()
    {
        using var ada = await server.NewPerson().JoinAsync();
        using var stranger = server.NewPerson();
        using var other = await server.NewPerson().JoinAsync();
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
        using var ada = await server.NewPerson().JoinAsync();
        using var phone = server.NewPerson();
        var fresh = NewAddress();
        var link = await RequestAsync(ada, fresh);
        await phone.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(link, Person.Password));
        await (await phone.PostAsync("/v1/auth/email/confirm", Link(link, Person.Password))).IsProblemAsync(400, "invalid_link");
        Assert.Equal(fresh, (string?)(await ada.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task Another_sites_page_can_not_confirm_with_the_cookie()
    {
        using var ada = await server.NewPerson().JoinAsync();
        var link = await RequestAsync(ada, NewAddress());
        var csrf = ada.Csrf;
        ada.Csrf = null;
        await (await ada.PostAsync("/v1/auth/email/confirm", Link(link))).IsProblemAsync(403, "csrf_failed");
        ada.Csrf = csrf;
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, Link(link));
    }

    protected static string NewAddress() => $"{Guid.NewGuid():N}@example.org";

    protected static JsonObject Link(string token, string? password = null)
    {
        var body = new JsonObject { ["token"] = token };
        if (password is not null)
            body["password"] = password;
        return body;
    }

    /// <summary>Asks for another address; returns the token of the link that goes there.</summary>
    protected async Task<string> RequestAsync(Person person, string email)
    {
        await person.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = email, ["password"] = Person.Password });
        return await server.LinkAsync("email-change", email);
    }
}
