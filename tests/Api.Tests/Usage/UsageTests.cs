using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Usage;

/// <summary>Tests the usage route of tenants.</summary>
public class UsageTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task Usage_by_day_and_by_project_adds_up_to_the_accepted_events()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var (one, other) = (await owner.ProjectAsync(tenant, "one"), await owner.ProjectAsync(tenant, "other"));
        await SendAsync((await owner.KeyAsync(one, "live")).Key, 7, 7);
        await SendAsync((await owner.KeyAsync(one, "test")).Key, 4, 4);
        await SendAsync((await owner.KeyAsync(other, "live")).Key, 2, 2);

        var usage = await owner.JsonAsync($"/v1/usage?tenant={tenant}");
        Assert.Equal((9, 10_000, 9_991), Quota(usage["live"]!));
        Assert.Equal((4, 10_000, 9_996), Quota(usage["test"]!));
        Assert.Equal(server.Time.GetUtcNow().ToString("yyyy-MM", null), (string)usage["month"]!);
        Assert.True((DateTimeOffset)usage["resets_at"]! > server.Time.GetUtcNow());
        var projects = usage["projects"]!.AsArray().Select(p => ((string)p!["name"]!, (int)p["live"]!, (int)p["test"]!));
        Assert.Equal([("one", 7, 4), ("other", 2, 0)], projects);
        Assert.Equal(
            [(one, "live", 7), (one, "test", 4), (other, "live", 2)],
            usage["days"]!.AsArray()
                .Select(d => ((Guid)d!["project_id"]!, (string)d["env"]!, (int)d["accepted"]!))
                .OrderBy(d => d.Item1 == other));
        Assert.All(usage["days"]!.AsArray(), d => Assert.Equal(server.Time.GetUtcNow().ToString("yyyy-MM-dd", null), (string)d!["day"]!));

        // Deleted events still count as usage.
        await owner.JsonAsync(HttpMethod.Delete, $"/v1/projects/{one}");
        usage = await owner.JsonAsync($"/v1/usage?tenant={tenant}");
        Assert.Equal((9, 10_000, 9_991), Quota(usage["live"]!));
        Assert.Equal([(null, 7), ("other", 2)], usage["projects"]!.AsArray().Select(p => ((string?)p!["name"], (int)p["live"]!)));
        Assert.Empty((await owner.JsonAsync($"/v1/usage?tenant={tenant}&month=2026-01"))["days"]!.AsArray());
    }

    [Fact]
    public async Task The_forecast_continues_the_pace_of_the_last_days()
    {
        var now = server.Time.GetUtcNow();
        var noon = new DateTimeOffset(now.Year, now.Month, 1, 12, 0, 0, TimeSpan.Zero).AddMonths(1);
        server.Time.Advance(noon - now);
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var key = (await owner.KeyAsync(await owner.ProjectAsync(tenant), "live")).Key;
        var days = DateTime.DaysInMonth(noon.Year, noon.Month);
        await SendAsync(key, 600, 600);
        Assert.Null((await owner.JsonAsync($"/v1/usage?tenant={tenant}"))["forecast"]!["events"]);

        server.Time.Advance(TimeSpan.FromDays(1));
        await SendAsync(key, 300, 300);
        var forecast = (await owner.JsonAsync($"/v1/usage?tenant={tenant}"))["forecast"]!;

        // 900 events in a day and a half.
        Assert.Equal(600 * days, (long)forecast["events"]!);
        var spent = noon.Date + TimeSpan.FromDays(10_000 / 600.0);
        Assert.InRange((DateTimeOffset)forecast["quota_spent_at"]!, spent.AddMinutes(-1), spent.AddMinutes(1));
        var earlier = await owner.JsonAsync($"/v1/usage?tenant={tenant}&month=2026-01");
        Assert.Null(earlier["forecast"]!["events"]);
    }

    [Fact]
    public async Task The_owner_is_notified_when_80_percent_of_the_quota_are_used()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var key = (await owner.KeyAsync(await owner.ProjectAsync(tenant), "live")).Key;
        for (var i = 0; i < 7; i++)
            await SendAsync(key, 1_000, 1_000);
        await SendAsync(key, 999, 999);
        Assert.Empty(server.MailsTo(owner.Email, "usage-80"));

        await SendAsync(key, 1, 1);

        await server.MailAsync("usage-80", owner.Email);
        for (var i = 0; i < 2; i++)
            await SendAsync(key, 1_000, 1_000);
        await server.MailAsync("usage-100", owner.Email);
        Assert.Single(server.MailsTo(owner.Email, "usage-80"));
    }

    [Fact]
    public async Task Test_events_have_a_separate_quota()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var project = await owner.ProjectAsync(tenant);
        var (live, test) = ((await owner.KeyAsync(project, "live")).Key, (await owner.KeyAsync(project, "test")).Key);
        for (var i = 0; i < 9; i++)
            await SendAsync(test, 1_000, 1_000);
        await SendAsync(test, 990, 990);
        await SendAsync(test, 20, 10);
        using var refused = await server.Server.Client.SendAsync(Request.Ingest(test, TestProject.Batch(1)));
        var problem = await refused.IsProblemAsync(429, "quota_exceeded");
        Assert.Contains("test events", (string)problem["detail"]!);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        await SendAsync(live, 5, 5);
        Assert.Equal((10_000, 10_000, 0), Quota((await owner.JsonAsync($"/v1/usage?tenant={tenant}"))["test"]!));
    }

    [Fact]
    public async Task The_tenant_parameter_is_optional_only_with_an_api_token()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await (await owner.GetAsync("/v1/usage")).IsProblemAsync(400, "invalid_parameter");
        await (await owner.GetAsync("/v1/usage?tenant=nonsense")).IsProblemAsync(404, "not_found");
        await (await owner.GetAsync($"/v1/usage?tenant={tenant}&month=2999-01")).IsProblemAsync(400, "invalid_parameter");
        await server.SetPlanAsync(tenant, "business");
        using var robot = server.NewPerson();
        var newToken = ApiTokenTests.NewToken(tenant);
        robot.Bearer = (string)(await owner.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, newToken))["token"]!;
        Assert.Equal(tenant, (Guid)(await robot.JsonAsync("/v1/usage"))["tenant_id"]!);
        Assert.Equal(tenant, (Guid)(await robot.JsonAsync($"/v1/usage?tenant={tenant}"))["tenant_id"]!);
        await (await robot.GetAsync($"/v1/usage?tenant={Guid.NewGuid()}")).IsProblemAsync(404, "not_found");
    }

    private static (int Accepted, int Limit, int Remaining) Quota(JsonNode quota) =>
        ((int)quota["accepted"]!, (int)quota["limit"]!, (int)quota["remaining"]!);

    private async Task SendAsync(string key, int events, int accepted)
    {
        using var response = await server.Server.Client.SendAsync(Request.Ingest(key, TestProject.Batch(events)));
        Assert.Equal(accepted, (int)(await response.JsonAsync(200))["accepted"]!);
    }
}
