using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Totp;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>A server that knows a GitHub.</summary>
public sealed class GithubServer : AccountServer, IAsyncLifetime
{
    public FakeGithub Github { get; private set; } = null!;

    protected override string[] Args =>
    [
        .. base.Args, "--TELEMETRYKIT_GITHUB_CLIENT_ID", "the-id", "--TELEMETRYKIT_GITHUB_CLIENT_SECRET", "the-secret",
        "--TELEMETRYKIT_GITHUB_URL", Github.Url,
    ];

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Github = await FakeGithub.StartAsync();
        await base.InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        await Github.DisposeAsync();
    }
}

public class GithubTests(GithubServer server) : IClassFixture<GithubServer>
{
    [Fact]
    public async Task Who_comes_from_github_has_an_account_and_comes_back_to_it()
    {
        using var person = server.NewPerson();
        server.Github.User = (4711, "Ada L.", person.Email, true);
        Assert.Equal("/", await SignInAsync(person));
        var me = await person.JsonAsync("/v1/me");
        Assert.Equal(
            (person.Email, "Ada L.", true, false),
            ((string?)me["email"], (string?)me["name"], (bool)me["github_linked"]!, (bool)me["has_password"]!));
        Assert.Equal("free", (string?)me["tenants"]![0]!["plan"]);
        // The request contained the secret of the app and the PKCE verifier of this browser.
        Assert.Equal(
            ("the-secret", "the-code"), (server.Github.Exchange!["client_secret"].ToString(), server.Github.Exchange["code"].ToString()));
        Assert.NotEmpty(server.Github.Exchange["code_verifier"].ToString());

        // The address at GitHub has changed, but the account is the same.
        using var again = server.NewPerson();
        server.Github.User = (4711, "Ada L.", again.Email, true);
        await SignInAsync(again);
        Assert.Equal((string?)me["id"], (string?)(await again.JsonAsync("/v1/me"))["id"]);

        // Without a password, a recent sign-in replaces it.
        again.Csrf = (string?)(await again.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        server.Time.Advance(TimeSpan.FromMinutes(11));
        await (await again.PostAsync("/v1/me/deletion", new JsonObject())).IsProblemAsync(403, "sign_in_again");
        await SignInAsync(again);
        again.Csrf = (string?)(await again.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        await again.JsonAsync(HttpMethod.Post, "/v1/me/deletion", 200, new JsonObject());
    }

    [Fact]
    public async Task A_verified_address_links_the_account_that_has_it_and_the_second_factor_still_counts()
    {
        using var person = await server.NewPerson().JoinAsync();
        var id = (string?)(await person.JsonAsync("/v1/me"))["id"];
        server.Github.User = (4712, "Ada", person.Email.ToUpperInvariant(), true);
        using var browser = server.NewPerson();
        Assert.Equal("/", await SignInAsync(browser));
        Assert.Equal(id, (string?)(await browser.JsonAsync("/v1/me"))["id"]);
        await person.SignInAsync();

        await server.Accounts.SecondFactors.BeginAsync(Guid.Parse(id!), "unreadable", default);
        await server.Accounts.SecondFactors.ConfirmAsync(Guid.Parse(id!), 1, [], null, null, server.Time.GetUtcNow(), default);
        using var later = server.NewPerson();
        Assert.Equal("/sign-in#second-factor", await SignInAsync(later));
        await (await later.GetAsync("/v1/me")).IsProblemAsync(403, "second_factor_required");
    }

    [Fact]
    public async Task A_password_from_before_the_address_was_proved_is_void_once_github_proves_it()
    {
        // The state after a sign-up to an earlier version: the attacker's password and an address that the victim confirmed.
        using var attacker = server.NewPerson();
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        var now = server.Time.GetUtcNow();
        var hash = await passwords.HashAsync(Person.Password, new DefaultHttpContext(), proved: null);
        var account = new Account
        {
            Id = Guid.CreateVersion7(now), Email = attacker.Email, Name = "Vic", PasswordHash = hash,
            CreatedAt = now,
        };
        var admission = new Admission.OwnTenant(Guid.CreateVersion7(now), "Vic's", PlanId.Business, null, now);
        Assert.Equal(SignUpOutcome.Created, await server.Accounts.Accounts.CreateAsync(account, admission, default));
        await attacker.SignInAsync();
        var body = ApiTokenTests.NewToken(admission.TenantId);
        var token = (string?)(await attacker.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, body))["token"];

        using var victim = server.NewPerson();
        server.Github.User = (4717, "Victoria", attacker.Email, true);
        Assert.Equal("/", await SignInAsync(victim));
        var me = await victim.JsonAsync("/v1/me");
        Assert.Equal((account.Id, true, false), ((Guid)me["id"]!, (bool)me["github_linked"]!, (bool)me["has_password"]!));
        await (await attacker.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");
        await (await attacker.TrySignInAsync()).IsProblemAsync(401, "wrong_credentials");
        attacker.Bearer = token;
        await (await attacker.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");
        await server.MailAsync("security-notice", account.Email);
    }

    [Fact]
    public async Task An_account_without_a_password_gets_its_address_back_from_a_thief_by_a_sign_in_through_github()
    {
        using var ada = server.NewPerson();
        server.Github.User = (4715, "Ada", ada.Email, true);
        await SignInAsync(ada);
        using var thief = server.NewPerson();
        thief.Cookies.SetCookies(server.Server.Url, $"tk_session={ada.SessionToken}; path=/");
        thief.Csrf = (string?)(await thief.JsonAsync("/v1/auth/csrf"))["csrf_token"];

        // The stolen session changes the address, sets up a second factor, and tries to sign in with the attacker's GitHub account.
        await thief.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = thief.Email });
        var link = new JsonObject { ["token"] = await server.LinkAsync("email-change", thief.Email) };
        await thief.DoAsync(HttpMethod.Post, "/v1/auth/email/confirm", 204, link);
        var begun = await thief.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject());
        var code = TotpCode.At(TotpTests.FromBase32((string)begun["secret"]!), server.Time.GetUtcNow());
        await thief.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, new JsonObject { ["code"] = code });
        server.Github.User = (4716, "Eve", thief.Email, true);
        using var thiefsGithub = server.NewPerson();
        await SignInAsync(thiefsGithub);
        Assert.Null(thiefsGithub.SessionToken);

