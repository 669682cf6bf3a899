using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Support;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Api.Tests.Billing;

/// <summary>What customers do, and what happens to them.</summary>
public class BillingTests(BilledServer server) : IClassFixture<BilledServer>
{
    private const string Checkout = "/v1/billing/checkout?tenant=";

    [Fact]
    public async Task From_the_free_plan_to_a_paid_one_and_through_failed_payments_back()
    {
        MoveToMonthStart();
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, key) = await ProjectAsync(owner);
        Assert.Equal(10_000, await SendAsync(key, 10_000));
        Assert.Equal((HttpStatusCode.TooManyRequests, "quota_exceeded"), await TrySendAsync(key));

        // The plan is there before the webhook.
        server.Stripe.HoldsWebhooks = true;
        await server.SubscribeAsync(owner, tenant);
        var billing = await GetAsync(owner, tenant);
        Assert.Equal(("pro", "active", "month"), ((string)billing["plan"]!, (string)billing["status"]!, (string)billing["interval"]!));
        Assert.Equal("4242", (string)billing["card"]!["last_four"]!);
        Assert.Equal((10_000, 100_000), ((long)billing["usage"]!["accepted"]!, (long)billing["usage"]!["included"]!));
        // The limits of a key are cached for less.
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await TrySendAsync(key)).Status == HttpStatusCode.OK, "the larger quota applies");
        server.Stripe.HoldsWebhooks = false;
        await server.Stripe.SendHeldAsync();
        Assert.Contains("100,000 events", await server.MailAsync("billing-plan", owner.Email), StringComparison.Ordinal);

        // The card fails, and nothing changes for three weeks.
        var customer = (await server.AccountAsync(tenant)).CustomerId!;
        server.Stripe.ChangeCard(customer, FakeCard.Declined);
        server.Stripe.Advance(TimeSpan.FromDays(32));
        await owner.SignInAsync();
        await UntilStatusAsync(owner, tenant, "past_due");
        billing = await GetAsync(owner, tenant);
        Assert.Equal("pro", (string)billing["plan"]!);
        Assert.NotNull(billing["past_due"]);
        Assert.Contains("failed", await server.MailAsync("billing-past-due", owner.Email), StringComparison.Ordinal);

        // Another subscription can't be begun: the owner gets the form of the card.
        var page = await owner.JsonAsync(HttpMethod.Post, Checkout + tenant, 200, new JsonObject { ["plan"] = "business" });
        Assert.Equal("card", (string)page["kind"]!);
        Assert.Single(server.Stripe.All("subscription"), s => (string?)s["customer"] == customer);

        server.Stripe.Advance(TimeSpan.FromDays(22));
        await owner.SignInAsync();
        await UntilStatusAsync(owner, tenant, "canceled");
        billing = await GetAsync(owner, tenant);
        Assert.Equal("free", (string)billing["plan"]!);
        Assert.Contains("Nothing was deleted", await server.MailAsync("billing-ended", owner.Email), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await TrySendAsync(key)).Status);
    }

    [Fact]
    public async Task A_tool_that_was_refused_is_accepted_within_an_hour_of_the_upgrade()
    {
        // Its clock is that of the tool, which runs as a process.
        await using var own = new BilledServer();
        await own.InitializeAsync();
        using var owner = await own.NewPerson().JoinAsync();
        var (tenant, key) = await ProjectAsync(owner);
        await own.UseQuotaAsync(tenant, 10_000);
        using var tool = new ToolInstallation("my-cli", key, own.Server.Url.ToString());
        await tool.SendAsync(TimeSpan.FromSeconds(10), "search", "print");
        var retry = Path.Combine(await tool.FolderAsync(), "retry");
        var times = (await File.ReadAllTextAsync(retry)).Split(' ').Select(long.Parse).ToArray();
        Assert.InRange(times[0] - times[1], 0, (long)TimeSpan.FromHours(1).TotalMilliseconds);

        await own.SubscribeAsync(owner, tenant);
        own.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10_000, (long)(await GetAsync(owner, tenant))["usage"]!["accepted"]!);
        // The hour passes for the tool.
        await File.WriteAllTextAsync(retry, $"{times[1]} {times[1] - (times[0] - times[1])} {times[2]}");
        await tool.SendAsync("search");
        // Nothing was lost in between.
        Assert.Equal(10_003, (long)(await GetAsync(owner, tenant))["usage"]!["accepted"]!);
    }

    [Fact]
    public async Task Two_tabs_at_once_have_one_page_and_one_subscription()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        var pages = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => owner.JsonAsync(
            HttpMethod.Post, Checkout + tenant, 200, new JsonObject { ["plan"] = "pro" })));
        Assert.Single(pages.Select(page => (string)page["url"]!).Distinct());
        var account = await server.AccountAsync(tenant);
        Assert.Single(server.Stripe.All("checkout.session"), session => (string?)session["customer"] == account.CustomerId);

        // Another plan ends the first page.
        await server.BeginCheckoutAsync(owner, tenant, "business");
        Assert.False(server.Stripe.PayCheckout(account.Checkout!.PageId!));
        Assert.True(server.Stripe.PayCheckout((await server.AccountAsync(tenant)).Checkout!.PageId!));
        await owner.DoAsync(HttpMethod.Post, Checkout + tenant, 409, new JsonObject { ["plan"] = "pro" });
        Assert.Single(server.Stripe.All("subscription"), s => (string?)s["customer"] == account.CustomerId);
        Assert.Equal("business", (string)(await GetAsync(owner, tenant))["plan"]!);
    }

    [Theory]
    [InlineData(FakeFault.ResetAfter)]
    [InlineData(FakeFault.ServerError)]
    [InlineData(FakeFault.ResetBefore)]
    public async Task A_fault_of_the_provider_leaves_one_page(FakeFault fault)
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        server.Stripe.Fail(fault, times: 3, "POST", "/v1/checkout/sessions");
        try
        {
            await owner.DoAsync(HttpMethod.Post, Checkout + tenant, 503, new JsonObject { ["plan"] = "pro" });
        }
        finally
        {
            server.Stripe.EndFaults();
        }

        var page = await server.BeginCheckoutAsync(owner, tenant);
        Assert.True(server.Stripe.PayCheckout(page));
        var customer = (await server.AccountAsync(tenant)).CustomerId;
        Assert.Single(server.Stripe.All("checkout.session"), session => (string?)session["customer"] == customer);
    }

    [Fact]
    public async Task A_larger_plan_applies_at_once_and_a_smaller_one_when_the_period_ends()
    {
        MoveToMonthStart();
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant);
        Assert.Equal("changed", await ChangeAsync(owner, tenant, "business"));
        Assert.Equal("business", (string)(await GetAsync(owner, tenant))["plan"]!);

        Assert.Equal("scheduled", await ChangeAsync(owner, tenant, "pro"));
        Assert.Equal("unchanged", await ChangeAsync(owner, tenant, "pro"));
        var billing = await GetAsync(owner, tenant);
        Assert.Equal(("business", "pro"), ((string)billing["plan"]!, (string)billing["next"]!["plan"]!));
        Assert.Equal("undone", await ChangeAsync(owner, tenant, "business"));
        Assert.Null((await GetAsync(owner, tenant))["next"]);

        // The same change again isn't taken for a repetition of the first one.
        Assert.Equal("scheduled", await ChangeAsync(owner, tenant, "pro"));
        Assert.NotNull((await GetAsync(owner, tenant))["next"]);
        server.Stripe.Advance(TimeSpan.FromDays(32));
        await owner.SignInAsync();
        await Eventually.TrueAsync(
            async () => (string)(await GetAsync(owner, tenant))["plan"]! == "pro", "the smaller plan applies");
        Assert.Contains("changes to pro", await server.MailAsync("billing-scheduled", owner.Email), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_subscription_keeps_its_plan_until_the_paid_period_ends()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant, interval: "year");
        Assert.Equal("ends", await ChangeAsync(owner, tenant, "free"));
        var billing = await GetAsync(owner, tenant);
        Assert.Equal("pro", (string)billing["plan"]!);
        Assert.Null(billing["renews_at"]);
        Assert.NotNull(billing["ends_at"]);
        server.Stripe.Advance(TimeSpan.FromDays(300));
        await owner.SignInAsync();
        Assert.Equal("pro", (string)(await GetAsync(owner, tenant))["plan"]!);
        server.Stripe.Advance(TimeSpan.FromDays(67));
        await owner.SignInAsync();
        await UntilStatusAsync(owner, tenant, "canceled");
        Assert.Equal("free", (string)(await GetAsync(owner, tenant))["plan"]!);

        // And can be begun again.
        await server.SubscribeAsync(owner, tenant);
        Assert.Equal("pro", (string)(await GetAsync(owner, tenant))["plan"]!);
    }

    [Fact]
    public async Task Events_above_the_quota_are_billed_up_to_the_cap_and_then_refused()
    {
        MoveToMonthStart();
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, key) = await ProjectAsync(owner);
        await owner.DoAsync(HttpMethod.Put, $"/v1/billing/overage?tenant={tenant}", 409, Overage(1));
        await server.SubscribeAsync(owner, tenant);
        await owner.DoAsync(HttpMethod.Put, $"/v1/billing/overage?tenant={tenant}", 204, Overage(1));
        var overage = (await GetAsync(owner, tenant))["overage"]!;
        Assert.Equal((0.5m, 2_000L), ((decimal)overage["usd_per_thousand"]!, (long)overage["most_events"]!));
        await server.UseQuotaAsync(tenant, 99_500);

        Assert.Equal(2_500, await SendAsync(key, 3_000));
        Assert.Equal((HttpStatusCode.TooManyRequests, "quota_exceeded"), await TrySendAsync(key));
        overage = (await GetAsync(owner, tenant))["overage"]!;
        Assert.Equal((2_000L, 1m), ((long)overage["events"]!, (decimal)overage["cost_usd"]!));
        Assert.Contains("cap of 1 USD", await server.MailAsync("billing-cap-100", owner.Email), StringComparison.Ordinal);

        await server.ReportOverageAsync();
        var customer = (await server.AccountAsync(tenant)).CustomerId!;
        Assert.Equal(2_000, server.Stripe.ReportedUsage(customer));
        await owner.DoAsync(HttpMethod.Put, $"/v1/billing/overage?tenant={tenant}", 204, new JsonObject { ["enabled"] = false });
        server.Stripe.Advance(TimeSpan.FromDays(33));
        Assert.Equal(2_000, server.Stripe.InvoicedUsage(customer));
    }

    [Fact]
    public async Task What_events_above_the_quota_cost_is_computed_with_the_price_of_their_time()
    {
        MoveToMonthStart();
        using var owner = await server.NewPerson().JoinAsync();
        var (tenant, key) = await ProjectAsync(owner);
        await server.SubscribeAsync(owner, tenant);
        await owner.DoAsync(HttpMethod.Put, $"/v1/billing/overage?tenant={tenant}", 204, Overage(1));
        await server.UseQuotaAsync(tenant, 99_500);
        Assert.Equal(1_500, await SendAsync(key, 1_500));
        Assert.Equal("changed", await ChangeAsync(owner, tenant, "business"));
        var overage = (await GetAsync(owner, tenant))["overage"]!;
        Assert.Equal((1_000L, 0.5m), ((long)overage["events"]!, (decimal)overage["cost_usd"]!));
        Assert.Equal(0.15m, (decimal)overage["usd_per_thousand"]!);
    }

    [Fact]
    public async Task What_the_operator_sets_wins_over_a_subscription_until_it_is_lifted()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant);
        await server.SetPlanAsync(tenant, "enterprise");
        await server.SyncAsync(tenant);
        var billing = await GetAsync(owner, tenant);
        Assert.Equal(("enterprise", true), ((string)billing["plan"]!, (bool)billing["set_by_operator"]!));
        await server.Accounts.Tenants.LiftPlanAsync(
            tenant, new(Core.Accounts.Actor.Operator, Core.Accounts.AuditActions.PlanLifted, server.Time.GetUtcNow()), default);
        Assert.Equal("pro", (string)(await GetAsync(owner, tenant))["plan"]!);
    }

    [Fact]
    public async Task A_deleted_tenant_pays_no_longer()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant);
        var customer = (await server.AccountAsync(tenant)).CustomerId!;
        await owner.JsonAsync(
            HttpMethod.Post, $"/v1/tenants/{tenant}/deletion", 200, new JsonObject { ["password"] = Person.Password });
        await server.ReportOverageAsync();
        var subscription = Assert.Single(server.Stripe.All("subscription"), s => (string?)s["customer"] == customer);
        Assert.Equal("canceled", (string)subscription["status"]!);
    }

    [Fact]
    public async Task What_is_stored_is_shown_while_the_provider_is_away()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant);
        Assert.NotEmpty((await GetAsync(owner, tenant))["invoices"]!.AsArray());
        server.Stripe.Fail(FakeFault.ServerError, times: 100, "GET", "/v1/invoices");
        try
        {
            var billing = await GetAsync(owner, tenant);
            Assert.Equal("pro", (string)billing["plan"]!);
            Assert.Null(billing["invoices"]);
        }
        finally
        {
            server.Stripe.EndFaults();
            // The circuit closes again.
            server.Time.Advance(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public async Task What_is_stored_is_shown_soon_while_the_provider_does_not_respond()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        await server.SubscribeAsync(owner, tenant);
        server.Stripe.Fail(FakeFault.NoResponse, times: 100, "GET", "/v1/invoices");
        try
        {
            var began = TimeProvider.System.GetTimestamp();
            var billing = await GetAsync(owner, tenant);
            // The attempts of one call would take 30 seconds.
            Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 20);
            Assert.Equal("pro", (string)billing["plan"]!);
            Assert.Null(billing["invoices"]);
        }
        finally
        {
            server.Stripe.EndFaults();
            server.Time.Advance(TimeSpan.FromMinutes(2));
        }
    }

    private static JsonObject Overage(int usd) => new() { ["enabled"] = true, ["cap_usd"] = usd };

    private static async Task<string> ChangeAsync(Person owner, Guid tenant, string plan) => (string)(await owner.JsonAsync(
        HttpMethod.Post, $"/v1/billing/change?tenant={tenant}", 200, new JsonObject { ["plan"] = plan }))["outcome"]!;

    private static Task<JsonObject> GetAsync(Person owner, Guid tenant) => owner.JsonAsync($"/v1/billing?tenant={tenant}");

    private static Task UntilStatusAsync(Person owner, Guid tenant, string status) => Eventually.TrueAsync(
        async () => (string?)(await GetAsync(owner, tenant))["status"] == status, $"the status is {status}");

    private static async Task<(Guid Tenant, string Key)> ProjectAsync(Person owner)
    {
        var tenant = await owner.TenantAsync();
        return (tenant, (await owner.KeyAsync(await owner.ProjectAsync(tenant), "live")).Key);
    }

    // So that a test doesn't go on into the next month of the quota.
    private void MoveToMonthStart() => server.Time.Advance(QuotaMonth.UntilNext(server.Time.GetUtcNow()) + TimeSpan.FromHours(5));

    /// <summary>Sends events from many sources, and returns the number of those that were accepted.</summary>
    private async Task<int> SendAsync(string key, int events)
    {
        var accepted = 0;
        for (var sent = 0; sent < events; sent += 500)
        {
            using var response = await PostAsync(key, Math.Min(500, events - sent));
            if (response.StatusCode != HttpStatusCode.OK)
                break;
            accepted += (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accepted"]!;
        }

        return accepted;
    }

    private async Task<(HttpStatusCode Status, string? Code)> TrySendAsync(string key)
    {
        using var response = await PostAsync(key, 1);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (response.StatusCode, (string?)body["code"]);
    }

    private async Task<HttpResponseMessage> PostAsync(string key, int events)
    {
        var now = server.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        var all = Enumerable.Range(0, events).Select(_ =>
            $$"""{"event_id":"{{Guid.CreateVersion7()}}","event_type":"command_executed","timestamp":"{{now}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events");
        request.Content = new StringContent(
            $$"""{"batch_id":"{{Guid.CreateVersion7()}}","service_name":"tool","events":[{{string.Join(',', all)}}]}""",
            Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add(
            AccountServer.SourceHeader, $"2001:db8:{Random.Shared.Next(1, 0xffff):x}:{Random.Shared.Next(1, 0xffff):x}::1");
        return await server.Server.Client.SendAsync(request);
    }
}
