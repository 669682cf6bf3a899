using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>An invitation is worth as much as the rights of who sent it, at the time when it is accepted.</summary>
public class InvitationTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Theory]
    [InlineData("removed")]
    [InlineData("demoted")]
    [InlineData("left")]
    [InlineData("deleted")]
    public async Task An_invitation_ends_with_the_rights_of_its_sender(string how)
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await TeamAsync(owner);
        using var admin = await MemberAsync(owner, tenant, "admin");
        var adminId = (Guid)(await admin.JsonAsync("/v1/me"))["id"]!;
        using var guest = await server.NewPerson().JoinAsync();
        var link = await InviteAsync(admin, tenant, guest.Email, "admin");

        var member = $"/v1/tenants/{tenant}/members/{adminId}";
        await (how switch
        {
            "removed" => owner.DoAsync(HttpMethod.Delete, member),
            "demoted" => owner.DoAsync(HttpMethod.Patch, member, 204, new JsonObject { ["role"] = "viewer" }),
            "left" => admin.DoAsync(HttpMethod.Delete, member),
            _ => admin.DoAsync(HttpMethod.Post, "/v1/me/deletion", 200, new JsonObject { ["password"] = Person.Password }),
        });

        Assert.Empty((await owner.JsonAsync($"/v1/tenants/{tenant}/invitations"))["invitations"]!.AsArray());
        await (await guest.PostAsync("/v1/invitations/accept", new JsonObject { ["token"] = link })).IsProblemAsync(400, "invalid_link");
        await (await guest.GetAsync($"/v1/tenants/{tenant}")).IsProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task An_invitation_is_accepted_only_while_the_plan_has_room()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await TeamAsync(owner);
        using var guest = await server.NewPerson().JoinAsync();
        var link = new JsonObject { ["token"] = await InviteAsync(owner, tenant, guest.Email, "viewer") };
        await server.SetPlanAsync(tenant, "free");
        await (await guest.PostAsync("/v1/invitations/accept", link.DeepClone())).IsProblemAsync(403, "plan_required");
        Assert.Single((await owner.JsonAsync($"/v1/tenants/{tenant}/members"))["members"]!.AsArray());
        await server.SetPlanAsync(tenant, "business");
        await guest.JsonAsync(HttpMethod.Post, "/v1/invitations/accept", 200, link.DeepClone());
    }

    [Fact]
    public async Task The_audit_log_names_an_invitation_and_no_address()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await TeamAsync(owner);
        var invite = new JsonObject { ["email"] = "Nine.Private@example.org", ["role"] = "viewer" };
        var made = await owner.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, invite);
        var log = await owner.JsonAsync($"/v1/tenants/{tenant}/audit");
        var entry = Assert.Single(log["entries"]!.AsArray(), one => (string?)one!["action"] == "member.invited")!;
        Assert.Equal(((string?)made["id"], "as viewer"), ((string?)entry["target"], (string?)entry["detail"]));
        Assert.DoesNotContain("private", log.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<Guid> TeamAsync(Person owner)
    {
        var tenant = await owner.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        return tenant;
    }

    private async Task<string> InviteAsync(Person by, Guid tenant, string email, string role)
    {
        var body = new JsonObject { ["email"] = email, ["role"] = role };
        await by.JsonAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/invitations", 201, body);
        return await server.LinkAsync("invitation", email);
    }

    private async Task<Person> MemberAsync(Person owner, Guid tenant, string role)
    {
        var member = await server.NewPerson().JoinAsync();
        var link = await InviteAsync(owner, tenant, member.Email, role);
        await member.JsonAsync(HttpMethod.Post, "/v1/invitations/accept", 200, new JsonObject { ["token"] = link });
        return member;
    }
}
