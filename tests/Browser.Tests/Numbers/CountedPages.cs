using System.Globalization;
using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;
using static TelemetryKit.Browser.Tests.Numbers.PageReader;

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>Compares the pages of a project with what was sent.</summary>
public sealed class CountedPages(Visitor visitor, SentView view, string project)
{
    private static readonly string[] Versions = ["2.0.0", "2.0.0-beta.1", "1.10.0", "1.9.0", "1.8.0"];
    private static readonly Dictionary<string, string> Platforms =
        new() { ["linux"] = "Linux", ["macos"] = "macOS", ["windows"] = "Windows" };

    private static readonly Dictionary<string, string> Actors = new() { ["human"] = "People", ["ci"] = "CI", ["agent"] = "Agents" };

    private readonly PageReader _page = new(visitor);

    public async Task OverviewAsync()
    {
        await visitor.GoAsync(project + view.Address);
        var (now, before) = (new Count(view.Events), new Count(view.Before));
        await _page.IsAsync("Installs", now.Installs);
        await _page.IsAsync("Events", now.Events);
        await _page.IsShareAsync("Success", 1 - now.FailureRate);
        await _page.IsDurationAsync("Median run", new Count(view.Commands).Percentile(50));
        if (view.IsFiltered)
            Assert.Equal("—", (await _page.FigureAsync("New installs")).Text);
        else
            await _page.IsAsync("New installs", view.DaysOfInstalls.Count(days => days.Min() >= view.From));
        Assert.Equal(Change(now.Installs, before.Installs), await _page.ChangeAsync("Installs"));
        Assert.Equal(Change(now.Events, before.Events), await _page.ChangeAsync("Events"));

        Same(
            Lines(view.Commands, sent => sent.Subject, (name, count) => $"{name}: {count.Installs} {count.Events} {Failed(count)}"),
            await LinesAsync("Commands", row => $"{row[0].Text}: {row[1].Title} {row[2].Title} {row[3].Text} {row[3].Title}"));
        await ListAsync("Versions", view.Events, sent => sent.Version);
        await ListAsync("Platforms", view.Events, PlatformOf);
        await WhoAsync();
        await visitor.Page.GetByRole(AriaRole.Tab, new() { Name = "Features" }).ClickAsync();
        await visitor.SettleAsync();
        await ListAsync("Features", view.Events.Where(sent => sent.Type == "feature_used"), sent => sent.Subject, region: null);
    }

    public async Task SeriesAsync()
    {
        await visitor.GoAsync(project + view.Address);
        await visitor.Page.Keyboard.PressAsync("t");
        await SeriesAsync("Installs", count => count.Installs);
        await SeriesAsync("Events", count => count.Events);
        await SeriesAsync("Failures", count => count.Failures);
    }

    public async Task CommandsAsync()
    {
        await visitor.GoAsync($"{project}/commands{view.Address}");
        await ItemsAsync("Commands", null, view.Commands.Select(sent => (sent.Subject, sent)));
        var used = view.Commands.Select(sent => sent.Subject).ToHashSet();
        var former = view.Earlier.FindAll(sent => sent.Type == "command_executed" && !used.Contains(sent.Subject));
        var unused = await _page.Region("Not used in this period").GetByRole(AriaRole.Listitem).AllInnerTextsAsync();
        if (former.Count == 0)
            Assert.Equal(["All that were ever used are still used."], unused);
        else
            Same(
                Lines(former, sent => sent.Subject, (name, count) => $"{name}: by {count.Installs} installs before"),
                unused.Select(OneLine).Select(line => $"{line.Split(' ')[0]}: {line[line.IndexOf("by ", StringComparison.Ordinal)..]}")
                    .Select(line => line.Replace(" Remove it?", "", StringComparison.Ordinal)));
    }

    public async Task SubjectAsync(string name)
    {
        await visitor.GoAsync($"{project}/subjects/command/{name}{view.Address}");
        var own = view.Commands.FindAll(sent => sent.Subject == name);
        var count = new Count(own);
        await _page.IsAsync("Installs", count.Installs);
        await _page.IsAsync("Runs", count.Events);
        await _page.IsShareAsync("Success", 1 - count.FailureRate);
        await _page.IsDurationAsync("p50", count.Percentile(50));
        await _page.IsDurationAsync("p95", count.Percentile(95));
        var before = new Count(view.Before.Where(sent => sent.Type == "command_executed" && sent.Subject == name));
        Assert.Equal(Change(count.Events, before.Events), await _page.ChangeAsync("Runs"));
        await ItemsAsync("By version", "By version", own.Select(sent => (sent.Version, sent)));
        await ItemsAsync("By platform", "By platform", own.Select(sent => (PlatformOf(sent), sent)));
        await ItemsAsync(
            "Flags", "Flags", own.SelectMany(sent => sent.Flags.DefaultIfEmpty("without a flag").Select(flag => (flag, sent))));
        await ListAsync("Who uses it", own, ActorOf);
        await ListAsync("Exit codes", own, sent => CodeOf(sent) ?? "No code");
    }

