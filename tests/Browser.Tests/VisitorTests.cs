using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests;

/// <summary>The pages of a hosted server that need no account, in light, dark and on a phone.</summary>
public sealed class VisitorTests(Chromium chromium, HostedSite hosted) : IClassFixture<HostedSite>
{
    private const string Return = "/billing/return?tenant=0197a6d2-7f3e-7c11-9d35-3c1a5e1b0001";

    public static TheoryData<string> Looks() => [.. Look.All.Select(look => look.Name)];

    [Theory, MemberData(nameof(Looks))]
    public async Task The_start_shows_the_demo_the_lines_and_the_prices(string look)
    {
        await using var visitor = await OpenAsync(look);
        await visitor.GoAsync("/");
        foreach (var text in (string[])["build", "dotnet add package", "$29", "or $290 a year", "$0.50 for 1,000"])
            await visitor.Page.GetByText(text).First.WaitForAsync();
        await visitor.IsFineAsync("hosted-start-" + look);
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Terms" }).ClickAsync();
        await visitor.Page.GetByText("2. Pay in time.").WaitForAsync();
        await visitor.IsFineAsync("hosted-terms-" + look);
    }

    [Theory, MemberData(nameof(Looks))]
    public async Task The_operators_text_is_drawn_and_its_html_is_text(string look)
    {
        await using var visitor = await OpenAsync(look);
        await visitor.GoAsync("/privacy");
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Who we are" }).WaitForAsync();
        await visitor.Page.GetByText("<script>").WaitForAsync();
        Assert.Equal("Privacy – TelemetryKit", await visitor.Page.TitleAsync());
        await visitor.IsFineAsync("hosted-privacy-" + look);
    }

    [Theory, MemberData(nameof(Looks))]
    public async Task A_checkout_that_was_left_leads_back_to_the_plans(string look)
    {
        await using var visitor = await OpenAsync(look);
        await visitor.GoAsync(Return + "&cancelled=true");
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing was paid" }).WaitForAsync();
        var back = visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Back to the plans" });
        Assert.Equal("/plan", await back.GetAttributeAsync("href"));
        await visitor.IsFineAsync("return-cancelled-" + look);
    }

    [Theory, MemberData(nameof(Looks))]
    public async Task A_checkout_that_was_paid_waits_and_then_shows_the_plan(string look)
    {
        await using var visitor = await OpenAsync(look);
        // The server has no payment provider here; what it returns is what CheckoutReturnTests see.
        var (isConfirmed, questions) = (false, 0);
        await visitor.Page.RouteAsync("**/v1/billing/return", async route =>
        {
            questions++;
            await route.FulfillAsync(new()
            {
                ContentType = "application/json",
                Body = isConfirmed ? """{"plan":"pro","confirmed":true}""" : """{"plan":"free","confirmed":false}""",
            });
        });
        await visitor.Page.GotoAsync(Return + "&checkout=cs_1");
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "The payment is being confirmed" }).WaitForAsync();
        await visitor.IsFineAsync("return-waiting-" + look);
        isConfirmed = true;
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Your plan is Pro now" }).WaitForAsync();
        await visitor.Page.GetByText("events a month").WaitForAsync();
        await visitor.IsFineAsync("return-confirmed-" + look);
        Assert.True(questions >= 2);
    }

    [Fact]
    public async Task A_checkout_of_another_tenant_is_unknown_and_a_server_that_fails_is_asked_again()
    {
        await using var visitor = await OpenAsync("light");
        visitor.Expect("status of 404");
        visitor.Expect("status of 503");
        await visitor.GoAsync(Return + "&checkout=cs_1");
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "isn’t known any more" }).WaitForAsync();
        await visitor.IsFineAsync("return-unknown-light");

        var fails = true;
        await visitor.Page.RouteAsync("**/v1/billing/return", route => route.FulfillAsync(fails
            ? new() { Status = 503, ContentType = "application/problem+json", Body = """{"code":"storage_unavailable","detail":"Busy."}""" }
            : new() { ContentType = "application/json", Body = """{"plan":"business","confirmed":true}""" }));
        await visitor.Page.GotoAsync(Return + "&checkout=cs_2");
        await visitor.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await visitor.IsFineAsync("return-failed-light");
        fails = false;
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Your plan is Business now" }).WaitForAsync();
    }

    [Fact]
    public async Task The_owner_renames_and_deletes_the_tenant()
    {
        await using var visitor = await OpenAsync("light");
        var page = visitor.Page;
        await Customer.SignUpAsync(hosted.Site, visitor);
        await visitor.GoAsync("/new");
        await page.GetByLabel("Name of the project").FillAsync("my-cli");
        await PressAsync("Create the project");
        await page.WaitForURLAsync("**/start");
        await visitor.GoAsync(new Uri(page.Url).AbsolutePath.Replace("/start", "/settings/tenant", StringComparison.Ordinal));
        await page.GetByText("There is no other member").WaitForAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Tools of Ada");
        await PressAsync("Rename");
        await page.GetByText("Renamed").WaitForAsync();
        await visitor.IsFineAsync("settings-tenant");
        await PressAsync("Delete the tenant");
        await page.GetByLabel("Type Tools of Ada to confirm").FillAsync("Tools of Ada");
        await page.GetByLabel("Current password").FillAsync(Customer.Password);
        await PressAsync("Delete for good");
        await page.WaitForURLAsync("**/new");
        // The account stays, and begins anew.
        await page.GetByLabel("Name of the project").FillAsync("another");
        await PressAsync("Create the project");
        await page.WaitForURLAsync("**/start");

        Task PressAsync(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
    }

    private Task<Visitor> OpenAsync(string look) => chromium.OpenAsync(hosted.Site.Server.Address, Look.All.Single(l => l.Name == look));
}
