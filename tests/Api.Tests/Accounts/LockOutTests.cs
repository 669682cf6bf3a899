using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts.Totp;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Strangers who guess can't keep the owner of an account out of it.</summary>
public class LockOutTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task Guesses_of_strangers_keep_out_neither_another_source_nor_a_known_device()
    {
        using var owner = await server.NewPerson("198.51.100.1").JoinAsync();
        using var elsewhere = server.NewPerson("198.51.100.2");
        elsewhere.Email = owner.Email;
        for (var i = 0; i < 20; i++)
        {
            using var guesser = server.NewPerson($"203.0.113.{i}");
            await (await guesser.TrySignInAsync("wrong guess", owner.Email)).IsProblemAsync(401, "wrong_credentials");
        }

        await elsewhere.SignInAsync();

        // Many more: the limit of the address is reached, but only for devices that never signed in to the account.
        for (var i = 0; i < 120; i++)
        {
            using var guesser = server.NewPerson($"203.0.{i / 10}.{100 + i}");
            using var response = await guesser.TrySignInAsync("wrong guess", owner.Email);
            Assert.True((int)response.StatusCode is 401 or 429);
        }

        using var stranger = server.NewPerson("192.0.2.77");
        await (await stranger.TrySignInAsync("wrong guess", owner.Email)).IsProblemAsync(429, "rate_limited");
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/sign-out");
        await owner.SignInAsync();
    }

    [Fact]
    public async Task A_device_guesses_no_more_often_because_it_is_known()
    {
        using var owner = await server.NewPerson().JoinAsync();
        for (var i = 0; i < 10; i++)
            await (await owner.TrySignInAsync($"wrong guess {i}")).IsProblemAsync(401, "wrong_credentials");
        await (await owner.TrySignInAsync("wrong guess")).IsProblemAsync(429, "rate_limited");

        // It is known for its own account only.
        using var other = await server.NewPerson().JoinAsync();
        await (await owner.TrySignInAsync("wrong guess", other.Email)).IsProblemAsync(401, "wrong_credentials");
        for (var i = 0; i < 9; i++)
            using (await owner.TrySignInAsync("wrong guess", other.Email)) { }
        await (await owner.TrySignInAsync("wrong guess", other.Email)).IsProblemAsync(429, "rate_limited");
    }

    [Fact]
    public async Task A_live_session_can_still_prove_its_password()
    {
        using var owner = await server.NewPerson().JoinAsync();
        using var guesser = server.NewPerson();
        for (var i = 0; i < 11; i++)
            using (await guesser.TrySignInAsync("wrong guess", owner.Email)) { }
        await (await guesser.TrySignInAsync("wrong guess", owner.Email)).IsProblemAsync(429, "rate_limited");
        var change = new JsonObject { ["current_password"] = Person.Password, ["password"] = "quite another passphrase" };
        owner.Csrf = (string?)(await owner.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, change))["csrf_token"];

        // A person with the session but without the password is stopped.
        var wrong = new JsonObject { ["password"] = "wrong" };
        for (var i = 0; i < 10; i++)
            await (await owner.PostAsync("/v1/me/totp", wrong.DeepClone())).IsProblemAsync(403, "wrong_password");
        await (await owner.PostAsync("/v1/me/totp", wrong.DeepClone())).IsProblemAsync(429, "rate_limited");
    }

    [Fact]
    public async Task Requests_of_strangers_use_up_nobody_elses_reset_mails()
    {
        using var owner = await server.NewPerson("198.51.100.11").JoinAsync();
        using var elsewhere = server.NewPerson("198.51.100.12");
        var body = new JsonObject { ["email"] = owner.Email };
        for (var i = 0; i < 4; i++)
        {
            using var stranger = server.NewPerson($"203.0.113.{100 + i}");
            await stranger.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, body.DeepClone());
        }

        await elsewhere.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, body.DeepClone());
        for (var i = 0; i < 30; i++)
        {
            using var stranger = server.NewPerson($"203.0.113.{120 + i}");
            using (await stranger.PostAsync("/v1/auth/password/forgot", body.DeepClone())) { }
        }

        using var late = server.NewPerson("192.0.2.78");
        await (await late.PostAsync("/v1/auth/password/forgot", body.DeepClone())).IsProblemAsync(429, "rate_limited");
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, body.DeepClone());
        // Sign-ups with the address don't count as resets, and resets not as sign-ups.
        using var signsUp = server.NewPerson("192.0.2.79");
        signsUp.Email = owner.Email;
        Assert.Equal(202, (int)(await signsUp.SignUpAsync()).StatusCode);
    }

    [Fact]
    public async Task Wrong_second_factors_are_reported_and_cost_more_each_time()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (secret, recovery) = await TotpTests.EnableAsync(owner, server);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        using var thief = server.NewPerson("203.0.113.50");
        thief.Email = owner.Email;
        Assert.True((bool)(await thief.SignInAsync())["second_factor_required"]!);
        for (var i = 0; i < 5; i++)
            await WrongAsync(thief, 401, "wrong_code");
        await server.MailAsync("wrong-codes", owner.Email);

        // The pauses double: 5 minutes, 10, 20.
        foreach (var minutes in (int[])[5, 10, 20])
        {
            await WrongAsync(thief, 429, "rate_limited");
            server.Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            await thief.SignInAsync();
            await WrongAsync(thief, 429, "rate_limited");
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await WrongAsync(thief, 401, "wrong_code");
        }

        // Another source with the password has to wait as well, but not with a recovery code, and a known device doesn't.
        using var elsewhere = server.NewPerson("198.51.100.31");
        elsewhere.Email = owner.Email;
        await elsewhere.SignInAsync();
        await WrongAsync(elsewhere, 429, "rate_limited");
        await elsewhere.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, new JsonObject { ["recovery_code"] = recovery[0] });
        await owner.SignInAsync();
        var code = new JsonObject { ["code"] = TotpCode.At(secret, server.Time.GetUtcNow()) };
        await owner.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, code);
    }

    [Fact]
    public async Task Wrong_second_factors_in_a_live_session_are_reported()
    {
        using var owner = await server.NewPerson().JoinAsync();
        await TotpTests.EnableAsync(owner, server);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        var wrong = new JsonObject { ["password"] = Person.Password, ["code"] = "000000" };
        for (var i = 0; i < 4; i++)
            await (await owner.PostAsync("/v1/me/totp/disable", wrong.DeepClone())).IsProblemAsync(401, "wrong_code");
        Assert.Empty(server.MailsTo(owner.Email, "wrong-codes"));
        await (await owner.PostAsync("/v1/me/totp/disable", wrong.DeepClone())).IsProblemAsync(401, "wrong_code");
        Assert.Contains("5 wrong codes", await server.MailAsync("wrong-codes", owner.Email));
    }

    [Fact]
    public async Task A_link_from_a_mail_gives_no_new_attempts_to_guess_a_code()
    {
        using var owner = await server.NewPerson().JoinAsync();
        await TotpTests.EnableAsync(owner, server);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        using var thief = server.NewPerson("203.0.113.60");
        thief.Email = owner.Email;
        await thief.SignInAsync();
        for (var i = 0; i < 5; i++)
            await WrongAsync(thief, 401, "wrong_code");

        await thief.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = owner.Email });
        var token = await server.LinkAsync("password-reset", owner.Email);
        await thief.DoAsync(
            HttpMethod.Post, "/v1/auth/password/reset", 204, new JsonObject { ["token"] = token, ["password"] = Person.Password });
        Assert.Contains("tk_device", thief.Cookies.GetAllCookies().Select(cookie => cookie.Name));
        await thief.SignInAsync();
        await WrongAsync(thief, 429, "rate_limited");
    }

    [Fact]
    public async Task Another_spelling_of_the_cookie_is_the_same_device()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var device = owner.Cookies.GetAllCookies().Single(cookie => cookie.Name == "tk_device");
        for (var i = 0; i < 10; i++)
        {
            device.Value += "%20";
            await (await owner.TrySignInAsync($"wrong guess {i}")).IsProblemAsync(401, "wrong_credentials");
        }

        device.Value += "%20";
        await (await owner.TrySignInAsync("wrong guess")).IsProblemAsync(429, "rate_limited");
    }

    private static async Task WrongAsync(Person person, int status, string code)
    {
        using var response = await person.PostAsync("/v1/auth/second-factor", new JsonObject { ["code"] = "000000" });
        await response.IsProblemAsync(status, code);
    }
}