        server.Github.User = (4715, "Ada", ada.Email, true);
        Assert.Equal("/sign-in#second-factor", await SignInAsync(ada));
        ada.Csrf = (string?)(await ada.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        var undo = new JsonObject { ["token"] = await server.LinkAsync("email-changed", ada.Email) };
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/email/undo", 204, undo);
        await (await thief.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");
        // The link from before may be the thief's, so the owner signs in with the link of the mail and links GitHub again.
        Assert.Equal("/sign-in#error=github_link_removed", await SignInAsync(ada));
        var reset = new JsonObject { ["token"] = await server.LinkAsync("password-reset", ada.Email), ["password"] = Person.Password };
        await ada.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await ada.SignInAsync();
        Assert.Equal("/", await LinkAsync(ada));
        var me = await ada.JsonAsync("/v1/me");
        Assert.Equal((ada.Email, true, false), ((string?)me["email"], (bool)me["github_linked"]!, (bool)me["totp_enabled"]!));
    }

    [Fact]
    public async Task An_address_that_github_has_not_verified_is_not_accepted()
    {
        using var victim = await server.NewPerson().JoinAsync();
        using var attacker = server.NewPerson();
        server.Github.User = (4713, "Eve", victim.Email, false);
        Assert.Equal("/sign-in#error=github", await SignInAsync(attacker));
        Assert.Null(attacker.SessionToken);
    }

    [Fact]
    public async Task A_callback_that_this_browser_did_not_request_signs_in_no_account()
    {
        using var attacker = server.NewPerson();
        using var victim = server.NewPerson();
        server.Github.User = (4714, "Eve", attacker.Email, true);
        // The attacker's callback from GitHub, opened in the victim's browser.
        using var start = await attacker.GetAsync("/v1/auth/github");
        using var back = await attacker.GetAsync(start.Headers.Location!.ToString());
        using var planted = await victim.GetAsync(back.Headers.Location!.PathAndQuery);
        Assert.Equal("/sign-in#error=github", planted.Headers.Location?.ToString());
        Assert.Null(victim.SessionToken);
    }

    [Fact]
    public async Task The_callback_is_that_of_the_public_address_whatever_the_host_of_the_request()
    {
        using var person = server.NewPerson();
        using var start = await person.SendAsync(
            HttpMethod.Get, "/v1/auth/github", change: request => request.Headers.Host = "evil.example");
        var redirect = System.Web.HttpUtility.ParseQueryString(start.Headers.Location!.Query)["redirect_uri"];
        Assert.Equal("http://telemetry.example.org/v1/auth/github/callback", redirect);
        server.Github.User = (4721, "Ada", person.Email, true);
        Assert.Equal("/", await SignInAsync(person));
        Assert.Equal(redirect, server.Github.Exchange!["redirect_uri"].ToString());
    }

    [Fact]
    public async Task A_link_is_reported_listed_and_can_be_removed_if_there_is_another_way_in()
    {
        using var person = await server.NewPerson().JoinAsync();
        server.Github.User = (4722, "Ada", person.Email, true);
        await SignInAsync(person);
        person.Csrf = (string?)(await person.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        Assert.Contains("somebody", await server.MailAsync("security-notice", person.Email));
        var linked = await person.JsonAsync("/v1/me");
        Assert.Equal("somebody", (string?)linked["github_login"]);
        Assert.Equal(server.Time.GetUtcNow(), (DateTimeOffset)linked["github_linked_at"]!, TimeSpan.FromMinutes(1));

        await (await person.SendAsync(HttpMethod.Delete, "/v1/me/github", new JsonObject { ["password"] = "wrong" }))
            .IsProblemAsync(403, "wrong_password");
        using var elsewhere = server.NewPerson();
        await SignInAsync(elsewhere);
        var removed = await person.JsonAsync(
            HttpMethod.Delete, "/v1/me/github", 200, new JsonObject { ["password"] = Person.Password });
        person.Csrf = (string?)removed["csrf_token"];
        var me = await person.JsonAsync("/v1/me");
        Assert.Equal((false, null), ((bool)me["github_linked"]!, (string?)me["github_login"]));
        await (await elsewhere.GetAsync("/v1/me")).IsProblemAsync(401, "not_signed_in");
        await (await person.SendAsync(HttpMethod.Delete, "/v1/me/github", new JsonObject { ["password"] = Person.Password }))
            .IsProblemAsync(404, "not_found");

        // The only way in stays.
        using var without = server.NewPerson();
        server.Github.User = (4723, "Eve", without.Email, true);
        await SignInAsync(without);
        without.Csrf = (string?)(await without.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        await (await without.SendAsync(HttpMethod.Delete, "/v1/me/github", new JsonObject())).IsProblemAsync(409, "conflict");
    }

    [Fact]
    public async Task A_reset_by_a_link_removes_the_link_to_github()
    {
        using var person = await server.NewPerson().JoinAsync();
        server.Github.User = (4724, "Eve", person.Email, true);
        await SignInAsync(person);
        await person.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = person.Email });
        var reset = new JsonObject
        {
            ["token"] = await server.LinkAsync("password-reset", person.Email), ["password"] = "quite another passphrase",
        };
        await person.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await person.SignInAsync("quite another passphrase");
        Assert.False((bool)(await person.JsonAsync("/v1/me"))["github_linked"]!);
        using var again = server.NewPerson();
        Assert.Equal("/sign-in#error=github_link_removed", await SignInAsync(again));
        server.Github.User = (4724, "Eve", $"{Guid.NewGuid():N}@example.org", true);
        using var thief = server.NewPerson();
        await SignInAsync(thief);
        Assert.NotEqual(person.Email, (string?)(await thief.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task A_removed_link_comes_back_only_from_a_live_session_of_its_owner()
    {
        using var person = await server.NewPerson().JoinAsync();
        server.Github.User = (4727, "Ada", person.Email, true);
        await SignInAsync(person);
        person.Csrf = (string?)(await person.JsonAsync("/v1/auth/csrf"))["csrf_token"];
        var password = new JsonObject { ["password"] = Person.Password };
        var removed = await person.JsonAsync(HttpMethod.Delete, "/v1/me/github", 200, password.DeepClone());
        person.Csrf = (string?)removed["csrf_token"];

        using var elsewhere = server.NewPerson();
        Assert.Equal("/sign-in#error=github_link_removed", await SignInAsync(elsewhere));
        Assert.Null(elsewhere.SessionToken);
        Assert.False((bool)(await person.JsonAsync("/v1/me"))["github_linked"]!);

        await (await person.PostAsync("/v1/me/github", new JsonObject { ["password"] = "wrong" })).IsProblemAsync(403, "wrong_password");
        server.Github.User = (4728, "Eve", $"{Guid.NewGuid():N}@example.org", true);
        Assert.Equal("/#error=github_other_address", await LinkAsync(person));
        server.Github.User = (4727, "Ada", person.Email, true);
        Assert.Equal("/", await LinkAsync(person));
        Assert.True((bool)(await person.JsonAsync("/v1/me"))["github_linked"]!);
        await (await person.PostAsync("/v1/me/github", password.DeepClone())).IsProblemAsync(409, "conflict");
        Assert.Equal("/", await SignInAsync(elsewhere));
        Assert.Equal(person.Email, (string?)(await elsewhere.JsonAsync("/v1/me"))["email"]);
    }

    [Fact]
    public async Task A_link_that_a_session_has_started_needs_the_same_session_at_its_end()
    {
        using var person = await server.NewPerson().JoinAsync();
        server.Github.User = (4729, "Ada", person.Email, true);
        var url = (string)(await person.JsonAsync(
            HttpMethod.Post, "/v1/me/github", 200, new JsonObject { ["password"] = Person.Password }))["url"]!;
        await person.DoAsync(HttpMethod.Post, "/v1/auth/sign-out");
        Assert.Equal("/#error=github", await AgreeAsync(person, url));
        await person.SignInAsync();
        Assert.False((bool)(await person.JsonAsync("/v1/me"))["github_linked"]!);
    }

    [Fact]
    public async Task A_second_github_account_never_replaces_the_link()
    {
        using var person = server.NewPerson();
        server.Github.User = (4725, "Ada", person.Email, true);
        await SignInAsync(person);
        using var other = server.NewPerson();
        server.Github.User = (4726, "Eve", person.Email, true);
        Assert.Equal("/sign-in#error=github_already_linked", await SignInAsync(other));
        Assert.Null(other.SessionToken);
        server.Github.User = (4725, "Ada", person.Email, true);
        Assert.Equal("/", await SignInAsync(person));
    }

    private static async Task<string?> SignInAsync(Person person)
    {
        using var start = await person.GetAsync("/v1/auth/github");
        Assert.Equal(302, (int)start.StatusCode);
        return await AgreeAsync(person, start.Headers.Location!.ToString());
    }

    private static async Task<string?> LinkAsync(Person person)
    {
        var begun = await person.JsonAsync(HttpMethod.Post, "/v1/me/github", 200, new JsonObject { ["password"] = Person.Password });
        return await AgreeAsync(person, (string)begun["url"]!);
    }

    private static async Task<string?> AgreeAsync(Person person, string url)
    {
        using var agreed = await person.GetAsync(url);
        // Back to the public address, which is this server.
        Assert.StartsWith("http://telemetry.example.org/v1/auth/github/callback?", agreed.Headers.Location!.ToString());
        using var back = await person.GetAsync(agreed.Headers.Location.PathAndQuery);
        Assert.Equal(302, (int)back.StatusCode);
        return back.Headers.Location?.ToString();
    }
}
