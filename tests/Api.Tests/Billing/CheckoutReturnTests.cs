using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Dashboard;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Api.Tests.Billing;

/// <summary>The return from a Checkout, and the prices.</summary>
public class CheckoutReturnTests(BilledServer server) : IClassFixture<BilledServer>
{
    [Fact]
    public async Task The_plan_is_there_before_the_webhook_and_the_return_can_be_repeated()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        server.Stripe.HoldsWebhooks = true;
        var checkout = await server.BeginCheckoutAsync(owner, tenant, "business", "year");
        var before = await server.ReturnAsync(tenant, checkout);
        Assert.Equal(("free", false), ((string)before["plan"]!, (bool)before["confirmed"]!));
        Assert.True(server.Stripe.PayCheckout(checkout));
        for (var time = 0; time < 2; time++)
        {
            var after = await server.ReturnAsync(tenant, checkout);
            Assert.Equal(("business", true), ((string)after["plan"]!, (bool)after["confirmed"]!));
        }

        Assert.Equal("business", (string)(await owner.JsonAsync($"/v1/tenants/{tenant}"))["plan"]!);
        server.Stripe.HoldsWebhooks = false;
        await server.Stripe.SendHeldAsync();
    }

    [Fact]
    public async Task Another_checkout_or_tenant_is_unknown_and_asks_nobody()
    {
        using var owner = await server.NewPerson().JoinAsync();
        using var other = await server.NewPerson().JoinAsync();
        var (tenant, elsewhere) = (await owner.TenantAsync(), await other.TenantAsync());
        var checkout = await server.BeginCheckoutAsync(owner, tenant);
        var synced = (await server.AccountAsync(tenant)).Sync;
        foreach (var (id, page) in ((Guid, string)[])[(tenant, checkout + "x"), (elsewhere, checkout), (Guid.NewGuid(), checkout)])
            await server.ReturnAsync(id, page, 404);
        await server.ReturnAsync(tenant, "", 400);
        Assert.Equal(synced, (await server.AccountAsync(tenant)).Sync);
    }

    [Fact]
    public async Task Checkout_and_the_portal_return_to_the_dashboard_or_to_a_plain_page_without_it()
    {
        var isBuilt = server.Server.Services.GetRequiredService<DashboardFiles>().IsBuilt;
        using var response = await server.Server.Client.GetAsync($"/billing/return?tenant={Guid.NewGuid()}&cancelled=true");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains(isBuilt ? "/assets/" : "Nothing was paid", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prices_are_those_that_are_charged()
    {
        var plans = (await (await server.Server.Client.GetAsync("/v1/plans")).JsonAsync(200))["plans"]!.AsArray();
        var free = plans.Single(plan => (string)plan!["plan"]! == "free")!;
        Assert.Equal((0, 0), ((int)free["monthly_price_usd"]!, (int)free["yearly_price_usd"]!));
        Assert.Null(free["overage_usd_per_thousand"]);
        foreach (var id in PlanPrices.Sold)
        {
            var plan = plans.Single(plan => (string)plan!["plan"]! == PlanTable.Of(id).Code)!;
            Assert.Equal(
                (Charged(PlanPrices.KeyOf(id, BillingInterval.Month)), Charged(PlanPrices.KeyOf(id, BillingInterval.Year))),
                ((decimal)plan["monthly_price_usd"]!, (decimal)plan["yearly_price_usd"]!));
            Assert.Equal(Charged(PlanPrices.OverageKeyOf(id)) * 1_000, (decimal)plan["overage_usd_per_thousand"]!);
        }
    }

    private decimal Charged(string lookupKey)
    {
        var price = server.Stripe.All("price").Single(price => (string?)price["lookup_key"] == lookupKey && (bool)price["active"]!);
        var cents = (string?)price["unit_amount_decimal"] ?? ((decimal)price["unit_amount"]!).ToString(CultureInfo.InvariantCulture);
        return decimal.Parse(cents, CultureInfo.InvariantCulture) / 100;
    }
}

/// <summary>The return from a Checkout to a server without its dashboard.</summary>
public sealed class PlainReturnServer : BilledServer
{
    protected override void Configure(IServiceCollection services) =>
        services.AddSingleton(DashboardFiles.Read(Directory.CreateTempSubdirectory("telemetrykit-no-dashboard-").FullName));
}

/// <summary>The page that a browser shows then.</summary>
public sealed class PlainReturnTests(PlainReturnServer server) : IClassFixture<PlainReturnServer>
{
    [Fact]
    public async Task The_plain_page_synchronises_and_shows_the_plan()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var tenant = await owner.TenantAsync();
        server.Stripe.HoldsWebhooks = true;
        var checkout = await server.BeginCheckoutAsync(owner, tenant);
        var address = $"/billing/return?tenant={tenant}";
        Assert.Contains("shown on the page of the plan", await server.Server.Client.GetStringAsync(address), StringComparison.Ordinal);
        Assert.Contains("Nothing was paid", await PageAsync("&cancelled=true"), StringComparison.Ordinal);
        Assert.Contains("being confirmed", await PageAsync("&checkout=" + checkout), StringComparison.Ordinal);
        Assert.True(server.Stripe.PayCheckout(checkout));
        Assert.Contains("The plan is pro now", await PageAsync("&checkout=" + checkout), StringComparison.Ordinal);

        Task<string> PageAsync(string query) => server.Server.Client.GetStringAsync(address + query);
    }
}
