using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

public class SelfHostedTests(SelfHostedServer server) : IClassFixture<SelfHostedServer>
{
    [Fact]
    public async Task The_first_account_owns_the_server_and_others_need_an_invitation()
    {
        using var anybody = server.NewPerson();
        Assert.Equal("first", (string?)(await anybody.JsonAsync("/v1/auth/options"))["sign_up"]);
        Assert.False((bool)(await anybody.JsonAsync("/v1/auth/options"))["hosted"]!);

        // Two sign-ups start while the server has no owner. The first one that uses its link becomes the owner.
        using var owner = server.NewPerson();
        using var late = server.NewPerson();
        await owner.SignUpAsync();
        await late.SignUpAsync();
        var lateLink = await server.LinkAsync("verify", late.Email);
        Assert.Contains("https://telemetry.example.org/verify#token=", await server.MailAsync("verify", owner.Email));
        Assert.Equal(200, (int)(await owner.VerifyAsync(await server.LinkAsync("verify", owner.Email))).StatusCode);
        await (await late.VerifyAsync(lateLink)).IsProblemAsync(403, "sign_up_closed");
        await (await anybody.SignUpAsync()).IsProblemAsync(403, "sign_up_closed");
        Assert.Equal("invitation", (string?)(await anybody.JsonAsync("/v1/auth/options"))["sign_up"]);

        // The public address uses HTTPS, so the cookies are secure and this client must be made to send them.
        using var signIn = await owner.TrySignInAsync();
        var cookies = signIn.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Equal(["__Host-tk_session", "__Host-tk_device"], cookies.Select(cookie => cookie[..cookie.IndexOf('=')]));
        foreach (var part in (string[])["secure", "httponly", "samesite=lax", "path=/"])
            Assert.All(cookies, cookie => Assert.Contains(part, cookie));
        Carry(owner, cookies[0], (await signIn.JsonAsync(200))["csrf_token"]!);

        // The default tenant has the project of the first start, no quota and all features.
        var tenant = await owner.TenantAsync();
        Assert.Equal("default", (string?)(await owner.JsonAsync($"/v1/tenants/{tenant}/projects"))["projects"]![0]!["name"]);
        var about = await owner.JsonAsync($"/v1/tenants/{tenant}");
        Assert.Equal(("self_hosted", true), ((string?)about["plan"], about["events_per_month"] is null));
        await (await owner.PostAsync("/v1/tenants", new JsonObject { ["name"] = "another" })).IsProblemAsync(409, "conflict");
        await (await owner.PostAsync($"/v1/tenants/{tenant}/deletion", new JsonObject { ["password"] = Person.Password }))
            .IsProblemAsync(409, "conflict");
        await (await owner.PostAsync("/v1/me/deletion", new JsonObject { ["password"] = Person.Password })).IsProblemAsync(409, "conflict");

        // Another person can sign up with an invitation, but only with the invited address.
        using var guest = server.NewPerson();
        await owner.DoAsync(
            HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, new JsonObject { ["email"] = guest.Email, ["role"] = "viewer" });
        var invitation = await server.LinkAsync("invitation", guest.Email);
        await (await anybody.SignUpAsync(invitation)).IsProblemAsync(403, "sign_up_closed");
        Assert.Equal(202, (int)(await guest.SignUpAsync(invitation)).StatusCode);
        Assert.Equal(200, (int)(await guest.VerifyAsync(await server.LinkAsync("verify", guest.Email))).StatusCode);
        var members = await owner.JsonAsync($"/v1/tenants/{tenant}/members");
        Assert.Equal(["owner", "viewer"], members["members"]!.AsArray().Select(member => (string?)member!["role"]));
        await (await anybody.SignUpAsync(invitation)).IsProblemAsync(403, "sign_up_closed");
        // Without a token, the operator's routes don't exist.
        anybody.Bearer = AccountServer.OperatorToken;
        await (await anybody.GetAsync("/v1/operator/tenants")).IsProblemAsync(404, "not_found");
    }

    private void Carry(Person person, string cookie, JsonNode csrf)
    {
        var pair = cookie.Split(';')[0].Split('=', 2);
        person.Cookies.Add(server.Server.Url, new System.Net.Cookie(pair[0], pair[1], "/") { Secure = false });
        person.Csrf = (string?)csrf;
    }
}
