using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests;

/// <summary>Walks through the dashboard, as a person who sees it for the first time.</summary>
public sealed partial class WalkTests(Chromium chromium)
{
    private const string Password = "a rather long passphrase";

    [GeneratedRegex("tk_live_[0-9A-Za-z]{32}")]
    private static partial Regex LiveKey { get; }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_new_customer_signs_up_and_sees_the_first_event_and_its_numbers(string storage)
    {
        await using var site = await Site.StartAsync(storage, hosted: true);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var page = visitor.Page;
        await visitor.GoAsync("/");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Sign up" }).ClickAsync();
        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("E-mail").FillAsync("ada@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send me the link" }).ClickAsync();
        await page.GetByText("Look into your mailbox").WaitForAsync();

        await visitor.GoAsync(await site.MailedLinkAsync("verify"));
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await page.GetByLabel("Name of the project").FillAsync("my-cli");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the project" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Create a live key" }).ClickAsync();
        var key = LiveKey.Match(await page.GetByLabel("The key", new() { Exact = true }).InnerTextAsync()).Value;
        await page.GetByText("Waiting for your first event").WaitForAsync();
        await visitor.IsAccessibleAsync();
        await visitor.PictureAsync($"first-event-waiting-{storage}");
        await SendAsync(site, key, ("build", true), ("build", false), ("test", true));
        await page.GetByText("Your first event is here").WaitForAsync();
        await visitor.IsAccessibleAsync();
        await visitor.PictureAsync($"first-event-{storage}");

        await page.GetByRole(AriaRole.Link, new() { Name = "Open the overview" }).ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Figures" }).WaitForAsync();
        await visitor.SettleAsync();
        await visitor.IsAccessibleAsync();
        await FigureIsAsync(page, "Installs", "2");
        await FigureIsAsync(page, "Events", "3");
        await FigureIsAsync(page, "Success", @"66\.7%");
        await FigureIsAsync(page, "New installs", "2");
        await FigureIsAsync(page, "Median run", "1(19|20|21) ms");

        // A name leads to its page. The button beside it filters by it, its "is" turns to "is not", and the URL is the view.
        await page.GetByRole(AriaRole.Link, new() { Name = "build", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/subjects/command/build");
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Show only build" }).ClickAsync();
        await FigureIsAsync(page, "Events", "2");
        await page.GetByRole(AriaRole.Button, new() { Name = "name is build" }).ClickAsync();
        await FigureIsAsync(page, "Events", "1");
        Assert.EndsWith("?not.subject=build", page.Url, StringComparison.Ordinal);
        await page.ReloadAsync();
        await FigureIsAsync(page, "Events", "1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the filter name" }).ClickAsync();
        await FigureIsAsync(page, "Events", "3");
    }

    [Fact]
    public async Task The_link_on_the_console_makes_the_owner_once()
    {
        await using var site = await Site.StartAsync("sqlite", hosted: false);
        var link = await site.PrintedLinkAsync("owner");
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        await BecomeOwnerAsync(visitor, link, "ada@example.org");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Project" }).WaitForAsync();
        await visitor.SettleAsync();
        await visitor.IsAccessibleAsync();

        await using var second = await chromium.OpenAsync(site.Server.Address);
        second.Expect("400");
        await BecomeOwnerAsync(second, link, "eve@example.org");
        await second.Page.GetByText("This link doesn’t work any more").WaitForAsync();
    }

    [Fact]
    public async Task Keys_of_the_keyboard_open_everything()
    {
        await using var site = await Site.StartAsync("sqlite", hosted: false, "--demo");
        var demo = new Uri(await site.PrintedLinkAsync("projects/")).AbsolutePath;
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var page = visitor.Page;
        await visitor.GoAsync(demo);
        await page.Keyboard.PressAsync("t");
        await page.GetByRole(AriaRole.Table, new() { Name = "Installs a day" }).WaitForAsync();
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("x");
        await page.WaitForURLAsync("**/*?compare=no");
        await page.Keyboard.PressAsync("?");
        await page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard" }).WaitForAsync();
        await visitor.IsAccessibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("d");
        await page.GetByRole(AriaRole.Menuitemradio, new() { Name = "Last 7 days" }).ClickAsync();
        await page.WaitForURLAsync("**/*?days=7&compare=no");
        await page.Keyboard.PressAsync("f");
        await page.GetByLabel("Value, or (none)").FillAsync("linux");
        await page.GetByLabel("Field").SelectOptionAsync("os");
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the filter" }).ClickAsync();
        await page.WaitForURLAsync("**/*?days=7&compare=no&os=linux");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Go to a page, a project or a name" }).FillAsync("deplo");
        await page.GetByRole(AriaRole.Option, new() { Name = "deploy" }).WaitForAsync();
        await visitor.IsAccessibleAsync();
        await visitor.PictureAsync("palette");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/subjects/command/deploy?*");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("s");
        await page.WaitForURLAsync("**/start?*");
    }

    private static async Task BecomeOwnerAsync(Visitor visitor, string link, string email)
    {
        await visitor.GoAsync(link);
        await visitor.Page.GetByLabel("Your name").FillAsync("Ada");
        await visitor.Page.GetByLabel("E-mail").FillAsync(email);
        await visitor.Page.GetByLabel("Password").FillAsync(Password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
    }

    private static async Task FigureIsAsync(IPage page, string name, string pattern) =>
        await page.Locator("div", new() { Has = page.GetByRole(AriaRole.Button, new() { Name = $"How is “{name}” counted?" }) })
            .Locator("xpath=following-sibling::div[1]").Filter(new() { HasTextRegex = new($"^(≈ )?{pattern}$") })
            .WaitForAsync();

    private static async Task SendAsync(Site site, string key, params (string Command, bool Success)[] runs)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = JsonContent.Create(new
        {
            service_version = "1.0.0",
            context = new { os = "linux", actor = "human" },
            events = runs.Select((run, i) => new
            {
                event_type = "command_executed", user_id = $"user {i % 2}", success = run.Success, duration_ms = 120,
                metadata = new { command = run.Command },
            }),
        });
        using var response = await site.Server.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
