using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>The owner of an account sees who signed in to it, and gets a mail about a device that never did.</summary>
public class SignInListTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    [Fact]
    public async Task Sign_ins_are_listed_with_their_method_and_family_of_browser_and_without_an_address()
    {
        using var owner = await server.NewPerson("198.51.100.41").JoinAsync();
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var body = new JsonObject { ["email"] = owner.Email, ["password"] = Person.Password };
        using var thief = server.NewPerson("203.0.113.41");
        using (await thief.SendAsync(
            HttpMethod.Post, "/v1/auth/sign-in", body, request => request.Headers.TryAddWithoutValidation("User-Agent", Firefox))) { }
        await (await thief.TrySignInAsync("wrong guess", owner.Email)).IsProblemAsync(401, "wrong_credentials");
        var listed = await owner.JsonAsync("/v1/me/sign-ins");
        Assert.Equal(
            [("password", "Firefox", "Linux", true), ("password", "other", "other", false)],
            listed["sign_ins"]!.AsArray().Select(
                one => ((string)one!["method"]!, (string)one["browser"]!, (string)one["os"]!, (bool)one["new_device"]!)));
        Assert.DoesNotContain("203.0.113", listed.ToJsonString());
        await server.MailAsync("new-device", owner.Email);
        Assert.Single(server.MailsTo(owner.Email, "new-device"));

        // The second time, the device is known.
        await server.Server.Client.GetAsync("/health/live");
        thief.Email = owner.Email;
        await thief.SignInAsync();
        listed = await owner.JsonAsync("/v1/me/sign-ins");
        Assert.False((bool)listed["sign_ins"]![0]!["new_device"]!);

        // Until the owner signs out everywhere.
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/sign-out-everywhere");
        await thief.SignInAsync();
        await owner.SignInAsync();
        listed = await owner.JsonAsync("/v1/me/sign-ins");
        Assert.True((bool)listed["sign_ins"]![1]!["new_device"]!);
    }

    [Fact]
    public async Task Sign_ins_are_kept_for_90_days_and_at_most_100_of_them()
    {
        using var owner = await server.NewPerson().JoinAsync();
        for (var i = 0; i < 104; i++)
            await owner.SignInAsync();
        Assert.Equal(100, (await owner.JsonAsync("/v1/me/sign-ins"))["sign_ins"]!.AsArray().Count);
        server.Time.Advance(TimeSpan.FromDays(90));
        await owner.SignInAsync();
        Assert.Single((await owner.JsonAsync("/v1/me/sign-ins"))["sign_ins"]!.AsArray());
    }

    [Fact]
    public async Task A_second_factor_is_part_of_the_sign_in_and_a_half_one_is_none()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var (_, recovery) = await TotpTests.EnableAsync(owner, server);
        using var elsewhere = server.NewPerson();
        elsewhere.Email = owner.Email;
        Assert.True((bool)(await elsewhere.SignInAsync())["second_factor_required"]!);
        Assert.Single((await owner.JsonAsync("/v1/me/sign-ins"))["sign_ins"]!.AsArray());
        Assert.Empty(server.MailsTo(owner.Email, "new-device"));
        await elsewhere.JsonAsync(HttpMethod.Post, "/v1/auth/second-factor", 200, new JsonObject { ["recovery_code"] = recovery[0] });
        var newest = (await owner.JsonAsync("/v1/me/sign-ins"))["sign_ins"]![0]!;
        Assert.Equal(("password", true), ((string)newest["method"]!, (bool)newest["second_factor"]!));
        await server.MailAsync("new-device", owner.Email);
    }

    [Fact]
    public async Task No_device_is_known_any_more_after_a_reset_but_the_one_that_reset_it()
    {
        using var owner = await server.NewPerson().JoinAsync();
        using var thief = server.NewPerson();
        thief.Email = owner.Email;
        await thief.SignInAsync();
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = owner.Email });
        var reset = new JsonObject
        {
            ["token"] = await server.LinkAsync("password-reset", owner.Email), ["password"] = "quite another passphrase",
        };
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await owner.SignInAsync("quite another passphrase");
        Assert.False((bool)(await owner.JsonAsync("/v1/me/sign-ins"))["sign_ins"]![0]!["new_device"]!);
        await thief.SignInAsync("quite another passphrase");
        Assert.True((bool)(await owner.JsonAsync("/v1/me/sign-ins"))["sign_ins"]![0]!["new_device"]!);
    }
}
