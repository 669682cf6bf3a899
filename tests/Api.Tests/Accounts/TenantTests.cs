using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

public class TenantTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_team_is_invited_grows_and_is_handed_over()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var invite = new JsonObject { ["email"] = "x@example.org", ["role"] = "admin" };
        var refused = await (await owner.PostAsync($"/v1/tenants/{tenant}/invitations", invite)).IsProblemAsync(403, "plan_required");
        Assert.Equal("business", (string?)refused["plan"]);
        await server.SetPlanAsync(tenant, "business");

        using var guest = await server.NewPerson().JoinAsync();
        invite["email"] = guest.Email.ToUpperInvariant();
        var made = await owner.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, invite);
        Assert.Equal("admin", (string?)made["role"]);
        Assert.Single((await owner.JsonAsync($"/v1/tenants/{tenant}/invitations"))["invitations"]!.AsArray());
        var link = await server.LinkAsync("invitation", guest.Email);
        await (await guest.GetAsync($"/v1/tenants/{tenant}")).IsProblemAsync(404, "not_found");

        // The link is for that address only and works once.
        using var stranger = await server.NewPerson().JoinAsync();
        await (await stranger.PostAsync("/v1/invitations/accept", new JsonObject { ["token"] = link })).IsProblemAsync(400, "invalid_link");
        await guest.JsonAsync(HttpMethod.Post, "/v1/invitations/accept", 200, new JsonObject { ["token"] = link });
        await (await guest.PostAsync("/v1/invitations/accept", new JsonObject { ["token"] = link })).IsProblemAsync(400, "invalid_link");
        await (await owner.PostAsync($"/v1/tenants/{tenant}/invitations", invite)).IsProblemAsync(409, "conflict");
        Assert.Equal(2, (await guest.JsonAsync("/v1/tenants"))["tenants"]!.AsArray().Count);

        // An admin manages members except the owner, and can't assign the ownership.
        var guestId = (Guid)(await guest.JsonAsync("/v1/me"))["id"]!;
        var ownerId = (Guid)(await owner.JsonAsync("/v1/me"))["id"]!;
        await (await guest.SendAsync(HttpMethod.Patch, $"/v1/tenants/{tenant}/members/{ownerId}", new JsonObject { ["role"] = "viewer" }))
            .IsProblemAsync(403, "role_required");
        await (await guest.SendAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/members/{ownerId}")).IsProblemAsync(403, "role_required");
        await (await guest.SendAsync(HttpMethod.Patch, $"/v1/tenants/{tenant}/members/{guestId}", new JsonObject { ["role"] = "owner" }))
            .IsProblemAsync(400, "invalid_parameter");
        await (
            await guest.PostAsync(
                $"/v1/tenants/{tenant}/ownership", new JsonObject { ["account_id"] = guestId, ["password"] = Person.Password }))
            .IsProblemAsync(403, "role_required");

        await (await owner.SendAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/members/{ownerId}")).IsProblemAsync(409, "conflict");
        await (
            await owner.PostAsync($"/v1/tenants/{tenant}/ownership", new JsonObject { ["account_id"] = guestId, ["password"] = "wrong" }))
            .IsProblemAsync(403, "wrong_password");
        await owner.DoAsync(
            HttpMethod.Post,
            $"/v1/tenants/{tenant}/ownership",
            204,
            new JsonObject { ["account_id"] = guestId, ["password"] = Person.Password });
        var members = (await guest.JsonAsync($"/v1/tenants/{tenant}/members"))["members"]!.AsArray();
        Assert.Equal([("owner", guest.Email), ("admin", owner.Email)], members.Select(m => ((string)m!["role"]!, (string)m["email"]!)));

        // The previous owner can leave now, with immediate effect, and end the own read keys.
        var (_, key) = await owner.KeyAsync(await owner.ProjectAsync(tenant), "read");
        await (await owner.SendAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/members/{ownerId}?end_read_keys=yes"))
            .IsProblemAsync(400, "invalid_parameter");
        await owner.DoAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/members/{ownerId}?end_read_keys=true");
        using var ended = await server.Server.Client.SendAsync(Request.Get("/v1/stats/overview", key));
        await ended.IsProblemAsync(401, "invalid_key");
        await (await owner.GetAsync($"/v1/tenants/{tenant}")).IsProblemAsync(404, "not_found");
        var entries = (await guest.JsonAsync($"/v1/tenants/{tenant}/audit"))["entries"]!.AsArray();
        var actions = entries.Select(e => (string)e!["action"]!);
        // The clock is stopped here, and entries of the same millisecond have no order.
        var joined = Assert.Single(entries, entry => (string?)entry!["action"] == "member.joined")!;
        Assert.Equal($"as admin, invitation {(string?)made["id"]}", (string?)joined["detail"]);
        Assert.Equal(
            [
                "key.created", "key.revoked", "member.invited", "member.joined", "member.left", "ownership.handed_over", "plan.changed",
                "project.created", "tenant.created",
            ],
            actions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_invitation_expires_after_a_week_and_can_be_revoked()
    {
        using var owner = await server.NewPerson().JoinAsync();
        using var guest = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        var invite = new JsonObject { ["email"] = guest.Email, ["role"] = "viewer" };
        var made = await owner.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, invite);
        var link = new JsonObject { ["token"] = await server.LinkAsync("invitation", guest.Email) };
        await owner.DoAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/invitations/{(string?)made["id"]}");
        await (await owner.SendAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/invitations/{(string?)made["id"]}"))
            .IsProblemAsync(404, "not_found");
        await (await guest.PostAsync("/v1/invitations/accept", link)).IsProblemAsync(400, "invalid_link");

        await owner.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, invite);
        await Eventually.TrueAsync(() => server.MailsTo(guest.Email, "invitation").Count == 2, "another mail");
        link["token"] = await server.LinkAsync("invitation", guest.Email);
        server.Time.Advance(TimeSpan.FromDays(6));
        await guest.GetAsync("/v1/me");
        server.Time.Advance(TimeSpan.FromDays(1));
        await (await guest.PostAsync("/v1/invitations/accept", link)).IsProblemAsync(400, "invalid_link");
    }

    [Fact]
    public async Task Names_can_not_be_used_to_send_advertising()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        foreach (var name in (string[])["Buy at https://evil.example.net", "www.evil.example.net", "evil.example/pay", "two\nlines", ""])
            await (await owner.SendAsync(HttpMethod.Patch, $"/v1/tenants/{tenant}", new JsonObject { ["name"] = name }))
                .IsProblemAsync(400, "invalid_parameter");
        await owner.DoAsync(HttpMethod.Patch, $"/v1/tenants/{tenant}", 204, new JsonObject { ["name"] = "<b>Bold & Co</b>" });
        await server.SetPlanAsync(tenant, "business");
        using var guest = server.NewPerson();
        await owner.JsonAsync(
            HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, new JsonObject { ["email"] = guest.Email, ["role"] = "viewer" });
        Assert.Contains("&lt;b&gt;Bold &amp; Co&lt;/b&gt;", await server.MailAsync("invitation", guest.Email));
    }

    [Fact]
    public async Task A_free_tenant_is_there_once_and_a_tenant_can_be_deleted()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var first = await owner.TenantAsync();
        await (await owner.PostAsync("/v1/tenants", new JsonObject { ["name"] = "second" })).IsProblemAsync(409, "limit_reached");
        await server.SetPlanAsync(first, "pro");
        var second = await owner.JsonAsync(HttpMethod.Post, "/v1/tenants", 201, new JsonObject { ["name"] = "second" });
        Assert.Equal("free", (string?)second["plan"]);
        await owner.ProjectAsync(first);
        await owner.JsonAsync(HttpMethod.Post, $"/v1/tenants/{first}/deletion", 200, new JsonObject { ["password"] = Person.Password });
        await (await owner.GetAsync($"/v1/tenants/{first}")).IsProblemAsync(404, "not_found");
        Assert.Single((await owner.JsonAsync("/v1/tenants"))["tenants"]!.AsArray());
    }

    [Fact]
    public async Task However_many_free_tenants_are_asked_for_at_once_one_is_made()
    {
        using var owner = await server.NewPerson().JoinAsync();
        await server.SetPlanAsync(await owner.TenantAsync(), "pro");
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => owner.PostAsync("/v1/tenants", new JsonObject { ["name"] = $"t{i}" })));
        Assert.Single(answers, answer => (int)answer.StatusCode == 201);
        Assert.Equal(11, answers.Count(answer => (int)answer.StatusCode == 409));
    }

    [Fact]
    public async Task The_operator_sets_plans_and_limits_and_sees_nothing_inside()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        using var operates = server.NewPerson();
        await (await operates.GetAsync("/v1/operator/tenants")).IsProblemAsync(401, "invalid_key");
        operates.Bearer = AccountServer.OperatorToken + "x";
        await (await operates.GetAsync("/v1/operator/tenants")).IsProblemAsync(401, "invalid_key");
        operates.Bearer = AccountServer.OperatorToken;
        var custom = new JsonObject
        {
            ["plan"] = "enterprise", ["events_per_month"] = 5, ["kept_days"] = 60, ["members"] = 2, ["projects"] = 1,
        };
        var set = await operates.JsonAsync(HttpMethod.Put, $"/v1/operator/tenants/{tenant}/plan", 200, custom.DeepClone());
        Assert.Equal((5, 60, 2, 1), ((int)set["events_per_month"]!, (int)set["kept_days"]!, (int)set["members"]!, (int)set["projects"]!));
        Assert.Equal(5, (int)(await owner.JsonAsync($"/v1/tenants/{tenant}"))["events_per_month"]!);
        await owner.ProjectAsync(tenant);
        await (await owner.PostAsync($"/v1/tenants/{tenant}/projects", new JsonObject { ["name"] = "one more" }))
            .IsProblemAsync(403, "plan_required");

        custom["plan"] = "pro";
        await (await operates.SendAsync(HttpMethod.Put, $"/v1/operator/tenants/{tenant}/plan", custom.DeepClone()))
            .IsProblemAsync(400, "invalid_parameter");
        await (await operates.SendAsync(HttpMethod.Put, $"/v1/operator/tenants/{tenant}/plan", new JsonObject { ["plan"] = "gold" }))
            .IsProblemAsync(400, "invalid_parameter");
        await (await operates.SendAsync(HttpMethod.Put, $"/v1/operator/tenants/{Guid.NewGuid()}/plan", new JsonObject { ["plan"] = "pro" }))
            .IsProblemAsync(404, "not_found");
        await (await operates.GetAsync($"/v1/tenants/{tenant}")).IsProblemAsync(401, "not_signed_in");

        // Pages contain each entry once.
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await operates.JsonAsync("/v1/operator/tenants?limit=1" + (next is null ? "" : $"&after={next}"));
            seen.AddRange(page["tenants"]!.AsArray().Select(one => (string)one!["id"]!));
            next = (string?)page["next"];
        }
        while (next is not null);
        Assert.Contains(tenant.ToString(), seen);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task The_audit_log_can_be_paged_and_exported()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            await owner.DoAsync(HttpMethod.Patch, $"/v1/tenants/{tenant}", 204, new JsonObject { ["name"] = $"=1+{i}, \"x\"" });
        }

        var page = await owner.JsonAsync($"/v1/tenants/{tenant}/audit?limit=2");
        var rest = await owner.JsonAsync($"/v1/tenants/{tenant}/audit?limit=2&before={(string?)page["next"]}");
        Assert.Equal(
            ["=1+2, \"x\"", "=1+1, \"x\"", "=1+0, \"x\"", ""],
            page["entries"]!.AsArray().Concat(rest["entries"]!.AsArray()).Select(e => (string?)e!["detail"] ?? ""));
        await (await owner.GetAsync($"/v1/tenants/{tenant}/audit?before=x")).IsProblemAsync(400, "invalid_parameter");

        server.Time.Advance(TimeSpan.FromSeconds(1));
        using var csv = await owner.GetAsync($"/v1/tenants/{tenant}/audit/export?format=csv");
        var text = await csv.Content.ReadAsStringAsync();
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        // Formulas are exported as text.
        Assert.Contains(",\"'=1+2, \"\"x\"\"\"\r\n", text);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        using var lines = await owner.GetAsync($"/v1/tenants/{tenant}/audit/export");
        var exported = (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (string)JsonNode.Parse(line)!["action"]!);
        Assert.Equal(
            ["audit.exported", "audit.exported", "tenant.renamed", "tenant.renamed", "tenant.renamed", "tenant.created"], exported);
    }
}
