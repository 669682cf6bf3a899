using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

public class SignUpTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_stranger_signs_up_and_has_a_tenant_on_the_free_plan()
    {
        using var person = await server.NewPerson().JoinAsync();
        var me = await person.JsonAsync("/v1/me");
        Assert.Equal(person.Email, (string?)me["email"]);
        var tenant = Assert.Single(me["tenants"]!.AsArray())!;
        Assert.Equal(("owner", "free"), ((string?)tenant["role"], (string?)tenant["plan"]));
        var plan = await person.JsonAsync($"/v1/tenants/{(string?)tenant["id"]}");
        Assert.Equal(
            (10_000, 30, 1, 3), ((int)plan["events_per_month"]!, (int)plan["kept_days"]!, (int)plan["members"]!, (int)plan["projects"]!));
    }

    [Fact]
    public async Task Nothing_is_there_before_the_link_is_followed_and_the_link_works_once()
    {
        using var person = server.NewPerson();
        Assert.Equal(202, (int)(await person.SignUpAsync()).StatusCode);
        var link = await server.LinkAsync("verify", person.Email);
        await (await person.TrySignInAsync()).IsProblemAsync(401, "wrong_credentials");
        Assert.Equal(200, (int)(await person.VerifyAsync(link)).StatusCode);
        await person.SignInAsync();
        await (await person.VerifyAsync(link)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task Of_two_links_of_one_address_the_last_one_counts()
    {
        using var person = server.NewPerson();
        using var other = server.NewPerson();
        other.Email = person.Email.ToUpperInvariant();
        await person.SignUpAsync();
        var first = await server.LinkAsync("verify", person.Email);
        await other.SignUpAsync();
        await Eventually.TrueAsync(() => server.MailsTo(person.Email, "verify").Count == 2, "two mails");
        var second = await server.LinkAsync("verify", person.Email);
        Assert.NotEqual(first, second);
        await (await person.VerifyAsync(first)).IsProblemAsync(400, "invalid_link");
        Assert.Equal(200, (int)(await person.VerifyAsync(second)).StatusCode);
    }

    [Fact]
    public async Task A_link_ends_after_a_day()
    {
        using var person = server.NewPerson();
        await person.SignUpAsync();
        var link = await server.LinkAsync("verify", person.Email);
        server.Time.Advance(TimeSpan.FromHours(24));
        await (await person.VerifyAsync(link)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task Only_the_owner_of_an_address_learns_whether_it_has_an_account()
    {
        using var known = await server.NewPerson().JoinAsync();
        using var asker = server.NewPerson();
        var unknown = asker.Email;
        foreach (var (path, body) in ((string, Func<string, JsonObject>)[])
        [
            ("/v1/auth/sign-up", email => new JsonObject { ["email"] = email, ["name"] = "x" }),
            ("/v1/auth/password/forgot", email => new JsonObject { ["email"] = email }),
            ("/v1/auth/sign-in", email => new JsonObject { ["email"] = email, ["password"] = "not the password" }),
        ])
        {
            using var one = await asker.PostAsync(path, body(known.Email));
            using var other = await asker.PostAsync(path, body(unknown));
            Assert.Equal(await DescribeAsync(other), await DescribeAsync(one));
        }

        Assert.Contains("signed up", await server.MailAsync("already-there", known.Email));
        await server.MailAsync("password-reset", known.Email);
        await server.MailAsync("verify", unknown);
        Assert.Empty(server.MailsTo(unknown, "password-reset"));
        Assert.Single(server.MailsTo(known.Email, "verify"));

        static async Task<string> DescribeAsync(HttpResponseMessage response)
        {
            var headers = response.Headers.Concat(response.Content.Headers).Where(h => h.Key != "Date")
                .Select(h => $"{h.Key}={string.Join(',', h.Value)}");
            return $"{response.StatusCode} {string.Join('|', headers)} {await response.Content.ReadAsStringAsync()}";
        }
    }

    [Theory]
    [InlineData("""{"email":"x","name":""}""", "email,name")]
    [InlineData("""{"email":"a@example.org","name":"two\nlines"}""", "name")]
    [InlineData("""{}""", "email,name")]
    [InlineData("""{"email":"a@example.org","name":"A","invitation":"x"}""", "invitation")]
    public async Task Every_fault_of_a_sign_up_is_named_at_once(string body, string members)
    {
        using var person = server.NewPerson();
        using var response = await person.PostAsync("/v1/auth/sign-up", JsonNode.Parse(body));
        var problem = await response.IsProblemAsync(400, "invalid_parameter");
        Assert.Equal(
            members,
            string.Join(',', problem["errors"]!.AsArray().Select(error => (string?)error!["parameter"]).Distinct().Order()));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("""{"email":1}""")]
    [InlineData("""{"email":"a@example.org","email":"b@example.org"}""")]
    [InlineData("""{"e-mail":"a@example.org"}""")]
    public async Task A_body_of_another_form_is_refused(string body)
    {
        using var person = server.NewPerson();
        using var response = await person.SendAsync(
            HttpMethod.Post,
            "/v1/auth/password/forgot",
            change: request => request.Content = new StringContent(
                body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
        await response.IsProblemAsync(400, "invalid_body");
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_json_is_refused()
    {
        using var person = server.NewPerson();
        using var large = await person.PostAsync("/v1/auth/sign-in", new JsonObject { ["email"] = new string('a', 70_000) });
        await large.IsProblemAsync(413, "body_too_large");
        using var form = await person.SendAsync(
            HttpMethod.Post,
            "/v1/auth/sign-in",
            change: r => r.Content = new FormUrlEncodedContent([new("email", "a@example.org")]));
        await form.IsProblemAsync(415, "unsupported_media_type");
    }

    [Fact]
    public async Task Links_start_with_the_configured_address_and_not_with_that_of_the_request()
    {
        using var person = server.NewPerson();
        await person.SendAsync(
            HttpMethod.Post, "/v1/auth/sign-up", new JsonObject { ["email"] = person.Email, ["name"] = "x" },
            request =>
            {
                request.Headers.Host = "evil.example.net";
                request.Headers.Add("X-Forwarded-Host", "evil.example.net");
            });
        var mail = await server.MailAsync("verify", person.Email);
        Assert.Contains("http://telemetry.example.org/verify#token=", mail);
        Assert.DoesNotContain("evil", mail);
        Assert.Contains("text/plain", mail);
        Assert.Contains("text/html", mail);
    }

    [Fact]
    public async Task Mails_to_an_address_are_throttled()
    {
        using var person = server.NewPerson();
        for (var i = 0; i < 3; i++)
            Assert.Equal(202, (int)(await person.SignUpAsync()).StatusCode);
        await (await person.SignUpAsync()).IsProblemAsync(429, "rate_limited");
        // Mails with another purpose have their own limit, so that sign-ups with an address don't keep its owner from a reset.
        var forgot = new JsonObject { ["email"] = person.Email };
        for (var i = 0; i < 3; i++)
            await person.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, forgot.DeepClone());
        await (await person.PostAsync("/v1/auth/password/forgot", forgot)).IsProblemAsync(429, "rate_limited");
    }
}