    public async Task ReleasesAsync()
    {
        await visitor.GoAsync($"{project}/releases{view.Address}");
        var week = view.Last(7);
        var active = new Count(week).Installs;
        var rows = await _page.RowsAsync("Versions, latest first");
        Assert.Equal(Versions.Where(version => view.Events.Exists(sent => sent.Version == version)), rows.Select(NameOf));
        foreach (var row in rows)
        {
            var count = new Count(view.Events.Where(sent => sent.Version == NameOf(row)));
            var now = new Count(week.Where(sent => sent.Version == NameOf(row))).Installs;
            Assert.Equal($"{now} {Percent((double)now / active)}", $"{row[3].Title} {row[3].Text[row[3].Title.Length..].Trim()}");
            Assert.Equal($"{Percent(count.FailureRate)} of {count.Runs} runs", $"{OneLine(row[5].Text).Split(' ')[^1]} {row[5].Title}");
        }

        var platforms = await _page.Region("Platforms").GetByRole(AriaRole.Listitem).AllInnerTextsAsync();
        Same(
            Lines(view.Events, PlatformOf, (name, count) => $"{name} {count.Installs} installs"),
            platforms.Select(line => OneLine(line).Split(", most")[0]));

        string NameOf(Cell[] row) => OneLine(row[0].Text).Split(' ')[0];
    }

    public async Task FailuresAsync()
    {
        const string Table = "Failure rates by exit code and version";
        await visitor.GoAsync($"{project}/failures{view.Address}");
        var count = new Count(view.Events);
        await _page.IsShareAsync("Failure rate", count.FailureRate);
        await _page.IsAsync("Failed runs", count.Failures);
        await _page.IsAsync("Errors", count.Errors);
        var failed = view.Events.FindAll(sent => sent.Failed);
        Same(
            failed.GroupBy(sent => (Code: CodeOf(sent) ?? "(none)", sent.Version)).Select(own =>
            {
                var runs = new Count(view.Events.Where(sent => sent.Version == own.Key.Version)).Runs;
                var share = Percent((double)own.Count() / runs);
                return $"{own.Count()} of {runs} runs of {own.Key.Version} failed with {own.Key.Code}: {share}";
            }),
            (await _page.RowsAsync(Table)).SelectMany(row => row[1..^1]).Where(cell => cell.Title.Length > 0)
                .Select(cell => $"{cell.Title.Split(':')[0]}: {cell.Text}"));
        Same(
            Lines(failed, sent => CodeOf(sent) ?? "no code", (code, count) => $"{code}: {count.Events}"),
            await LinesAsync(Table, row => $"{row[0].Text}: {row[^1].Title}"));
        await ListAsync("What fails", failed, sent => sent.Subject);
        await ListAsync("Errors", view.Events.Where(sent => sent.Type == "error"), sent => sent.Subject);
    }

    public async Task PeopleAsync()
    {
        await visitor.GoAsync($"{project}/people{view.Address}");
        await _page.IsAsync("Daily", new Count(view.Last(1)).Installs);
        await _page.IsAsync("Weekly", new Count(view.Last(7)).Installs);
        await _page.IsAsync("Monthly", new Count(view.Last(30)).Installs);
        await visitor.Page.Keyboard.PressAsync("t");
        Same(
            view.ByDay(day => $"{view.On(day).Installs}"),
            await LinesAsync("Active installs a day", row => $"{row[0].Text}: {row[1].Text}"));
        await visitor.Page.GetByRole(AriaRole.Tab, new() { Name = "New and returning" }).ClickAsync();
        await visitor.Page.Keyboard.PressAsync("t");
        Same(
            view.ByDay(day => $"{view.On(day).Installs - NewOn(day)} {NewOn(day)}"),
            await LinesAsync("New and returning installs a day", row => $"{row[0].Text}: {row[1].Text} {row[2].Text}"));
        await RetentionAsync();
        await ListAsync("Who", view.Events, ActorOf);
        await ListAsync("Agents", view.Events, sent => sent.Machine.Agent ?? "No agent");
        await ListAsync("CI systems", view.Events, sent => sent.Machine.Ci ?? "No CI");

        int NewOn(DateOnly day) => view.DaysOfInstalls.Count(days => days.Min() == day);
    }

    private async Task SeriesAsync(string measure, Func<Count, int> figure)
    {
        await visitor.Page.GetByRole(AriaRole.Tab, new() { Name = measure }).ClickAsync();
        Same(
            view.ByDay(day => $"{figure(view.On(day))} {figure(view.On(day.AddDays(-SentView.Days)))}"),
            await LinesAsync($"{measure} a day", row => $"{row[0].Text}: {row[1].Text} {row[2].Text}"));
    }

