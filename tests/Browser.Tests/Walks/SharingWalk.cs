using System.Net;
using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>A project is shared, read by strangers, and no longer shared.</summary>
public sealed class SharingWalk(Chromium chromium, Sites sites)
{
    private const int Installs = 45;

    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_project_is_shared_and_the_share_is_revoked(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        var project = await customer.CreateProjectAsync("Shared Tool");
        await site.SendAsync(await customer.CreateKeyAsync(project), Batch());

        await ShareAsync(visitor, project, storage);
        await using (var stranger = await chromium.OpenAsync(site.Server.Address))
            await ReadAsync(stranger, storage);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, "/v1/shared/shared-tool"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, "/badge/shared-tool/installs.svg"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, "/badge/shared-tool/installs.json"));

        await visitor.PressAsync("Stop sharing");
        await visitor.ConfirmAsync("Stop sharing");
        await visitor.SeesAsync("The page is no longer public");
        await visitor.SeesHeadingAsync("Share the numbers");
        Assert.Equal(0, await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "/p/shared-tool" }).CountAsync());

        // A new window, because browsers keep a public page for some minutes.
        await using var late = await chromium.OpenAsync(site.Server.Address);
        late.Expect("status of 404");
        await late.GoAsync("/p/shared-tool");
        await late.SeesHeadingAsync("There is no public page with this name");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(site, "/v1/shared/shared-tool"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(site, "/badge/shared-tool/installs.svg"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(site, "/badge/shared-tool/installs.json"));
    }

    private static async Task ShareAsync(Visitor visitor, string project, string storage)
    {
        await visitor.GoAsync(project + "/settings/sharing");
        Assert.Equal("shared-tool", await visitor.Page.GetByLabel("Name of the page").InputValueAsync());
        await visitor.Page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new("^Platforms") }).UncheckAsync();
        await visitor.PressAsync("Make the page public");
        await visitor.SeesAsync("The page is public now");
        // Badges are pictures that the browser loads.
        var badge = visitor.Page.GetByRole(AriaRole.Img, new() { Name = "Badge: installs" });
        await badge.WaitForAsync();
        await visitor.LookAsync($"sharing-{storage}");
        Assert.True(await badge.EvaluateAsync<int>("image => image.naturalWidth") > 0);
    }

    private static async Task ReadAsync(Visitor stranger, string storage)
    {
        await stranger.GoAsync("/p/shared-tool");
        await stranger.SeesHeadingAsync("Shared Tool in numbers");
        await stranger.SeesHeadingAsync("What is not collected");
        // Rounded down to a multiple of ten, after a secret offset is subtracted.
        await stranger.SeesFigureAsync("Installs", "[34]0");
        await stranger.SeesFigureAsync("Successful runs", @"80\.0%");
        await stranger.Page.GetByRole(AriaRole.Table, new() { Name = "Commands" }).GetByText("build").WaitForAsync();
        // Nine installs use it, which is too few; and platforms aren't shared.
        Assert.Equal(0, await stranger.Page.GetByText("deploy").CountAsync());
        Assert.Equal(0, await stranger.Page.GetByText("Linux").CountAsync());
        await stranger.LookAsync($"public-{storage}");
    }

    /// <summary>Of the day before yesterday: a public page covers whole days.</summary>
    private static object Batch() => new
    {
        service_version = "1.2.0",
        context = new { os = "linux", actor = "human" },
        events = Enumerable.Range(0, Installs).Select(i => new
        {
            event_type = "command_executed", user_id = $"user {i}", success = i % 5 != 0, timestamp = DateTimeOffset.UtcNow.AddDays(-2),
            metadata = new { command = i % 5 == 0 ? "deploy" : "build" },
        }),
    };

    private static async Task<HttpStatusCode> StatusAsync(Site site, string path)
    {
        using var response = await site.Server.Http.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }
}
