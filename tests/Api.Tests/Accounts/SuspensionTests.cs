using System.Net;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>A smaller plan suspends what is above it, the oldest stay, and everything is back with the larger one.</summary>
public class SuspensionTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_downgrade_suspends_the_newest_projects_which_stay_readable()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "pro");
        List<(Guid Project, string Live)> made = [];
        for (var i = 0; i < 5; i++)
        {
            var project = await owner.ProjectAsync(tenant, $"project {9 - i}");
            made.Add((project, (await owner.KeyAsync(project, "live")).Key));
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await SendAsync(made[4].Live, 200);
        await server.SetPlanAsync(tenant, "free");
        Assert.Equal([false, false, false, true, true], await SuspendedAsync(owner, tenant, made));
        server.Time.Advance(Limits.CachedKeyAge);
        await SendAsync(made[2].Live, 200);
        using var refused = await SendAsync(made[4].Live, 403);
        await refused.IsProblemAsync(403, "project_suspended");
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal(1, (int)(await owner.JsonAsync($"/v1/stats/overview?project={made[4].Project}"))["events"]!);
        await (await owner.PostAsync($"/v1/tenants/{tenant}/projects", new JsonObject { ["name"] = "one more" }))
            .IsProblemAsync(403, "plan_required");

        // A deletion makes room for the oldest one.
        await owner.JsonAsync(HttpMethod.Delete, $"/v1/projects/{made[0].Project}");
        Assert.Equal([false, false, false, true], await SuspendedAsync(owner, tenant, made[1..]));
        await server.SetPlanAsync(tenant, "pro");
        Assert.Equal([false, false, false, false], await SuspendedAsync(owner, tenant, made[1..]));
        server.Time.Advance(Limits.CachedKeyAge);
        await SendAsync(made[4].Live, 200);
    }

    [Fact]
    public async Task A_downgrade_suspends_all_members_but_the_owner_until_there_is_room_again()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        using var admin = await server.NewPerson().JoinAsync();
        await owner.JsonAsync(
            HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, new JsonObject { ["email"] = admin.Email, ["role"] = "admin" });
        var link = new JsonObject { ["token"] = await server.LinkAsync("invitation", admin.Email) };
        await admin.JsonAsync(HttpMethod.Post, "/v1/invitations/accept", 200, link);
        var project = await owner.ProjectAsync(tenant);
        var invite = new JsonObject { ["email"] = $"{Guid.NewGuid():N}@example.org", ["role"] = "viewer" };
        await admin.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, invite.DeepClone());

        await server.SetPlanAsync(tenant, "pro");
        Assert.Contains("1 member.", await server.MailAsync("suspension", owner.Email));
        await server.MailAsync("member-suspended", admin.Email);
        await admin.SignInAsync();
        Assert.Equal(("admin", true), RoleIn(await admin.JsonAsync("/v1/me"), tenant));
        Assert.Equal(("admin", true), RoleIn(await admin.JsonAsync("/v1/tenants"), tenant));
        foreach (var path in (string[])[$"/v1/tenants/{tenant}", $"/v1/projects/{project}", $"/v1/stats/overview?project={project}"])
            await (await admin.GetAsync(path)).IsProblemAsync(403, "member_suspended");
        await (await admin.PostAsync($"/v1/tenants/{tenant}/invitations", invite.DeepClone())).IsProblemAsync(403, "member_suspended");
        var token = new JsonObject { ["tenant_id"] = tenant, ["name"] = "ci", ["scopes"] = new JsonArray("stats:read") };
        await (await admin.PostAsync("/v1/tokens", token)).IsProblemAsync(403, "member_suspended");
        var members = (await owner.JsonAsync($"/v1/tenants/{tenant}/members"))["members"]!.AsArray();
        Assert.Equal([("owner", false), ("admin", true)], members.Select(m => ((string)m!["role"]!, (bool)m["suspended"]!)));

        await server.SetPlanAsync(tenant, "business");
        Assert.Equal(("admin", false), RoleIn(await admin.JsonAsync("/v1/me"), tenant));
        await admin.JsonAsync($"/v1/stats/overview?project={project}");

        // Suspended members may leave, and an owner is never suspended.
        var adminId = (Guid)(await admin.JsonAsync("/v1/me"))["id"]!;
        await server.SetPlanAsync(tenant, "pro");
        var handOver = new JsonObject { ["account_id"] = adminId, ["password"] = Person.Password };
        await owner.DoAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/ownership", 204, handOver);
        Assert.Equal(("owner", false), RoleIn(await admin.JsonAsync("/v1/me"), tenant));
        Assert.Equal(("admin", true), RoleIn(await owner.JsonAsync("/v1/me"), tenant));
        var ownerId = (Guid)(await owner.JsonAsync("/v1/me"))["id"]!;
        await owner.DoAsync(HttpMethod.Delete, $"/v1/tenants/{tenant}/members/{ownerId}");
    }

    private static (string Role, bool Suspended) RoleIn(JsonObject body, Guid tenant)
    {
        var found = body["tenants"]!.AsArray().Single(one => (Guid)one!["id"]! == tenant)!;
        return ((string)found["role"]!, (bool)found["suspended"]!);
    }

    private static async Task<IEnumerable<bool>> SuspendedAsync(Person owner, Guid tenant, List<(Guid Project, string Live)> made)
    {
        var listed = (await owner.JsonAsync($"/v1/tenants/{tenant}/projects"))["projects"]!.AsArray();
        return made.Select(one => (bool)listed.Single(project => (Guid)project!["id"]! == one.Project)!["suspended"]!);
    }

    private async Task<HttpResponseMessage> SendAsync(string key, int status)
    {
        var response = await server.Server.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent));
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        return response;
    }
}