    private async Task WhoAsync()
    {
        var region = _page.Region("Who runs it");
        Same(
            Lines(view.Events, ActorOf, (actor, count) =>
                $"{actor} {Percent((double)count.Events / view.Events.Count)} {count.Installs} installs"),
            (await region.GetByRole(AriaRole.Listitem).AllInnerTextsAsync()).Select(OneLine));
        await NamedAsync("Agents", sent => sent.Machine.Agent);
        await NamedAsync("CI", sent => sent.Machine.Ci);

        async Task NamedAsync(string title, Func<Sent, string?> name)
        {
            var line = await region.Locator("p").Filter(new() { HasText = title + ":" }).InnerTextAsync();
            Same(
                Lines(view.Events.Where(sent => name(sent) is not null), sent => name(sent)!, (value, count) => $"{value} {count.Events}"),
                line[(title.Length + 1)..].Split('·').Select(text => text.Trim()));
        }
    }

    private async Task RetentionAsync()
    {
        var weeks = view.DaysOfInstalls.Select(days => days.Select(Monday).ToHashSet()).ToList();
        List<string> expected = [];
        for (var week = Monday(view.From); week <= view.To; week = week.AddDays(7))
        {
            var members = weeks.FindAll(own => own.Min() == week);
            List<string> shares = [];
            for (var later = week; later <= view.To; later = later.AddDays(7))
                shares.Add(members.Count == 0 ? "" : $"{members.Count(own => own.Contains(later))} of {members.Count}");
            expected.Add(string.Create(CultureInfo.InvariantCulture, $"{week:MMM d}: {string.Join(", ", shares)}"));
        }

        var rows = await _page.RowsAsync("Share of installs that came back, by week of their first event");
        Assert.Equal(expected, rows.SkipLast(1).Select(row =>
            $"{row[0].Text}: {string.Join(", ", row[2..].Select(cell => cell.Title.Split(" installs")[0]))}"));
    }

    private Task ListAsync(string title, IEnumerable<Sent> events, Func<Sent, string> by) => ListAsync(title, events, by, title);

    private async Task ListAsync(string title, IEnumerable<Sent> events, Func<Sent, string> by, string? region) => Same(
        Lines(events, by, (name, count) => $"{name}: {count.Installs} {count.Events}"),
        await LinesAsync(title, row => $"{row[0].Text}: {row[1].Title} {row[2].Title}", region));

    private async Task ItemsAsync(string title, string? region, IEnumerable<(string Value, Sent Sent)> events)
    {
        var counts = events.GroupBy(one => one.Value).ToDictionary(own => own.Key, own => new Count(own.Select(one => one.Sent)));
        var rows = await _page.RowsAsync(title, region);
        Same(
            counts.Select(own => $"{own.Key}: {own.Value.Installs} {own.Value.Events} {Failed(own.Value)} {own.Value.LastSeen}"),
            rows.Select(row =>
                $"{row[0].Text}: {row[1].Title} {row[2].Title} {row[3].Text} {row[3].Title} {row[6].Title.Split(", ")[^1]}"));
        Assert.All(rows, row =>
        {
            var count = counts[row[0].Text];
            Assert.True(row[4].IsNear(count.Percentile(50)), $"p50 of {row[0].Text}: {row[4]}, not {count.Percentile(50)}");
            Assert.True(row[5].IsNear(count.Percentile(95)), $"p95 of {row[0].Text}: {row[5]}, not {count.Percentile(95)}");
        });
    }

    private async Task<IEnumerable<string>> LinesAsync(string table, Func<Cell[], string> line, string? region = null) =>
        (await _page.RowsAsync(table, region)).Select(line);

    private static IEnumerable<string> Lines(IEnumerable<Sent> events, Func<Sent, string> by, Func<string, Count, string> line) =>
        events.GroupBy(by).Select(own => line(own.Key, new Count(own)));

    /// <summary>Values with as many events are in any order.</summary>
    private static void Same(IEnumerable<string> expected, IEnumerable<string> actual) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));

    private static string PlatformOf(Sent sent) => Platforms[sent.Machine.Os];

    private static string ActorOf(Sent sent) => Actors[sent.Machine.Actor];

    private static string? CodeOf(Sent sent) => sent.ExitCode?.ToString(CultureInfo.InvariantCulture);

    private static string Failed(Count count) => $"{Percent(count.FailureRate)} {count.Failures} failed, of the runs with an outcome";

    private static string Change(int now, int before)
    {
        var change = ((double)now / before) - 1;
        var sign = change > 0 ? "▲" : "▼";
        return now == before ? "= as before" : string.Create(CultureInfo.InvariantCulture, $"{sign} {Math.Abs(change):0%}");
    }

    private static string Percent(double share) => share.ToString(share is 0 or 1 ? "0%" : "0.0%", CultureInfo.InvariantCulture);

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
