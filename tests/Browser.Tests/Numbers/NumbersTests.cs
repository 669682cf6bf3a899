using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>The figures on the pages are those of a count of each event that was sent.</summary>
public sealed class NumbersTests(Chromium chromium, Sites sites)
{
    private const string Version = "1.10.0";

    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task The_numbers_on_the_pages_are_those_of_what_was_sent(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        await customer.SubscribeAsync("pro");
        var project = await customer.CreateProjectAsync("counted");
        var history = new History();
        await history.SendAsync(site, await customer.CreateKeyAsync(project));

        var all = new CountedPages(visitor, new(history, "", _ => true), project);
        await all.OverviewAsync();
        await all.SeriesAsync();
        await all.CommandsAsync();
        await all.SubjectAsync("build");
        await all.ReleasesAsync();
        await all.FailuresAsync();
        await all.PeopleAsync();
        await visitor.PictureAsync($"numbers-{storage}");

        var one = new CountedPages(visitor, new(history, $"&version={Version}", sent => sent.Version == Version), project);
        await one.OverviewAsync();
        await one.CommandsAsync();
        await one.FailuresAsync();

        var others = new CountedPages(visitor, new(history, $"&not.version={Version}", sent => sent.Version != Version), project);
        await others.OverviewAsync();
        await others.CommandsAsync();
        await others.FailuresAsync();
    }
}
