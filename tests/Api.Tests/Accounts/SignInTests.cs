using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

public class SignInTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_planted_session_is_never_the_one_that_is_signed_in()
    {
        using var attacker = await server.NewPerson().JoinAsync();
        using var victim = await server.NewPerson().JoinAsync();
        var url = server.Server.Url;

        // A live session of the attacker, set in the victim's browser before the sign-in.
        var planted = attacker.SessionToken!;
        victim.Cookies.SetCookies(url, $"tk_session={planted}; path=/");
        victim.Csrf = null;
        await victim.SignInAsync();
        Assert.NotEqual(planted, victim.SessionToken);
        Assert.Equal(victim.Email, (string?)(await victim.JsonAsync("/v1/me"))["email"]);
        // The session that was set is invalid, so it isn't shared with the attacker.
        await (await attacker.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");

        // A value that the attacker made up isn't adopted either.
        var madeUp = Core.Accounts.Secrets.SecretToken.Generate();
        victim.Cookies.SetCookies(url, $"tk_session={madeUp}; path=/");
        victim.Csrf = null;
        await victim.SignInAsync();
        Assert.NotEqual(madeUp, victim.SessionToken);
    }

    [Fact]
    public async Task Signing_in_again_ends_the_session_from_before()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var copy = server.NewPerson();
        copy.Cookies.SetCookies(server.Server.Url, $"tk_session={person.SessionToken}; path=/");
        Assert.Equal(200, (int)(await copy.GetAsync("/v1/me")).StatusCode);
        await person.SignInAsync();
        Assert.Equal(401, (int)(await copy.GetAsync("/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Requests_with_a_cookie_need_the_CSRF_token_of_its_session()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var other = await server.NewPerson().JoinAsync();
        var good = person.Csrf;
        foreach (var bad in (string?[])[null, "", "x", other.Csrf, person.SessionToken])
        {
            person.Csrf = bad;
            await (await person.SendAsync(HttpMethod.Patch, "/v1/me", new JsonObject { ["name"] = "Eve" }))
                .IsProblemAsync(403, "csrf_failed");
            await (await person.PostAsync("/v1/auth/sign-out-everywhere")).IsProblemAsync(403, "csrf_failed");
        }

        Assert.Equal("Ada", (string?)(await person.JsonAsync("/v1/me"))["name"]);
        person.Csrf = (string?)(await person.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        Assert.Equal(good, person.Csrf);
        await person.DoAsync(HttpMethod.Patch, "/v1/me", 204, new JsonObject { ["name"] = "Grace" });
    }

    [Theory]
    [InlineData("cross-site", 403)]
    [InlineData("same-site", 403)]
    [InlineData("same-origin", 401)]
    [InlineData("none", 401)]
    public async Task Requests_of_pages_of_other_sites_can_not_sign_in(string site, int status)
    {
        using var person = server.NewPerson();
        using var response = await person.SendAsync(
            HttpMethod.Post, "/v1/auth/sign-in", new JsonObject { ["email"] = person.Email, ["password"] = "whatever it is" },
            request => request.Headers.Add("Sec-Fetch-Site", site));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Other_origins_can_not_read_responses_of_the_management_API()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var read = await person.SendAsync(
            HttpMethod.Get,
            "/v1/me",
            change: request => request.Headers.Add("Origin", "https://evil.example.net"));
        Assert.False(read.Headers.Contains("Access-Control-Allow-Origin"));
        using var preflight = await person.SendAsync(HttpMethod.Options, "/v1/me", change: request =>
        {
            request.Headers.Add("Origin", "https://evil.example.net");
            request.Headers.Add("Access-Control-Request-Method", "PATCH");
            request.Headers.Add("Access-Control-Request-Headers", "x-csrf-token");
        });
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Guessing_a_password_ends_after_ten_tries_whether_there_is_an_account_or_not()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var guesser = server.NewPerson();
        foreach (var email in (string[])[person.Email, guesser.Email])
        {
            for (var i = 0; i < 10; i++)
                await (await guesser.TrySignInAsync($"wrong guess {i}", email)).IsProblemAsync(401, "wrong_credentials");
            using var refused = await guesser.TrySignInAsync("wrong guess", email);
            await refused.IsProblemAsync(429, "rate_limited");
        }

        // Even the correct password is throttled now, from all browsers.
        await (await guesser.TrySignInAsync(Person.Password, person.Email)).IsProblemAsync(429, "rate_limited");
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var later = await guesser.TrySignInAsync(Person.Password, person.Email);
        Assert.Equal(200, (int)later.StatusCode);
    }

    [Fact]
    public async Task Attempts_of_one_source_on_many_accounts_are_throttled()
    {
        using var guesser = server.NewPerson(source: "203.0.113.7");
        using var neighbour = server.NewPerson(source: "203.0.113.8");
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            using var response = await guesser.TrySignInAsync("wrong guess", $"{Guid.NewGuid():N}@example.org");
            refused += response.StatusCode == System.Net.HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.Equal(10, refused);
        Assert.Equal(401, (int)(await neighbour.TrySignInAsync("wrong guess")).StatusCode);
    }

    [Fact]
    public async Task An_unknown_address_costs_the_same_work_as_a_wrong_password()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var guesser = server.NewPerson();
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        foreach (var email in (string[])[person.Email, guesser.Email])
        {
            var before = passwords.Computed;
            Assert.Equal(401, (int)(await guesser.TrySignInAsync("wrong guess", email)).StatusCode);
            Assert.Equal(before + 1, passwords.Computed);
        }

        // The placeholder hash has the same parameters as a real one.
        var hash = await passwords.HashAsync("x", new DefaultHttpContext(), proved: null);
        Assert.Equal(HeaderOf(hash), HeaderOf(passwords.PlaceholderHash));

        static string HeaderOf(string hash) => Convert.ToHexString(Convert.FromBase64String(hash).AsSpan(0, 13));
    }

    [Fact]
    public async Task A_reset_link_sets_the_password_once_and_ends_every_session()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var forgetful = server.NewPerson();
        await forgetful.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = person.Email });
        var link = await server.LinkAsync("password-reset", person.Email);
        var reset = new JsonObject { ["token"] = link, ["password"] = "password123" };
        await (await forgetful.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_parameter");
        reset["password"] = "quite another passphrase";
        await forgetful.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await (await forgetful.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");
        Assert.Equal(401, (int)(await person.GetAsync("/v1/me")).StatusCode);
        await (await person.TrySignInAsync()).IsProblemAsync(401, "wrong_credentials");
        await person.SignInAsync("quite another passphrase");
        await server.MailAsync("security-notice", person.Email);
    }

    [Fact]
    public async Task A_reset_link_ends_after_an_hour_and_with_the_next_password()
    {
        using var person = await server.NewPerson().JoinAsync();
        await person.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = person.Email });
        var link = await server.LinkAsync("password-reset", person.Email);
        var changed = await person.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, new JsonObject
        {
            ["current_password"] = Person.Password, ["password"] = "quite another passphrase",
        });
        person.Csrf = (string?)changed["csrf_token"];
        var reset = new JsonObject { ["token"] = link, ["password"] = "a third long passphrase" };
        await (await person.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");
        await person.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = person.Email });
        await Eventually.TrueAsync(() => server.MailsTo(person.Email, "password-reset").Count == 2, "another mail");
        reset["token"] = await server.LinkAsync("password-reset", person.Email);
        server.Time.Advance(TimeSpan.FromHours(1));
        await (await person.PostAsync("/v1/auth/password/reset", reset)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task A_new_password_ends_other_sessions_and_renews_this_one()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var elsewhere = server.NewPerson();
        elsewhere.Email = person.Email;
        await elsewhere.SignInAsync();
        Assert.Equal(2, (await person.JsonAsync("/v1/me/sessions"))["sessions"]!.AsArray().Count);
        var before = person.SessionToken;
        await (
            await person.PostAsync(
                "/v1/me/password", new JsonObject { ["current_password"] = "wrong", ["password"] = "quite another passphrase" }))
            .IsProblemAsync(403, "wrong_password");
        var changed = await person.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, new JsonObject
        {
            ["current_password"] = Person.Password, ["password"] = "quite another passphrase",
        });
        Assert.NotEqual(before, person.SessionToken);
        person.Csrf = (string?)changed["csrf_token"];
        await person.DoAsync(HttpMethod.Patch, "/v1/me", 204, new JsonObject { ["name"] = "Grace" });
        Assert.Equal(401, (int)(await elsewhere.GetAsync("/v1/me")).StatusCode);
        using var thief = server.NewPerson();
        thief.Cookies.SetCookies(server.Server.Url, $"tk_session={before}; path=/");
        Assert.Equal(401, (int)(await thief.GetAsync("/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Sessions_can_be_ended_one_by_one_or_everywhere()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var elsewhere = server.NewPerson();
        elsewhere.Email = person.Email;
        await elsewhere.SignInAsync();
        var sessions = (await person.JsonAsync("/v1/me/sessions"))["sessions"]!.AsArray();
        var other = sessions.Single(session => !(bool)session!["current"]!)!;
        await person.DoAsync(HttpMethod.Delete, $"/v1/me/sessions/{(string?)other["id"]}");
        await (await person.SendAsync(HttpMethod.Delete, $"/v1/me/sessions/{(string?)other["id"]}")).IsProblemAsync(404, "not_found");
        Assert.Equal(401, (int)(await elsewhere.GetAsync("/v1/me")).StatusCode);
        await elsewhere.SignInAsync();
        await person.DoAsync(HttpMethod.Post, "/v1/auth/sign-out-everywhere");
        Assert.Equal(401, (int)(await person.GetAsync("/v1/me")).StatusCode);
        Assert.Equal(401, (int)(await elsewhere.GetAsync("/v1/me")).StatusCode);
        Assert.Null(person.SessionToken);
    }

    [Fact]
    public async Task A_session_ends_unused_after_a_week()
    {
        using var person = await server.NewPerson().JoinAsync();
        server.Time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(200, (int)(await person.GetAsync("/v1/me")).StatusCode);
        server.Time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(200, (int)(await person.GetAsync("/v1/me")).StatusCode);
        server.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(401, (int)(await person.GetAsync("/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Another_address_is_proved_before_it_counts()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var other = await server.NewPerson().JoinAsync();
        var (old, fresh) = (person.Email, $"{Guid.NewGuid():N}@example.org");
        await person.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = fresh, ["password"] = Person.Password });
        var link = await server.LinkAsync("email-change", fresh);
        Assert.Equal(old, (string?)(await person.JsonAsync("/v1/me"))["email"]);
        await person.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, new JsonObject { ["token"] = link });
        await (await person.PostAsync("/v1/auth/email/confirm", new JsonObject { ["token"] = link })).IsProblemAsync(400, "invalid_link");
        Assert.Equal(fresh, (string?)(await person.JsonAsync("/v1/me"))["email"]);
        await server.MailAsync("email-changed", old);

        // Only the owner of the address learns that it is taken.
        await person.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject
        {
            ["email"] = other.Email, ["password"] = Person.Password,
        });
        await server.MailAsync("already-there", other.Email);
        Assert.Empty(server.MailsTo(other.Email, "email-change"));
    }

    [Fact]
    public async Task A_deleted_account_leaves_nothing_behind()
    {
        using var person = await server.NewPerson().JoinAsync();
        var tenant = await person.TenantAsync();
        var project = await person.ProjectAsync(tenant);
        await person.KeyAsync(project, "live");
        await (await person.PostAsync("/v1/me/deletion", new JsonObject { ["password"] = "wrong" })).IsProblemAsync(403, "wrong_password");
        var removed = await person.JsonAsync(HttpMethod.Post, "/v1/me/deletion", 200, new JsonObject { ["password"] = Person.Password });
        Assert.Equal(1, (int)removed["keys"]!);
        Assert.Equal(401, (int)(await person.GetAsync("/v1/me")).StatusCode);
        await (await person.TrySignInAsync()).IsProblemAsync(401, "wrong_credentials");
        Assert.Null(await server.Accounts.Tenants.FindAsync(tenant, default));
    }
}
