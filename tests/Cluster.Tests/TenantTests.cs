using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TelemetryKit.EndToEnd.Tests.Harness;
using TelemetryKit.Support;

namespace TelemetryKit.Cluster.Tests;

/// <summary>Operations on a tenant that are sent to several processes at once have their effect once.</summary>
public class TenantTests
{
    private static readonly string Token = new('o', 40);

    [Fact]
    public async Task A_plan_is_changed_once_and_the_owner_is_notified_once()
    {
        await using var cluster = await StartAsync();
        var tenant = await FirstTenantAsync(cluster);
        foreach (var (plan, changes) in new[] { ("business", 1), ("free", 2), ("free", 2), ("pro", 3), ("free", 4) })
        {
            await PlanAsync(cluster, tenant, plan);
            Assert.Equal(changes, await AuditLinesAsync(cluster, tenant));
        }

        // Each change keeps fewer days than are kept at its time: no notice was sent yet, so the days of the first plan still are.
        Assert.Equal(4, await NoticesAsync(cluster, tenant, "downgrade"));
        // A mail that a later change made obsolete is removed when it would be sent.
        Assert.InRange(await cluster.CountAsync("select count(*)::int from mails where kind = 'downgrade'"), 1, 4);
        var grains = await Task.WhenAll(cluster.Hosts.Select(host => TestCluster.GrainsAsync(host, "tenant")));
        Assert.Equal([1], grains.Where(count => count > 0));
    }

    [Fact]
    public async Task A_quota_that_is_used_by_events_to_several_processes_is_exact_and_has_its_notices_once()
    {
        await using var cluster = await StartAsync();
        var tenant = await FirstTenantAsync(cluster);
        await PlanAsync(cluster, tenant, "enterprise", eventsPerMonth: 10_000);
        using var http = new HttpClient();

        // Three times as many as the quota.
        var accepted = 0;
        await Task.WhenAll(cluster.Servers.Select(async (server, i) =>
        {
            var random = new Random(i);
            for (var sent = 0; sent < 10_000; sent += 100)
            {
                var response = await Batch.Create(random, 100).SendAsync(http, server.Address);
                Assert.True(response.Status is 200 or 429, response.Text);
                Interlocked.Add(ref accepted, response.Accepted);
            }
        }));

        Assert.Equal(10_000, accepted);
        await cluster.Store.HoldExactlyAsync(10_000, [.. cluster.Servers]);
        foreach (var kind in new[] { "usage_80", "usage_100" })
        {
            await TestCluster.UntilAsync(async () => await NoticesAsync(cluster, tenant, kind) > 0, $"the notice {kind} is queued");
            Assert.Equal(1, await NoticesAsync(cluster, tenant, kind));
        }

        Assert.Equal(2, await cluster.CountAsync("select count(*)::int from mails where kind = 'usage'"));
    }

    // The mails wait: nothing listens at the mail server's address.
    private static Task<TestCluster> StartAsync() => TestCluster.MembersAsync(
        3,
        settings:
        [
            ("TELEMETRYKIT_OPERATOR_TOKEN", Token), ("TELEMETRYKIT_SMTP", "smtp://127.0.0.1:9?starttls=false"),
            ("TELEMETRYKIT_MAIL_FROM", "telemetrykit@example.org"),
        ]);

    /// <summary>Returns the tenant of the bootstrap keys, with an owner.</summary>
    private static async Task<Guid> FirstTenantAsync(TestCluster cluster)
    {
        using var request = Request(HttpMethod.Get, cluster.Servers[0], "");
        using var response = await cluster.Servers[0].Http.SendAsync(request);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        var tenant = body.GetProperty("tenants")[0].GetProperty("id").GetGuid();
        await cluster.CountAsync(
            $"""
            with account as (
                insert into accounts (id, email, email_key, name, created_at)
                values (gen_random_uuid(), 'ada@example.org', 'ada@example.org', 'Ada', now()) returning id)
            insert into members (tenant_id, account_id, role, joined_at) select '{tenant}', id, 3, now() from account returning 1
            """);
        return tenant;
    }

    /// <summary>Sets a plan through all processes at once.</summary>
    private static Task PlanAsync(TestCluster cluster, Guid tenant, string plan, long? eventsPerMonth = null) =>
        Task.WhenAll(cluster.Servers.Select(async server =>
        {
            using var request = Request(HttpMethod.Put, server, $"/{tenant}/plan");
            request.Content = JsonContent.Create(new { plan, events_per_month = eventsPerMonth });
            using var response = await server.Http.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }));

    private static Task<int> NoticesAsync(TestCluster cluster, Guid tenant, string kind) =>
        cluster.CountAsync($"select count(*)::int from sent_notices where tenant_id = '{tenant}' and kind = '{kind}'");

    private static Task<int> AuditLinesAsync(TestCluster cluster, Guid tenant) =>
        cluster.CountAsync($"select count(*)::int from audit_log where tenant_id = '{tenant}' and action = 'plan.changed'");

    private static HttpRequestMessage Request(HttpMethod method, ServerProcess server, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(server.Address, "/v1/operator/tenants" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return request;
    }
}
