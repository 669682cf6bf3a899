using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>The link on the console of a new self-hosted server makes one owner, once.</summary>
public sealed partial class OwnerLinkTests
{
    [GeneratedRegex(@"/owner#token=([0-9A-Za-z_-]{43})")]
    private static partial Regex Link { get; }

    [Fact]
    public async Task The_link_makes_the_owner_once_and_needs_an_address_and_a_name()
    {
        await using var server = new SelfHostedServer();
        await server.InitializeAsync();
        var token = await TokenAsync(server);
        using var person = server.NewPerson();
        await (await VerifyAsync(person, token, null, "Ada")).IsProblemAsync(400, "invalid_parameter");
        await (await VerifyAsync(person, token, person.Email, null)).IsProblemAsync(400, "invalid_parameter");
        await (await VerifyAsync(person, token, person.Email, "Ada", "short")).IsProblemAsync(400, "invalid_parameter");
        await (await VerifyAsync(person, new string('x', 43), person.Email, "Ada")).IsProblemAsync(400, "invalid_link");
        Assert.Equal("first", (string?)(await person.JsonAsync("/v1/auth/options"))["sign_up"]);

        using var created = await VerifyAsync(person, token, person.Email, "Ada");
        Assert.Equal(200, (int)created.StatusCode);
        Assert.Equal("invitation", (string?)(await person.JsonAsync("/v1/auth/options"))["sign_up"]);
        using var other = server.NewPerson();
        await (await VerifyAsync(other, token, other.Email, "Eve")).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task The_link_is_void_after_another_person_became_the_owner()
    {
        await using var server = new SelfHostedServer();
        await server.InitializeAsync();
        var token = await TokenAsync(server);
        using var owner = server.NewPerson();
        await owner.SignUpAsync();
        Assert.Equal(200, (int)(await owner.VerifyAsync(await server.LinkAsync("verify", owner.Email))).StatusCode);
        using var late = server.NewPerson();
        await (await VerifyAsync(late, token, late.Email, "Eve")).IsProblemAsync(403, "sign_up_closed");
    }

    [Fact]
    public async Task The_link_of_a_mail_keeps_its_address()
    {
        await using var server = new SelfHostedServer();
        await server.InitializeAsync();
        using var person = server.NewPerson();
        await person.SignUpAsync();
        using var created = await VerifyAsync(person, await server.LinkAsync("verify", person.Email), "eve@example.org", "Ada");
        Assert.Equal(person.Email, (string?)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["email"]);
    }

    [Fact]
    public async Task The_hosted_service_prints_no_link_and_options_name_no_demo()
    {
        await using var server = new AccountServer();
        await server.InitializeAsync();
        await Eventually.TrueAsync(
            () => server.Server.Console.ToString().Contains("listens on", StringComparison.Ordinal), "the banner is printed");
        Assert.DoesNotMatch(Link, server.Server.Console.ToString());
        using var anybody = server.NewPerson();
        var options = await anybody.JsonAsync("/v1/auth/options");
        Assert.Null(options["demo_project"]);
        Assert.Null(options["demo_key"]);
        Assert.False((bool)options["has_session"]!);
        using var member = await server.NewPerson().JoinAsync();
        Assert.True((bool)(await member.JsonAsync("/v1/auth/options"))["has_session"]!);
    }

    private static async Task<string> TokenAsync(SelfHostedServer server)
    {
        await Eventually.TrueAsync(() => Link.IsMatch(server.Server.Console.ToString()), "the link is printed");
        return Link.Match(server.Server.Console.ToString()).Groups[1].Value;
    }

    private static Task<HttpResponseMessage> VerifyAsync(
        Person person, string token, string? email, string? name, string password = Person.Password) =>
        person.PostAsync(
            "/v1/auth/verify",
            new JsonObject { ["token"] = token, ["password"] = password, ["email"] = email, ["name"] = name });
}
