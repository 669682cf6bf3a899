using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>From the sign-up to the numbers of the first events, which a real tool sends, and through every page.</summary>
public sealed partial class FirstDayWalk(Chromium chromium, Sites sites)
{
    [GeneratedRegex("tk_live_[0-9A-Za-z]{32}")]
    private static partial Regex LiveKey { get; }

    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_new_customer_signs_up_sends_events_and_sees_them_on_every_page(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        await SignUpAsync(visitor, site);
        var key = await CreateProjectAsync(visitor, storage);
        using var tool = await HelloTool.InstallAsync(site, key);
        await SendFirstEventAsync(visitor, tool, storage);
        await SeeNextEventsLiveAsync(visitor, tool);
        await FilterAsync(visitor);
        await SeeEveryPageAsync(visitor, storage);
    }

    private static async Task SignUpAsync(Visitor visitor, Site site)
    {
        var email = Customer.NewEmail("ada");
        await visitor.GoAsync("/");
        await visitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Sign up" }).First.ClickAsync();
        await visitor.FillAsync("Your name", "Ada");
        await visitor.FillAsync("E-mail", email);
        await visitor.PressAsync("Send me the link");
        await visitor.SeesHeadingAsync("Look into your mailbox");

        var link = await site.MailedLinkAsync("verify", email);
        await visitor.GoAsync(link);
        await visitor.FillAsync("Password", Customer.Password);
        await visitor.PressAsync("Begin");
        await visitor.SeesHeadingAsync("What do you publish?");
    }

    private static async Task<string> CreateProjectAsync(Visitor visitor, string storage)
    {
        await visitor.FillAsync("Name of the project", "hello");
        await visitor.PressAsync("Create the project");
        await visitor.PressAsync("Create a live key");
        var key = LiveKey.Match(await visitor.Page.GetByLabel("The key", new() { Exact = true }).InnerTextAsync()).Value;
        await visitor.SeesHeadingAsync("Waiting for your first event");
        await visitor.LookAsync($"first-event-waiting-{storage}");
        return key;
    }

    private static async Task SendFirstEventAsync(Visitor visitor, HelloTool tool, string storage)
    {
        Assert.Equal("HELLO, ADA!\n", await tool.RunAsync(0, "greet", "--shout", "Ada"));
        await tool.FlushAsync();
        await visitor.SeesHeadingAsync("Your first event is here");
        await visitor.LookAsync($"first-event-{storage}");
        await visitor.FollowAsync("Open the overview");
        await visitor.SeesFigureAsync("Installs", "1");
        await visitor.SeesFigureAsync("New installs", "1");
        await visitor.SeesFigureAsync("Success", "100%");
    }

    private static async Task SeeNextEventsLiveAsync(Visitor visitor, HelloTool tool)
    {
        await visitor.FollowAsync("Live");
        await visitor.Page.GetByText("Connected", new() { Exact = true }).WaitForAsync();
        await tool.RunAsync(0, "greet");
        // A file that isn't there: the command fails, and its error is reported as well.
        await tool.RunAsync(70, "count", "none.txt");
        await tool.FlushAsync();
        var events = visitor.Page.GetByRole(AriaRole.List, new() { Name = "Events, newest first" });
        await events.GetByRole(AriaRole.Button, new() { NameRegex = new("command greet") }).WaitForAsync();
        await events.GetByRole(AriaRole.Button, new() { NameRegex = new("command count .*failed") }).WaitForAsync();
        await visitor.IsAccessibleAsync();
    }

    private static async Task FilterAsync(Visitor visitor)
    {
        await visitor.FollowAsync("Overview");
        await visitor.Page.GetByRole(AriaRole.Table, new() { Name = "Commands" }).GetByTitle("Show only greet").ClickAsync();
        await visitor.SeesFigureAsync("Events", "2");
        await visitor.PressAsync("name is greet: turn to is not");
        await visitor.SeesFigureAsync("Success", "[0-9.]+%");
        Assert.EndsWith("?not.subject=greet", visitor.Page.Url, StringComparison.Ordinal);

        // The address is the view: another day, and for someone else.
        await visitor.Page.ReloadAsync();
        await visitor.Page.GetByTitle("Show only count").WaitForAsync();
        Assert.Equal(0, await visitor.Page.GetByTitle("Show only greet").CountAsync());
        await visitor.PressAsync("Remove the filter name");
        await visitor.Page.GetByTitle("Show only greet").WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "vs previous" }).ClickAsync();
        await visitor.Page.WaitForURLAsync("**?compare=no");
    }

    /// <summary>The plan of a new customer has no advanced analytics: its pages say so.</summary>
    private static async Task SeeEveryPageAsync(Visitor visitor, string storage)
    {
        visitor.Expect("status of 403");
        var pages = visitor.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link);
        foreach (var title in await pages.AllInnerTextsAsync())
        {
            await visitor.FollowAsync(title);
            // Its connection stays open, so the network is never idle.
            if (title == "Live")
                continue;
            await visitor.LookAsync($"hello-{title.ToLowerInvariant().Replace(' ', '-').Trim('?')}-{storage}");
            if (title is "Releases" or "Failures")
                await visitor.SeesAsync("advanced analytics");
        }

        foreach (var tab in (string[])["Keys", "Sharing", "Members", "Plan and usage", "Audit log", "Project"])
        {
            await visitor.Page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await visitor.LookAsync($"hello-settings-{tab.ToLowerInvariant().Replace(' ', '-')}-{storage}");
        }
    }
}
