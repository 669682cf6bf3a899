using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests;

/// <summary>
/// Every page that needs no account of its own, in light, dark and on a phone: no violation of accessibility or of the policy, no error,
/// no request to another site.
/// </summary>
public sealed class PageTests(Chromium chromium, DemoSite demo)
{
    public static TheoryData<string> Pages() => new(
        "/", "/sign-in", "/sign-up", "/verify", "/verify#token=x", "/owner#token=x", "/password-forgotten", "/password-reset#token=x",
        "/email-change#token=x", "/email-undo#token=x", "/invitation#token=x", "/p/none-such", "/privacy", "/terms",
        "demo", "demo/start", "demo?version=2.17.1&not.actor=ci", "demo?os=none-such", "demo?version=2.17.x", "demo/nowhere",
        "demo/settings", "demo/settings/plan", "demo/events", "demo/events?exit_code=1&not.os=linux", "demo/events?exit_code=none-such",
        "demo/privacy",
        "demo/commands", "demo/subjects/command/build", "demo/subjects/feature/plugins", "demo/subjects/command/none-such",
        "demo/remove", "demo/remove?subject=build&meta.flags=--legacy-output", "demo/remove?version=2.14.1&min_installs=5000",
        "demo/releases", "demo/releases?days=90&os=windows", "demo/failures", "demo/people", "demo/people?days=90&os=linux");

    [Theory, MemberData(nameof(Pages))]
    public async Task A_page_is_accessible_and_keeps_the_policy(string page)
    {
        // At the same time: questions of three visits that are counted from events for the first time must not be refused.
        await Task.WhenAll(Look.All.Select(look => CheckAsync(page, look)));
    }

    [Fact]
    public async Task The_live_view_connects_and_is_accessible()
    {
        await using var visitor = await chromium.OpenAsync(demo.Address);
        // Its connection stays open, so the network is never idle.
        await visitor.Page.GotoAsync(demo.Project + "/live");
        await visitor.Page.GetByText("Connected", new() { Exact = true }).WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.List, new() { Name = "Events, newest first" }).WaitForAsync();
        await visitor.PictureAsync("demo-live");
        await visitor.IsAccessibleAsync();
    }

    [Fact]
    public async Task A_change_of_the_view_stays_on_its_page_and_keeps_its_parameters()
    {
        await using var visitor = await chromium.OpenAsync(demo.Address);
        await visitor.GoAsync(demo.Project + "/remove?subject=build&max_percent=40");
        await visitor.Page.Keyboard.PressAsync("x");
        await visitor.Page.WaitForURLAsync("**/remove?max_percent=40&compare=no&subject=build");
    }

    [Fact]
    public async Task A_minor_version_is_a_filter_of_the_figures_and_of_the_events()
    {
        await using var visitor = await chromium.OpenAsync(demo.Address);
        var page = visitor.Page;
        await visitor.GoAsync(demo.Project);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Minor versions" }).ClickAsync();
        var minor = page.GetByRole(AriaRole.Link, new() { NameRegex = new(@"^[0-9]+\.[0-9]+\.x$") }).First;
        var group = (await minor.InnerTextAsync()).Trim();
        await visitor.PictureAsync("demo-minor-versions");
        await minor.ClickAsync();
        await page.WaitForURLAsync("**?version=" + group);
        await page.GetByRole(AriaRole.Button, new() { Name = $"version is {group}: turn to is not" }).WaitForAsync();
        await visitor.SettleAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^" + Regex.Escape(group[..^1])) }).First.WaitForAsync();

        var address = new Uri(page.Url).PathAndQuery.Replace("?", "/events?exit_code=1&", StringComparison.Ordinal);
        var request = await page.RunAndWaitForRequestAsync(
            () => visitor.GoAsync(address), one => one.Url.Contains("/v1/stats/events?", StringComparison.Ordinal));
        // Asked again, because a browser doesn't keep bodies for long.
        var response = await page.APIRequest.GetAsync(request.Url, new() { Headers = await request.AllHeadersAsync() });
        var versions = (await response.JsonAsync())!.Value.GetProperty("items").EnumerateArray()
            .Select(item => $"{item.GetProperty("version")} {item.GetProperty("metadata").GetProperty("exit_code")}").ToList();
        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Matches("^" + Regex.Escape(group[..^1]) + "[0-9]+ 1$", version));
    }

    [Fact]
    public async Task A_violation_of_the_policy_is_a_fault()
    {
        var visitor = await chromium.OpenAsync(demo.Address);
        await visitor.GoAsync("/sign-in");
        await visitor.Page.EvaluateAsync("document.head.append(Object.assign(document.createElement('style'), { textContent: 'p {}' }))");
        Assert.Contains(visitor.Faults, fault => fault.Contains("Content Security Policy", StringComparison.Ordinal));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await visitor.DisposeAsync());
    }

    private async Task CheckAsync(string page, Look look)
    {
        await using var visitor = await chromium.OpenAsync(demo.Address, look);
        // A page that doesn't exist is a 404 of the API, which browsers write to the console.
        if (page.StartsWith("/p/", StringComparison.Ordinal))
            visitor.Expect("status of 404");
        await visitor.GoAsync(page.StartsWith("demo", StringComparison.Ordinal) ? demo.Project + page["demo".Length..] : page);
        var missing = visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "This page doesn’t exist" });
        Assert.Equal(page == "demo/nowhere", await missing.CountAsync() > 0);
        await visitor.IsFineAsync($"{page.Trim('/').Split('#')[0].Replace('/', '-').Replace('?', '-')}-{look.Name}");
    }
}
