using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>The data of an install is erased, and then the project is deleted.</summary>
public sealed class EndWalk(Chromium chromium, Sites sites)
{
    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task An_install_is_erased_and_the_project_deleted(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        var project = await customer.CreateProjectAsync("hello");
        var key = await customer.CreateKeyAsync(project);
        using var one = await HelloTool.InstallAsync(site, key);
        using var other = await HelloTool.InstallAsync(site, key);
        await one.RunAsync(0, "greet");
        await one.FlushAsync();
        await other.RunAsync(0, "greet");
        await other.FlushAsync();
        await visitor.GoAsync(project + "?subject=greet");
        await visitor.SeesFigureAsync("Installs", "2");

        await EraseAsync(visitor, await one.IdAsync(), storage);
        await visitor.FollowAsync("Overview");
        await visitor.SeesFigureAsync("Installs", "1");

        await DeleteAsync(visitor, project, storage);
        await visitor.SeesHeadingAsync("What do you publish?");
        visitor.Expect("status of 404");
        await visitor.GoAsync(project);
        await visitor.SeesAsync("doesn’t exist");
        await other.RunAsync(0, "greet");
        await other.RunAsync(1, "flush");
    }

    private static async Task EraseAsync(Visitor visitor, string id, string storage)
    {
        await visitor.FollowAsync("Privacy");
        await visitor.FillAsync("Id of the install", id);
        await visitor.PressAsync("Find");
        await visitor.SeesAsync("It is stored as");
        await visitor.LookAsync($"privacy-{storage}");
        await visitor.FollowAsync("Its events");
        await visitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("command greet") }).WaitForAsync();
        await visitor.Page.GoBackAsync();
        await visitor.FillAsync("Id of the install", id);
        await visitor.PressAsync("Find");
        await visitor.PressAsync("Erase its data");
        await visitor.ConfirmAsync("Erase for good");
        await visitor.SeesAsync("events are erased");
        await visitor.FillAsync("Id of the install", id);
        await visitor.PressAsync("Find");
        await visitor.SeesAsync("This project has no data of an install with this id");
    }

    private static async Task DeleteAsync(Visitor visitor, string project, string storage)
    {
        await visitor.FollowAsync("Settings");
        await visitor.PressAsync("Delete the project");
        await visitor.LookAsync($"delete-{storage}");
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        Assert.True(await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).IsDisabledAsync());
        await visitor.FillAsync("Type hello to confirm", "hello");
        await visitor.PressAsync("Delete for good");
        await visitor.SeesAsync("events are deleted");
        Assert.DoesNotContain(project, visitor.Page.Url, StringComparison.Ordinal);
    }
}
