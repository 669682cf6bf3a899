using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>An author asks whether a flag and a command may be removed.</summary>
public sealed class RemovalWalk(Chromium chromium, Sites sites)
{
    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_verdict_names_its_reasons_and_can_be_pasted(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        await customer.SubscribeAsync("pro");
        var project = await customer.CreateProjectAsync("my-cli");
        await site.SendAsync(await customer.CreateKeyAsync(project), Batch());

        await visitor.GoAsync(project + "/remove");
        await JudgeAsync(visitor, "command, feature, …", "build");
        await visitor.SeesAsync("Can’t say.");
        await visitor.LookAsync($"remove-unknown-{storage}");
        // Fewer installs are enough for this author. A link has the same verdict.
        await SetAsync(visitor, "Fewest active installs", "20");
        await SetAsync(visitor, "Fewest days with events", "20");
        await visitor.SeesAsync("Not yet.");
        await visitor.SeesAsync("39 of 40 active installs (97.5%) used it in the last 90 days");
        await visitor.LookAsync($"remove-in-use-{storage}");

        // The next question has the same thresholds.
        await SetAsync(visitor, "Most percent of the active installs", "5");
        await visitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Can I remove this?" }).ClickAsync();
        await JudgeAsync(visitor, "flag", "--legacy");
        await visitor.SeesAsync("Probably yes.");
        await visitor.SeesAsync("1 of 40 active installs (2.5%) used it in the last 90 days");
        await visitor.PressAsync("Copy as Markdown");
        await visitor.SeesAsync("Copied as Markdown");
        var markdown = await visitor.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Contains("Probably yes", markdown, StringComparison.Ordinal);
        Assert.Contains("--legacy", markdown, StringComparison.Ordinal);
        Assert.Contains(visitor.Page.Url, markdown, StringComparison.Ordinal);
        await visitor.LookAsync($"remove-{storage}");
    }

    private static async Task JudgeAsync(Visitor visitor, string kind, string name)
    {
        await visitor.Page.GetByLabel("Kind").SelectOptionAsync(kind);
        await visitor.FillAsync("As your tool sends it", name);
        await visitor.PressAsync("Judge");
    }

    private static async Task SetAsync(Visitor visitor, string threshold, string value)
    {
        await visitor.FillAsync(threshold, value);
        await visitor.Page.GetByLabel(threshold).PressAsync("Enter");
    }

    /// <summary>Forty installs over 25 days; one of them, four weeks ago, used the flag and another command.</summary>
    private static object Batch() => new
    {
        service_version = "2.0.0",
        context = new { os = "linux", actor = "human" },
        events = Enumerable.Range(0, 40).Select(i => new
        {
            event_type = "command_executed", user_id = $"user {i}", success = true,
            timestamp = DateTimeOffset.UtcNow.AddDays(i == 0 ? -28 : -(i % 25)),
            metadata = i == 0 ? (object)new { command = "old", flags = (string[])["--legacy"] } : new { command = "build" },
        }),
    };
}
