using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Installs;

/// <summary>Erasing and finding the data of an install. Both stores behave the same.</summary>
public abstract class InstallsTests(AccountServer server)
{
    public static readonly TheoryData<string> Ids =
    [
        "anon_abc123", "with a blank, ümläut + plus?", "a/b", "a%2Fb", ".", "..", "erase", "-", string.Concat(Enumerable.Repeat("🚀", 600)),
        new string('字', Limits.StringLength), "a\0b", " ", "\u200b", "tk_live_0123456789abcdefghijABCDEFGHIJ01",
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Every_id_that_ingest_accepts_can_be_found_and_erased(string userId)
    {
        var world = await BuildAsync();
        var id = JsonSerializer.Serialize(userId);
        await world.SendAsync(
            $$"""
            {"events":[{"event_type":"x","user_id":{{id}}},{"event_type":"x","user_id":{{id}}},{"event_type":"x","user_id":"other"}]}
            """);
        await world.SendAsync($$"""{"events":[{"event_type":"x","user_id":{{id}}}]}""", "test");

        var found = await world.PostAsync("find", userId);
        var stored = (await world.Admin.JsonAsync($"/v1/stats/events?project={world.Project}&user={found["user"]}"))["items"]!.AsArray();
        Assert.Equal(2, stored.Count);
        Assert.All(stored, item => Assert.Equal((string?)found["user"], (string?)item!["user"]));
        Assert.Equal((string?)stored[0]!["timestamp"], (string?)found["last_live_event_at"]);
        Assert.NotNull(found["last_test_event_at"]);

        Assert.Equal(3, (int?)(await world.PostAsync("erase", userId))["deleted_events"]);
        Assert.Equal(1, (int?)(await world.OverviewAsync())["events"]);
        Assert.Equal(1, (int?)(await world.OverviewAsync())["installs"]);
        Assert.Equal(0, (int?)(await world.OverviewAsync("&env=test"))["events"]);
        Assert.Equal(0, (int?)(await world.PostAsync("erase", userId))["deleted_events"]);
        found = await world.PostAsync("find", userId);
        Assert.Null(found["last_live_event_at"]);
        Assert.Null(found["last_test_event_at"]);
    }

    [Fact]
    public async Task An_erasure_is_a_line_of_the_audit_log_without_the_id()
    {
        var world = await BuildAsync();
        await world.SendAsync("""{"events":[{"event_type":"x","user_id":"zebra-42"}]}""");
        var hash = (string)(await world.PostAsync("find", "zebra-42"))["user"]!;
        await world.PostAsync("erase", "zebra-42");
        await world.Admin.JsonAsync(HttpMethod.Delete, $"/v1/installs/zebra-42?project={world.Project}");

        var log = await world.Admin.JsonAsync($"/v1/tenants/{world.Tenant}/audit");
        var lines = log["entries"]!.AsArray().Where(line => (string?)line!["action"] == "install.erased").ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.Equal(world.Project.ToString(), (string?)line!["target"]));
        Assert.All(lines, line => Assert.Equal(world.Admin.Email, (string?)line!["email"]));
        Assert.DoesNotContain("zebra-42", log.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(hash, log.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgotten_install_is_gone_from_the_next_answer()
    {
        var world = await BuildAsync();
        await world.SendAsync("""{"events":[{"event_type":"x","user_id":"a"},{"event_type":"x","user_id":"b"}]}""");
        await Eventually.TrueAsync(async () => (int?)(await world.OverviewAsync())["events"] == 2, "both events are counted");
        for (var left = 1; left >= 0; left--)
        {
            await world.PostAsync("erase", left == 1 ? "a" : "b");
            Assert.Equal(left, (int?)(await world.OverviewAsync())["events"]);
        }
    }

    [Fact]
    public async Task Keys_of_a_project_erase_and_find_nothing()
    {
        var world = await BuildAsync();
        await world.SendAsync("""{"events":[{"event_type":"x","user_id":"a"}]}""");
        foreach (var kind in (string[])["read", "live", "test"])
        {
            using var holder = server.NewPerson();
            holder.Bearer = (await world.Admin.KeyAsync(world.Project, kind)).Key;
            foreach (var path in (string[])["erase", "find"])
                await (await holder.PostAsync($"/v1/installs/{path}", world.Install("a"))).IsProblemAsync(401, "not_signed_in");
            await (await holder.SendAsync(HttpMethod.Delete, $"/v1/installs/a?project={world.Project}"))
                .IsProblemAsync(401, "not_signed_in");
        }

        Assert.Equal(1, (int?)(await world.OverviewAsync())["events"]);
    }

    [Fact]
    public async Task Only_an_admin_erases_and_another_project_does_not_exist()
    {
        var world = await BuildAsync();
        using var member = await world.InviteAsync("member");
        using var stranger = await server.NewPerson().JoinAsync();
        foreach (var path in (string[])["erase", "find"])
        {
            await (await member.PostAsync($"/v1/installs/{path}", world.Install("a"))).IsProblemAsync(403, "role_required");
            await (await stranger.PostAsync($"/v1/installs/{path}", world.Install("a"))).IsProblemAsync(404, "not_found");
            member.Csrf = stranger.Csrf;
            await (await member.PostAsync($"/v1/installs/{path}", world.Install("a"))).IsProblemAsync(403, "csrf_failed");
            await member.SignInAsync();
        }

        // With a token of the admin, if its scopes allow it.
        using var token = server.NewPerson();
        token.Bearer = await TokenAsync("stats:read");
        await (await token.PostAsync("/v1/installs/erase", world.Install("a"))).IsProblemAsync(403, "scope_required");
        token.Bearer = await TokenAsync("installs:erase");
        Assert.Equal(0, (int?)(await token.JsonAsync(HttpMethod.Post, "/v1/installs/erase", 200, world.Install("a")))["deleted_events"]);

        async Task<string?> TokenAsync(string scope)
        {
            var body = new JsonObject { ["tenant_id"] = world.Tenant.ToString(), ["name"] = scope, ["scopes"] = new JsonArray(scope) };
            return (string?)(await world.Admin.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, body))["token"];
        }
    }

    [Theory]
    [InlineData("user_id", """{"project":"P"}""")]
    [InlineData("user_id", """{"project":"P","user_id":""}""")]
    [InlineData("user_id", """{"project":"P","user_id":"\ud800"}""")]
    [InlineData("project", """{"user_id":"a"}""")]
    public async Task An_invalid_body_is_refused(string member, string body)
    {
        var world = await BuildAsync();
        foreach (var path in (string[])["erase", "find"])
        {
            using var response = await world.Admin.SendAsync(HttpMethod.Post, $"/v1/installs/{path}", null, request => request.Content =
                new StringContent(
                    body.Replace("P", world.Project.ToString(), StringComparison.Ordinal), Encoding.UTF8, "application/json"));
            var problem = await response.IsProblemAsync(400, "invalid_parameter");
            Assert.Equal(member, (string?)problem["errors"]![0]!["parameter"]);
        }
    }

    [Fact]
    public async Task An_id_is_at_most_1024_code_points_long()
    {
        var world = await BuildAsync();
        var rockets = string.Concat(Enumerable.Repeat("🚀", Limits.StringLength + 1));
        using var response = await world.Admin.PostAsync("/v1/installs/erase", world.Install(rockets));
        await response.IsProblemAsync(400, "invalid_parameter");
    }

    [Theory]
    [InlineData("/v1/installs/u1")]
    [InlineData("/v1/installs/u1/")]
    [InlineData("//v1//installs//u1")]
    [InlineData("/v1/installs/%75%31")]
    public async Task The_deprecated_route_still_erases(string path)
    {
        var world = await BuildAsync();
        await world.SendAsync("""{"events":[{"event_type":"x","user_id":"u1"},{"event_type":"x","user_id":"installs"}]}""");
        var response = await world.RawAsync($"DELETE {path}?project={world.Project}");
        Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);
        Assert.Contains("{\"deleted_events\":1}", response, StringComparison.Ordinal);
        Assert.Matches("(?m)^Deprecation: @[0-9]+\r$", response);
        Assert.Matches("(?m)^Sunset: [A-Z][a-z]{2}, .* GMT\r$", response);
    }

    [Theory]
    [InlineData("/v1/installs/")]
    [InlineData("/v1/installs/.")]
    [InlineData("/v1/installs/..")]
    [InlineData("/v1/installs/u1/..")]
    [InlineData("/v1/installs/a/u1")]
    [InlineData("/v1/installs/u1/.")]
    [InlineData("/v1/installs/a/../u1")]
    public async Task The_deprecated_route_never_erases_another_install_than_the_path_names(string path)
    {
        var world = await BuildAsync();
        await world.SendAsync("""{"events":[{"event_type":"x","user_id":"u1"},{"event_type":"x","user_id":"."}]}""");
        var response = await world.RawAsync($"DELETE {path}?project={world.Project}");
        Assert.Matches("^HTTP/1.1 40[45] ", response);
        Assert.Equal(2, (int?)(await world.OverviewAsync())["events"]);
    }

    [Fact]
    public async Task The_deprecated_route_requires_a_project_and_a_short_id()
    {
        var world = await BuildAsync();
        using var withoutProject = await world.Admin.SendAsync(HttpMethod.Delete, "/v1/installs/a");
        await withoutProject.IsProblemAsync(400, "invalid_parameter");
        using var tooLong = await world.Admin.SendAsync(
            HttpMethod.Delete, $"/v1/installs/{new string('a', 1_025)}?project={world.Project}");
        await tooLong.IsProblemAsync(400, "invalid_parameter");
        using var elsewhere = await world.Admin.SendAsync(HttpMethod.Delete, $"/v1/installs/a?project={Guid.NewGuid()}");
        await elsewhere.IsProblemAsync(404, "not_found");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Server.Client.DeleteAsync("/v1/installs/a")).StatusCode);
    }

    private async Task<World> BuildAsync()
    {
        var admin = await server.NewPerson().JoinAsync();
        var tenant = await admin.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        var project = await admin.ProjectAsync(tenant);
        return new(server, admin, tenant, project);
    }

    private sealed record World(AccountServer Server, Person Admin, Guid Tenant, Guid Project)
    {
        public JsonObject Install(string userId) => new() { ["project"] = Project.ToString(), ["user_id"] = userId };

        public Task<JsonObject> PostAsync(string path, string userId) =>
            Admin.JsonAsync(HttpMethod.Post, $"/v1/installs/{path}", 200, Install(userId));

        public Task<JsonObject> OverviewAsync(string more = "") => Admin.JsonAsync($"/v1/stats/overview?project={Project}{more}");

        public async Task SendAsync(string batch, string kind = "live")
        {
            var (_, key) = await Admin.KeyAsync(Project, kind);
            var answer = await (await Server.Server.Client.SendAsync(Request.Ingest(key, batch))).JsonAsync(200);
            Assert.Equal((int?)answer["received"], (int?)answer["accepted"]);
        }

        public async Task<Person> InviteAsync(string role)
        {
            var person = Server.NewPerson();
            await Admin.JsonAsync(HttpMethod.Post, $"/v1/tenants/{Tenant}/invitations", 201, new JsonObject
            {
                ["email"] = person.Email, ["role"] = role,
            });
            return await person.JoinAsync(await Server.LinkAsync("invitation", person.Email));
        }

        // HttpClient would normalize the path.
        public async Task<string> RawAsync(string requestLine)
        {
            using var connection = await RawConnection.OpenAsync(Server.Server);
            await connection.SendAsync(
                $"{requestLine} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: tk_session={Admin.SessionToken}\r\n"
                + $"X-CSRF-Token: {Admin.Csrf}\r\n\r\n");
            return await connection.ReadToEndAsync();
        }
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteInstallsTests(AccountServer server) : InstallsTests(server), IClassFixture<AccountServer>;

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresInstallsTests(PostgresAccountServer server) : InstallsTests(server), IClassFixture<PostgresAccountServer>;
