using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Background;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Accounts;

public class ProjectTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_project_has_keys_takes_events_and_shows_them_to_its_members()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (liveId, live) = await owner.KeyAsync(project, "live");
        var (_, test) = await owner.KeyAsync(project, "test");
        var (_, read) = await owner.KeyAsync(project, "read");
        Assert.Equal(1, await SendAsync(live));
        Assert.Equal(1, await SendAsync(test));

        Assert.Equal(1, (int)(await owner.JsonAsync($"/v1/stats/overview?project={project}"))["events"]!);
        Assert.Equal(1, (int)(await owner.JsonAsync($"/v1/stats/overview?project={project}&env=test"))["events"]!);
        using var tool = server.NewPerson();
        tool.Bearer = read;
        Assert.Equal(1, (int)(await tool.JsonAsync("/v1/stats/overview"))["events"]!);
        Assert.Equal(1, (int)(await tool.JsonAsync($"/v1/stats/overview?project={project}"))["events"]!);
        await (await tool.GetAsync($"/v1/stats/overview?project={Guid.NewGuid()}")).IsProblemAsync(404, "not_found");
        await (await owner.GetAsync("/v1/stats/overview")).IsProblemAsync(400, "invalid_parameter");

        // Lists show the first characters of a key and, after some time, its last use, but never the key.
        await server.Server.Services.GetRequiredService<CleanupService>().RunOnceAsync(default);
        using var list = await owner.GetAsync($"/v1/projects/{project}/keys");
        var text = await list.Content.ReadAsStringAsync();
        Assert.DoesNotContain(live, text);
        var shown = JsonNode.Parse(text)!["keys"]!.AsArray().Single(key => (Guid)key!["id"]! == liveId)!;
        Assert.Equal(live[..12], (string?)shown["shown"]);
        Assert.NotNull(shown["last_used_at"]);
    }

    [Fact]
    public async Task A_revoked_key_stops_within_five_seconds()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (id, key) = await owner.KeyAsync(project, "live");
        Assert.Equal(1, await SendAsync(key));
        await owner.DoAsync(HttpMethod.Delete, $"/v1/projects/{project}/keys/{id}");
        server.Time.Advance(TimeSpan.FromSeconds(5));
        using var refused = await server.Server.Client.SendAsync(Request.Ingest(key, TestProject.OneEvent));
        await refused.IsProblemAsync(401, "invalid_key");
        await (await owner.SendAsync(HttpMethod.Delete, $"/v1/projects/{project}/keys/{id}")).IsProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task A_rotated_key_overlaps_with_the_new_one()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (id, old) = await owner.KeyAsync(project, "live");
        await (await owner.PostAsync($"/v1/projects/{project}/keys/{id}/rotate", new JsonObject { ["overlap_hours"] = -1 }))
            .IsProblemAsync(400, "invalid_parameter");
        var made = await owner.JsonAsync(
            HttpMethod.Post, $"/v1/projects/{project}/keys/{id}/rotate", 201, new JsonObject { ["overlap_hours"] = 2 });
        Assert.Equal("live", (string?)made["kind"]);
        Assert.Equal(1, await SendAsync(old));
        Assert.Equal(1, await SendAsync((string)made["key"]!));
        server.Time.Advance(TimeSpan.FromHours(2));
        using var refused = await server.Server.Client.SendAsync(Request.Ingest(old, TestProject.OneEvent));
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal(1, await SendAsync((string)made["key"]!));
    }

    [Fact]
    public async Task The_free_plan_has_three_projects_and_keeps_thirty_days()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var project = await owner.ProjectAsync(tenant, "first");
        await (await owner.PostAsync($"/v1/tenants/{tenant}/projects", new JsonObject { ["name"] = "first" }))
            .IsProblemAsync(409, "name_taken");
        await owner.ProjectAsync(tenant, "second");
        await owner.ProjectAsync(tenant, "third");
        var refused = await (await owner.PostAsync($"/v1/tenants/{tenant}/projects", new JsonObject { ["name"] = "fourth" }))
            .IsProblemAsync(403, "plan_required");
        Assert.Equal("pro", (string?)refused["plan"]);
        await (await owner.SendAsync(HttpMethod.Patch, $"/v1/projects/{project}", new JsonObject { ["name"] = "second" }))
            .IsProblemAsync(409, "name_taken");
        await owner.JsonAsync(HttpMethod.Put, $"/v1/projects/{project}/settings", 200, new JsonObject { ["kept_days"] = 30 });
        var longer = await (
            await owner.SendAsync(HttpMethod.Put, $"/v1/projects/{project}/settings", new JsonObject { ["kept_days"] = 31 }))
            .IsProblemAsync(403, "plan_required");
        Assert.Equal("pro", (string?)longer["plan"]);
        await server.SetPlanAsync(tenant, "pro");
        await owner.ProjectAsync(tenant, "fourth");
        await owner.JsonAsync(HttpMethod.Put, $"/v1/projects/{project}/settings", 200, new JsonObject { ["kept_days"] = 31 });
    }

    [Theory]
    [InlineData("""{"kept_days":0}""", "kept_days")]
    [InlineData("""{"aliases":{"a":"b","b":"c"}}""", "aliases")]
    [InlineData("""{"aliases":{"a":"a"}}""", "aliases")]
    [InlineData("""{"aliases":{"":"a"}}""", "aliases")]
    [InlineData("""{"aliases":{"(none)":"a"}}""", "aliases")]
    [InlineData("""{"aliases":{"a":"(none)"}}""", "aliases")]
    [InlineData("""{"metadata_allow_list":[""]}""", "metadata_allow_list")]
    public async Task Settings_that_make_no_sense_are_refused(string settings, string member)
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var problem = await (await owner.SendAsync(HttpMethod.Put, $"/v1/projects/{project}/settings", JsonNode.Parse(settings)))
            .IsProblemAsync(400, "invalid_parameter");
        Assert.Contains(member, problem["errors"]!.AsArray().Select(error => (string?)error!["parameter"]));
    }

    [Fact]
    public async Task The_metadata_allow_list_is_kept_at_ingest()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (_, live) = await owner.KeyAsync(project, "live");
        await owner.JsonAsync(
            HttpMethod.Put, $"/v1/projects/{project}/settings", 200, new JsonObject { ["metadata_allow_list"] = new JsonArray("target") });
        await SendAsync(
            live, """{"events":[{"event_type":"command_executed","metadata":{"command":"build","target":"t","secret_plan":"s"}}]}""");
        using var events = await owner.GetAsync($"/v1/stats/events?project={project}");
        var text = await events.Content.ReadAsStringAsync();
        Assert.Contains("\"target\"", text);
        Assert.DoesNotContain("secret_plan", text);
    }

    [Fact]
    public async Task A_renamed_command_keeps_its_history()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (_, live) = await owner.KeyAsync(project, "live");
        await SendAsync(live, Commands("build", "build", "test"));
        await owner.JsonAsync(
            HttpMethod.Put,
            $"/v1/projects/{project}/settings",
            200,
            new JsonObject { ["aliases"] = new JsonObject { ["build"] = "compile" } });
        await SendAsync(live, Commands("compile", "build"));
        server.Time.Advance(Limits.ViewAge);
        var items = (await owner.JsonAsync($"/v1/stats/top?by=command&project={project}"))["items"]!.AsArray();
        Assert.Equal([("compile", 4), ("test", 1)], items.Select(item => ((string)item!["value"]!, (int)item["events"]!)));
        Assert.Equal(4, (int)(await owner.JsonAsync($"/v1/stats/overview?subject=build&project={project}"))["events"]!);
        // A filter by version and actor requires a scan of the events.
        Assert.Equal(
            4, (int)(await owner.JsonAsync($"/v1/stats/overview?subject=compile&version=1.0&actor=human&project={project}"))["events"]!);

        // The explorer finds events by both names and shows the new one.
        foreach (var subject in (string[])["build", "compile"])
        {
            var events = (await owner.JsonAsync($"/v1/stats/events?subject={subject}&project={project}"))["items"]!.AsArray();
            Assert.Equal(Enumerable.Repeat("compile", 4), events.Select(item => (string)item!["subject"]!));
        }

        await owner.JsonAsync(HttpMethod.Put, $"/v1/projects/{project}/settings", 200, new JsonObject());
        Assert.Equal(3, (await owner.JsonAsync($"/v1/stats/events?subject=build&project={project}"))["items"]!.AsArray().Count);
        items = (await owner.JsonAsync($"/v1/stats/top?by=command&project={project}"))["items"]!.AsArray();
        Assert.Equal(["build", "compile", "test"], items.Select(item => (string)item!["value"]!).Order());

        static string Commands(params string[] names) => new JsonObject
        {
            ["service_version"] = "1.0", ["context"] = new JsonObject { ["actor"] = "human" },
            ["events"] = new JsonArray(
                [.. names.Select(
                    name => new JsonObject { ["event_type"] = "command_executed", ["metadata"] = new JsonObject { ["command"] = name } })]),
        }.ToJsonString();
    }

    [Fact]
    public async Task A_reset_deletes_the_data_of_the_test_environment_and_returns_how_much()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (_, live) = await owner.KeyAsync(project, "live");
        var (_, test) = await owner.KeyAsync(project, "test");
        Assert.Equal(7, await SendAsync(test, TestProject.Batch(7)));
        Assert.Equal(2, await SendAsync(live, TestProject.Batch(2)));
        Assert.Equal(7, (int)(await owner.JsonAsync(HttpMethod.Post, $"/v1/projects/{project}/environments/test/reset"))["events"]!);
        server.Time.Advance(Limits.ViewAge);
        Assert.Equal(0, (int)(await owner.JsonAsync($"/v1/stats/overview?project={project}&env=test"))["events"]!);
        Assert.Equal(2, (int)(await owner.JsonAsync($"/v1/stats/overview?project={project}"))["events"]!);
    }

    [Fact]
    public async Task A_deletion_removes_a_project_and_returns_how_much_was_deleted()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var project = await owner.ProjectAsync(tenant, "again");
        var (_, live) = await owner.KeyAsync(project, "live");
        await owner.KeyAsync(project, "read");
        Assert.Equal(5, await SendAsync(live, TestProject.Batch(5)));
        var removed = await owner.JsonAsync(HttpMethod.Delete, $"/v1/projects/{project}");
        Assert.Equal((5, 1, 2), ((int)removed["events"]!, (int)removed["days"]!, (int)removed["keys"]!));
        foreach (var path in (string[])[$"/v1/projects/{project}", $"/v1/projects/{project}/keys", $"/v1/stats/overview?project={project}"])
            await (await owner.GetAsync(path)).IsProblemAsync(404, "not_found");
        server.Time.Advance(TimeSpan.FromSeconds(5));
        using var refused = await server.Server.Client.SendAsync(Request.Ingest(live, TestProject.OneEvent));
        Assert.Equal(401, (int)refused.StatusCode);
        await owner.ProjectAsync(tenant, "again");
    }

    [Fact]
    public async Task A_token_acts_for_its_owner_in_one_tenant_while_the_plan_has_tokens()
    {
        using var owner = await server.NewPerson().JoinAsync();
        using var other = await server.NewPerson().JoinAsync();
        var (tenant, elsewhere) = (await owner.TenantAsync(), await other.TenantAsync());
        var wanted = new JsonObject
        {
            ["tenant_id"] = tenant, ["name"] = "ci", ["expires_in_days"] = 10, ["scopes"] = new JsonArray("stats:read", "projects:write"),
        };
        var refused = await (await owner.PostAsync("/v1/tokens", wanted.DeepClone())).IsProblemAsync(403, "plan_required");
        Assert.Equal("business", (string?)refused["plan"]);
        await server.SetPlanAsync(tenant, "business");
        await (await other.PostAsync("/v1/tokens", wanted.DeepClone())).IsProblemAsync(404, "not_found");
        var made = await owner.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, wanted.DeepClone());

        using var program = server.NewPerson();
        program.Bearer = (string)made["token"]!;
        Assert.StartsWith("tk_pat_", program.Bearer);
        Assert.Equal(tenant, await program.TenantAsync());
        // No cookie, so no CSRF token either.
        var project = await program.ProjectAsync(tenant);
        await program.JsonAsync($"/v1/stats/overview?project={project}");
        await (await program.GetAsync($"/v1/tenants/{elsewhere}")).IsProblemAsync(404, "not_found");
        await (await program.GetAsync("/v1/tokens")).IsProblemAsync(403, "session_required");
        await (await program.PostAsync("/v1/me/password", new JsonObject())).IsProblemAsync(403, "session_required");
        var entry = (await owner.JsonAsync($"/v1/tenants/{tenant}/audit?limit=1"))["entries"]![0]!;
        Assert.Equal(
            ("project.created", (string?)made["id"], owner.Email),
            ((string?)entry["action"], (string?)entry["token_id"], (string?)entry["email"]));

        await server.SetPlanAsync(tenant, "pro");
        await (await program.GetAsync("/v1/tenants")).IsProblemAsync(403, "plan_required");
        await server.SetPlanAsync(tenant, "business");
        Assert.NotNull(Assert.Single((await owner.JsonAsync("/v1/tokens"))["tokens"]!.AsArray())!["last_used_at"]);
        await owner.DoAsync(HttpMethod.Delete, $"/v1/tokens/{(string?)made["id"]}");
        await (await program.GetAsync("/v1/tenants")).IsProblemAsync(401, "not_signed_in");
    }

    [Fact]
    public async Task Rotated_keys_count_among_the_keys_of_a_project()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var project = await owner.ProjectAsync(await owner.TenantAsync());
        var (id, _) = await owner.KeyAsync(project, "live");
        for (var i = 1; i < Limits.KeysPerProject; i++)
            await owner.KeyAsync(project, "test");
        var rotate = $"/v1/projects/{project}/keys/{id}/rotate";
        await (await owner.PostAsync(rotate, new JsonObject { ["overlap_hours"] = 1 })).IsProblemAsync(409, "limit_reached");
        // Without an overlap there are as many as before.
        await owner.JsonAsync(HttpMethod.Post, rotate, 201, new JsonObject { ["overlap_hours"] = 0 });
    }

    private async Task<int> SendAsync(string key, string? json = null)
    {
        using var response = await server.Server.Client.SendAsync(Request.Ingest(key, json ?? TestProject.OneEvent));
        return (int)(await response.JsonAsync(200))["accepted"]!;
    }
}
