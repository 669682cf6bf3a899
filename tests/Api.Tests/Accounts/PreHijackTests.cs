using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

public sealed class SqlitePreHijackTests(AccountServer server) : PreHijackTests(server), IClassFixture<AccountServer>;

public sealed class PostgresPreHijackTests(PostgresAccountServer server) : PreHijackTests(server), IClassFixture<PostgresAccountServer>;

/// <summary>An attacker signs up with the address of a victim, and waits until the victim follows the link.</summary>
public abstract class PreHijackTests(AccountServer server)
{
    private const string AttackersPassword = "attackers passphrase 1";

    [Fact]
    public async Task The_attackers_password_does_not_open_the_account()
    {
        using var attacker = server.NewPerson();
        using var victim = server.NewPerson();

        // Sends a password with the sign-up and none with the link, as clients of earlier versions do.
        var signUp = new JsonObject { ["email"] = victim.Email, ["name"] = "Vic", ["password"] = AttackersPassword };
        if ((int)(await attacker.PostAsync("/v1/auth/sign-up", signUp)).StatusCode != 202)
            await SignUpAsync(attacker, victim.Email, "Vic");
        var link = await server.LinkAsync("verify", victim.Email);
        if ((int)(await victim.PostAsync("/v1/auth/verify", new JsonObject { ["token"] = link })).StatusCode != 200)
            Assert.Equal(200, (int)(await VerifyAsync(victim, link)).StatusCode);
        await (await attacker.TrySignInAsync(AttackersPassword, victim.Email)).IsProblemAsync(401, "wrong_credentials");
    }

    [Fact]
    public async Task A_sign_up_takes_no_password_and_its_link_does()
    {
        using var attacker = server.NewPerson();
        using var victim = server.NewPerson();
        var signUp = new JsonObject { ["email"] = victim.Email, ["name"] = "Vic", ["password"] = AttackersPassword };
        await (await attacker.PostAsync("/v1/auth/sign-up", signUp)).IsProblemAsync(400, "invalid_body");
        await SignUpAsync(attacker, victim.Email, "Vic");
        var link = await server.LinkAsync("verify", victim.Email);
        await (await victim.PostAsync("/v1/auth/verify", new JsonObject { ["token"] = link })).IsProblemAsync(400, "invalid_parameter");
        Assert.Equal(200, (int)(await VerifyAsync(victim, link)).StatusCode);
        await victim.SignInAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whose_sign_up_a_link_is_from_makes_no_difference(bool attackerIsFirst)
    {
        using var attacker = server.NewPerson();
        using var victim = server.NewPerson();
        await SignUpAsync(attackerIsFirst ? attacker : victim, victim.Email, attackerIsFirst ? "Vic" : "Victoria");
        var first = await server.LinkAsync("verify", victim.Email);
        await SignUpAsync(attackerIsFirst ? victim : attacker, victim.Email.ToUpperInvariant(), attackerIsFirst ? "Victoria" : "Vic");
        await Eventually.TrueAsync(() => server.MailsTo(victim.Email, "verify").Count == 2, "another mail");

        // The later sign-up replaces the earlier one. Its link only provides a name, which can be replaced.
        await (await VerifyAsync(victim, first)).IsProblemAsync(400, "invalid_link");
        var made = await (await VerifyAsync(victim, await server.LinkAsync("verify", victim.Email), "Victoria")).JsonAsync(200);
        Assert.Equal("Victoria", (string?)made["name"]);
        await victim.SignInAsync();
        Assert.Equal("Victoria", (string?)(await victim.JsonAsync("/v1/me"))["name"]);
    }

    [Fact]
    public async Task A_password_or_a_name_that_is_refused_does_not_cost_the_link()
    {
        using var person = server.NewPerson();
        await SignUpAsync(person, person.Email, "Ada");
        var link = await server.LinkAsync("verify", person.Email);
        foreach (var password in (string[])["short", "Password123!", person.Email])
            await (await VerifyAsync(person, link, password: password)).IsProblemAsync(400, "invalid_parameter");
        await (await VerifyAsync(person, link, name: "two\nlines")).IsProblemAsync(400, "invalid_parameter");
        var made = await (await VerifyAsync(person, link)).JsonAsync(200);
        Assert.Equal("Ada", (string?)made["name"]);
        await (await VerifyAsync(person, link)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task A_link_for_an_address_that_has_an_account_by_now_is_void_even_once_it_has_none()
    {
        using var person = server.NewPerson();
        await SignUpAsync(person, person.Email, "Ada");
        var link = await server.LinkAsync("verify", person.Email);
        using var other = await server.NewPerson().JoinAsync();
        var request = new JsonObject { ["email"] = person.Email, ["password"] = Person.Password };
        await other.DoAsync(HttpMethod.Post, "/v1/me/email", 202, request);
        var change = new JsonObject { ["token"] = await server.LinkAsync("email-change", person.Email) };
        await other.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, change);
        await (await VerifyAsync(person, link)).IsProblemAsync(400, "invalid_link");
        await other.JsonAsync(HttpMethod.Post, "/v1/me/deletion", 200, new JsonObject { ["password"] = Person.Password });
        await (await VerifyAsync(person, link)).IsProblemAsync(400, "invalid_link");
    }

    private static Task SignUpAsync(Person person, string email, string name) =>
        person.DoAsync(HttpMethod.Post, "/v1/auth/sign-up", 202, new JsonObject { ["email"] = email, ["name"] = name });

    private static Task<HttpResponseMessage> VerifyAsync(
        Person person, string link, string? name = null, string password = Person.Password) =>
        person.PostAsync("/v1/auth/verify", new JsonObject { ["token"] = link, ["password"] = password, ["name"] = name });
}
