using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts.Totp;

namespace TelemetryKit.Api.Tests.Accounts;

public class TotpTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task With_a_second_factor_a_password_alone_opens_nothing()
    {
        using var person = await server.NewPerson().JoinAsync();
        using var thief = server.NewPerson();
        thief.Email = person.Email;
        await thief.SignInAsync();
        var before = person.SessionToken;
        var (secret, _) = await EnableAsync(person);

        // After the confirmation this session has a new token, and the other sessions, which never verified a code, have ended.
        Assert.NotEqual(before, person.SessionToken);
        Assert.Equal(401, (int)(await thief.GetAsync("/v1/me")).StatusCode);
        Assert.True((bool)(await person.JsonAsync("/v1/me"))["totp_enabled"]!);

        server.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True((bool)(await thief.SignInAsync())["second_factor_required"]!);
        var half = thief.SessionToken;
        foreach (var path in (string[])["/v1/me", "/v1/tenants", "/v1/me/sessions"])
            await (await thief.GetAsync(path)).IsProblemAsync(403, "second_factor_required");
        await (await thief.PostAsync("/v1/me/totp/disable", new JsonObject())).IsProblemAsync(403, "second_factor_required");

        var signedIn = await thief.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, Code(secret));
        Assert.NotEqual(half, thief.SessionToken);
        thief.Csrf = (string?)signedIn["csrf_token"];
        Assert.Equal(200, (int)(await thief.GetAsync("/v1/me")).StatusCode);
        await (await thief.PostAsync("/v1/auth/second-factor", Code(secret))).IsProblemAsync(409, "conflict");
    }

    [Fact]
    public async Task A_code_that_was_seen_is_no_good_again()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, _) = await EnableAsync(person);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        var code = Code(secret);
        using var one = await HalfWayAsync(person.Email);
        using var other = await HalfWayAsync(person.Email);
        Assert.Equal(200, (int)(await one.PostAsync("/v1/auth/second-factor", code.DeepClone())).StatusCode);
        await (await other.PostAsync("/v1/auth/second-factor", code.DeepClone())).IsProblemAsync(401, "wrong_code");
    }

    [Fact]
    public async Task Guessing_codes_ends_after_five_tries_in_however_many_sessions()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, _) = await EnableAsync(person);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 5; i++)
        {
            using var guesser = await HalfWayAsync(person.Email);
            await (await guesser.PostAsync("/v1/auth/second-factor", new JsonObject { ["code"] = "00000" + i }))
                .IsProblemAsync(401, "wrong_code");
        }

        using var last = await HalfWayAsync(person.Email);
        await (await last.PostAsync("/v1/auth/second-factor", Code(secret))).IsProblemAsync(429, "rate_limited");
        server.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (int)(await last.PostAsync("/v1/auth/second-factor", Code(secret))).StatusCode);
    }

    [Fact]
    public async Task A_recovery_code_works_once_and_a_new_set_replaces_the_old_one()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, recovery) = await EnableAsync(person);
        using var one = await HalfWayAsync(person.Email);
        await one.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, new JsonObject
        {
            ["recovery_code"] = recovery[0].ToUpperInvariant(),
        });
        using var other = await HalfWayAsync(person.Email);
        await (await other.PostAsync("/v1/auth/second-factor", new JsonObject { ["recovery_code"] = recovery[0] }))
            .IsProblemAsync(401, "wrong_code");
        Assert.Equal(9, (int)(await person.JsonAsync("/v1/me"))["recovery_codes_left"]!);

        server.Time.Advance(TimeSpan.FromMinutes(2));
        var both = Code(secret);
        both["password"] = Person.Password;
        var made = await person.JsonAsync(HttpMethod.Post, "/v1/me/recovery-codes", 200, both);
        Assert.Equal(10, made["recovery_codes"]!.AsArray().Count);
        await (await other.PostAsync("/v1/auth/second-factor", new JsonObject { ["recovery_code"] = recovery[1] }))
            .IsProblemAsync(401, "wrong_code");
    }

    [Fact]
    public async Task Taking_it_away_needs_both_factors()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, _) = await EnableAsync(person);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await (await person.PostAsync("/v1/me/totp", new JsonObject { ["password"] = Person.Password })).IsProblemAsync(409, "conflict");
        await (await person.PostAsync("/v1/me/totp/disable", new JsonObject { ["password"] = Person.Password }))
            .IsProblemAsync(401, "wrong_code");
        var body = Code(secret);
        await (await person.PostAsync("/v1/me/totp/disable", body.DeepClone())).IsProblemAsync(403, "wrong_password");
        body["password"] = Person.Password;
        person.Csrf = (string?)(await person.JsonAsync(HttpMethod.Post, "/v1/me/totp/disable", 200, body))["csrf_token"];
        Assert.False((bool)(await person.SignInAsync())["second_factor_required"]!);
        await server.MailAsync("security-notice", person.Email);
    }

    [Fact]
    public async Task A_code_may_be_typed_with_blanks_as_apps_show_it()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, _) = await EnableAsync(person);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        using var typist = await HalfWayAsync(person.Email);
        var code = TotpCode.At(secret, server.Time.GetUtcNow());
        var typed = new JsonObject { ["code"] = $" {code[..3]}\u00a0{code[3..]} " };
        await typist.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, typed);
    }

    [Fact]
    public async Task A_half_way_session_ends_soon()
    {
        using var person = await server.NewPerson().JoinAsync();
        var (secret, _) = await EnableAsync(person);
        using var slow = await HalfWayAsync(person.Email);
        server.Time.Advance(TimeSpan.FromMinutes(10));
        await (await slow.PostAsync("/v1/auth/second-factor", Code(secret))).IsProblemAsync(401, "not_signed_in");
    }

    private Task<(byte[] Secret, string[] RecoveryCodes)> EnableAsync(Person person) => EnableAsync(person, server);

    internal static async Task<(byte[] Secret, string[] RecoveryCodes)> EnableAsync(Person person, AccountServer server)
    {
        var begun = await person.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
        var secret = FromBase32((string)begun["secret"]!);
        Assert.StartsWith("otpauth://totp/TelemetryKit:", (string?)begun["uri"]);
        await (await person.PostAsync("/v1/me/totp/confirm", new JsonObject { ["code"] = "123" })).IsProblemAsync(401, "wrong_code");
        var confirmed = await person.JsonAsync(HttpMethod.Post, "/v1/me/totp/confirm", 200, Code(secret, server));
        person.Csrf = (string?)confirmed["csrf_token"];
        return (secret, [.. confirmed["recovery_codes"]!.AsArray().Select(code => (string)code!)]);
    }

    private async Task<Person> HalfWayAsync(string email)
    {
        var person = server.NewPerson();
        person.Email = email;
        Assert.True((bool)(await person.SignInAsync())["second_factor_required"]!);
        return person;
    }

    private JsonObject Code(byte[] secret) => Code(secret, server);

    private static JsonObject Code(byte[] secret, AccountServer server) =>
        new() { ["code"] = TotpCode.At(secret, server.Time.GetUtcNow()) };

    internal static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
