using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>What an API token may do, and for how long: a leaked one must not become a lasting account.</summary>
public class ApiTokenTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string NewPassword = "quite another passphrase";

    [Fact]
    public async Task A_token_manages_no_people_and_no_tenant()
    {
        var (owner, tenant) = await OwnerAsync();
        using var _ = owner;
        var ownerId = (Guid)(await owner.JsonAsync("/v1/me"))["id"]!;
        using var program = server.NewPerson();
        program.Bearer = await TokenAsync(owner, tenant, ["stats:read", "projects:write", "keys:write", "audit:read"]);
        var invite = new JsonObject { ["email"] = "mallory@evil.example", ["role"] = "admin" };
        (HttpMethod Method, string Path, JsonNode? Body)[] requests =
        [
            (HttpMethod.Get, $"/v1/tenants/{tenant}/members", null),
            (HttpMethod.Patch, $"/v1/tenants/{tenant}/members/{ownerId}", new JsonObject { ["role"] = "viewer" }),
            (HttpMethod.Delete, $"/v1/tenants/{tenant}/members/{ownerId}", null),
            (HttpMethod.Get, $"/v1/tenants/{tenant}/invitations", null),
            (HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", invite),
            (HttpMethod.Delete, $"/v1/tenants/{tenant}/invitations/{Guid.NewGuid()}", null),
            (HttpMethod.Patch, $"/v1/tenants/{tenant}", new JsonObject { ["name"] = "Mallory's" }),
            (HttpMethod.Post, $"/v1/tenants/{tenant}/ownership", new JsonObject { ["account_id"] = ownerId }),
            (HttpMethod.Post, $"/v1/tenants/{tenant}/deletion", new JsonObject()),
            (HttpMethod.Post, "/v1/me/deletion", new JsonObject()),
            (HttpMethod.Post, "/v1/tokens", new JsonObject { ["tenant_id"] = tenant, ["name"] = "more" }),
        ];
        foreach (var (method, path, body) in requests)
            await (await program.SendAsync(method, path, body)).IsProblemAsync(403, "session_required");
        Assert.Empty((await owner.JsonAsync($"/v1/tenants/{tenant}/invitations"))["invitations"]!.AsArray());
    }

    [Fact]
    public async Task A_token_does_only_what_its_scopes_allow()
    {
        var (owner, tenant) = await OwnerAsync();
        using var _ = owner;
        var project = await owner.ProjectAsync(tenant);
        using var reader = server.NewPerson();
        reader.Bearer = await TokenAsync(owner, tenant, ["stats:read"]);
        await reader.JsonAsync($"/v1/stats/overview?project={project}");
        await reader.JsonAsync($"/v1/projects/{project}");
        await reader.JsonAsync("/v1/usage");
        await (await reader.PostAsync($"/v1/tenants/{tenant}/projects", new JsonObject { ["name"] = "x" }))
            .IsProblemAsync(403, "scope_required");
        await (await reader.GetAsync($"/v1/projects/{project}/keys")).IsProblemAsync(403, "scope_required");
        await (await reader.GetAsync($"/v1/tenants/{tenant}/audit")).IsProblemAsync(403, "scope_required");
        await (await reader.SendAsync(HttpMethod.Delete, $"/v1/projects/{project}")).IsProblemAsync(403, "scope_required");
        await (await reader.SendAsync(HttpMethod.Delete, $"/v1/installs/somebody?project={project}"))
            .IsProblemAsync(403, "scope_required");

        // A read key would outlive the token, and read what it must not.
        using var keyMaker = server.NewPerson();
        keyMaker.Bearer = await TokenAsync(owner, tenant, ["keys:write"]);
        var keys = $"/v1/projects/{project}/keys";
        var readKey = await owner.JsonAsync(HttpMethod.Post, keys, 201, new JsonObject { ["kind"] = "read" });
        await keyMaker.JsonAsync(HttpMethod.Post, keys, 201, new JsonObject { ["kind"] = "live" });
        await (await keyMaker.PostAsync(keys, new JsonObject { ["kind"] = "read" })).IsProblemAsync(403, "scope_required");
        await (await keyMaker.PostAsync($"{keys}/{readKey["id"]}/rotate", new JsonObject())).IsProblemAsync(403, "scope_required");

        using var eraser = server.NewPerson();
        eraser.Bearer = await TokenAsync(owner, tenant, ["installs:erase"]);
        await eraser.JsonAsync(HttpMethod.Delete, $"/v1/installs/somebody?project={project}");
        await (await eraser.GetAsync($"/v1/stats/overview?project={project}")).IsProblemAsync(403, "scope_required");

        using var builder = server.NewPerson();
        builder.Bearer = await TokenAsync(owner, tenant, ["projects:write", "keys:write"]);
        var made = await builder.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/projects", 201, new JsonObject { ["name"] = "made" });
        await builder.KeyAsync((Guid)made["id"]!, "live");
        await (await builder.SendAsync(HttpMethod.Delete, $"/v1/projects/{(string?)made["id"]}")).IsProblemAsync(403, "scope_required");
        using var cleaner = server.NewPerson();
        cleaner.Bearer = await TokenAsync(owner, tenant, ["projects:delete"]);
        await cleaner.JsonAsync(HttpMethod.Delete, $"/v1/projects/{(string?)made["id"]}");

        foreach (var scopes in (JsonNode?[])[null, new JsonArray(), new JsonArray("members:write"), new JsonArray("stats:read", null)])
        {
            var body = new JsonObject { ["tenant_id"] = tenant, ["name"] = "ci", ["scopes"] = scopes };
            await (await owner.PostAsync("/v1/tokens", body)).IsProblemAsync(400, "invalid_parameter");
        }
    }

    [Fact]
    public async Task A_token_ends_after_90_days_or_when_asked_within_a_year()
    {
        var (owner, tenant) = await OwnerAsync();
        using var _ = owner;
        var now = server.Time.GetUtcNow();
        await TokenAsync(owner, tenant, ["stats:read"]);
        await TokenAsync(owner, tenant, ["stats:read", "keys:write"], days: 365);
        var listed = (await owner.JsonAsync("/v1/tokens"))["tokens"]!.AsArray();
        Assert.Equal(
            [365, 90],
            listed.Select(token => (int)Math.Round((((DateTimeOffset)token!["expires_at"]!) - now).TotalDays)).OrderDescending());
        Assert.Equal(["keys:write", "stats:read"], listed.SelectMany(token => token!["scopes"]!.AsArray())
            .Select(scope => (string)scope!).Distinct().Order(StringComparer.Ordinal));
        var body = new JsonObject
        {
            ["tenant_id"] = tenant, ["name"] = "ci", ["scopes"] = new JsonArray("stats:read"), ["expires_in_days"] = 366,
        };
        await (await owner.PostAsync("/v1/tokens", body)).IsProblemAsync(400, "invalid_parameter");
    }

    [Fact]
    public async Task A_password_reset_by_a_link_ends_all_tokens()
    {
        var (owner, tenant) = await OwnerAsync();
        using var _ = owner;
        using var program = server.NewPerson();
        program.Bearer = await TokenAsync(owner, tenant, ["stats:read"]);
        await program.JsonAsync($"/v1/tenants/{tenant}");
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = owner.Email });
        var reset = new JsonObject { ["token"] = await server.LinkAsync("password-reset", owner.Email), ["password"] = NewPassword };
        await owner.DoAsync(HttpMethod.Post, "/v1/auth/password/reset", 204, reset);
        await (await program.GetAsync($"/v1/tenants/{tenant}")).IsProblemAsync(401, "not_signed_in");
        await owner.SignInAsync(NewPassword);
        Assert.Empty((await owner.JsonAsync("/v1/tokens"))["tokens"]!.AsArray());
        var entries = (await owner.JsonAsync($"/v1/tenants/{tenant}/audit"))["entries"]!.AsArray();
        Assert.Contains(entries, entry => (string?)entry!["action"] == "token.revoked");
    }

    [Fact]
    public async Task A_change_of_the_password_ends_tokens_if_it_says_so()
    {
        var (owner, tenant) = await OwnerAsync();
        using var _ = owner;
        using var program = server.NewPerson();
        program.Bearer = await TokenAsync(owner, tenant, ["stats:read"]);
        var change = new JsonObject { ["current_password"] = Person.Password, ["password"] = NewPassword };
        owner.Csrf = (string?)(await owner.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, change))["csrf_token"];
        await program.JsonAsync($"/v1/tenants/{tenant}");
        change = new() { ["current_password"] = NewPassword, ["password"] = "a third long passphrase", ["end_tokens"] = true };
        owner.Csrf = (string?)(await owner.JsonAsync(HttpMethod.Post, "/v1/me/password", 200, change))["csrf_token"];
        await (await program.GetAsync($"/v1/tenants/{tenant}")).IsProblemAsync(401, "not_signed_in");
    }

    private async Task<(Person Owner, Guid Tenant)> OwnerAsync()
    {
        var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        return (owner, tenant);
    }

    /// <summary>The request for a token.</summary>
    internal static JsonObject NewToken(Guid tenant, params string[] scopes) => new()
    {
        ["tenant_id"] = tenant, ["name"] = "ci",
        ["scopes"] = new JsonArray([.. scopes.DefaultIfEmpty("stats:read").Select(scope => (JsonNode)scope)]),
    };

    private static async Task<string> TokenAsync(Person owner, Guid tenant, string[] scopes, int? days = null)
    {
        var body = NewToken(tenant, scopes);
        if (days is not null)
            body["expires_in_days"] = days;
        return (string)(await owner.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, body))["token"]!;
    }
}
