using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>The first start of a self-hosted server, and the demo project.</summary>
public sealed class OwnServerWalk(Chromium chromium, DemoSite demo)
{
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
        await second.SeesHeadingAsync("This link doesn’t work any more");
    }

    [Fact]
    public async Task Keys_of_the_keyboard_open_everything()
    {
        await using var visitor = await chromium.OpenAsync(demo.Address);
        var page = visitor.Page;
        await visitor.GoAsync(demo.Project);
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
        await visitor.FillAsync("Your name", "Ada");
        await visitor.FillAsync("E-mail", email);
        await visitor.FillAsync("Password", Customer.Password);
        await visitor.PressAsync("Begin");
    }
}
