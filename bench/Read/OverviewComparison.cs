using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

namespace TelemetryKit.Bench.Read;

/// <summary>
/// Opens the dashboard's Overview in Chromium, of a project with many events and of one without, in turns, each in a new window without
/// a cache. It measures the time from the start of the navigation until the figures are shown, and until nothing loads any more.
/// </summary>
internal static class OverviewComparison
{
    private const int Days = 30;
    private const string Empty = "empty";

    // Checked once a frame. An empty project has no figures, but says so.
    private const string Watch =
        """
        window.times = {}
        const figures = () => document.querySelector('section[aria-label="Figures"]')
        const isEmpty = () => document.body?.innerText.includes('No events yet in this period')
        const check = () => {
          const shown = isEmpty() || (figures() && !figures().querySelector('.skeleton'))
          if (shown) window.times.figures ??= performance.now()
          if (shown && !document.querySelector('.skeleton')) window.times.all ??= performance.now()
          if (!window.times.all) requestAnimationFrame(check)
        }
        requestAnimationFrame(check)
        """;

    public static async Task<int> RunAsync(StorageKind storage, long large, int rounds)
    {
        await using var database = await BenchDatabase.CreateAsync(storage);
        var projects = await BenchProject.MakeAsync(database, "large", Empty);
        await using var server = ServerProcess.Create(
            database.Folder,
            new Dictionary<string, string?>
            {
                ["TELEMETRYKIT_POSTGRES"] = database.ConnectionString,
                ["TELEMETRYKIT_SECRET"] = TestSecret.Text,
                ["TELEMETRYKIT_DATA"] = database.Folder,
            });
        await server.StartAsync();
        await ReadComparison.FillAsync(server, new ReadClient(server, Days), projects[0], large);
        // The compactor merges what was sent.
        await Task.Delay(TimeSpan.FromSeconds(35));

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
        var session = await BecomeOwnerAsync(browser, server);
        var pages = new List<(string Name, string Path)>
        {
            ("large", $"/projects/{projects[0].Id}"), (Empty, $"/projects/{projects[1].Id}"),
        };
        var starts = await MeasureAsync(browser, server, session, pages, Math.Max(1, rounds / 3), isCold: true);
        var warm = await MeasureAsync(browser, server, session, pages, rounds, isCold: false);
        List<(string Name, string Path)> filtered = [("large", pages[0].Path + "?version=1.x")];
        await MeasureAsync(browser, server, session, filtered, 1, isCold: false);
        var again = await MeasureAsync(browser, server, session, filtered, 3, isCold: false);
        Print(storage, large, rounds, ("first after a start", starts), ("warm", warm), ("with a filter, the second time", again));
        return 0;
    }

    private static async Task<string> BecomeOwnerAsync(IBrowser browser, ServerProcess server)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var link = server.Output.Split(' ', '\n').Last(text => text.Contains("/owner#token=", StringComparison.Ordinal));
        await page.GotoAsync(link);
        await page.GetByLabel("Your name").FillAsync("Ada");
        await page.GetByLabel("E-mail").FillAsync("ada@example.org");
        await page.GetByLabel("Password").FillAsync("a long password of a bench");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Project" }).WaitForAsync();
        return await context.StorageStateAsync();
    }

    private static async Task<Dictionary<string, List<Times>>> MeasureAsync(
        IBrowser browser, ServerProcess server, string session, List<(string Name, string Path)> pages, int rounds, bool isCold)
    {
        var times = pages.ToDictionary(page => page.Name, _ => new List<Times>());
        for (var round = 0; round < rounds; round++)
        {
            // In alternating order, so that neither always benefits from the other's warm-up.
            foreach (var (name, path) in round % 2 == 0 ? pages : pages.AsEnumerable().Reverse())
            {
                if (isCold)
                    await ReadComparison.RestartAsync(server);
                var measured = await OpenAsync(browser, server, session, path);
                times[name].Add(measured);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name} {path} figures {measured.Figures:N0} ms, all {measured.All:N0} ms"));
            }
        }

        return times;
    }

    private static async Task<Times> OpenAsync(IBrowser browser, ServerProcess server, string session, string path)
    {
        await using var context = await browser.NewContextAsync(new()
        {
            StorageState = session, BaseURL = server.Address.ToString(), ViewportSize = new() { Width = 1280, Height = 900 },
        });
        context.SetDefaultTimeout(180_000);
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync(path);
        await page.WaitForFunctionAsync("() => window.times.all !== undefined");
        var times = await page.EvaluateAsync<double[]>("() => [window.times.figures, window.times.all]");
        return new(times[0], times[1]);
    }

    private static void Print(
        StorageKind storage, long large, int rounds, params (string Name, Dictionary<string, List<Times>> Times)[] measured)
    {
        var medians = new SortedDictionary<string, object>();
        foreach (var (name, times) in measured)
        {
            foreach (var (project, list) in times)
            {
                var figures = Percentiles.Median([.. list.Select(time => time.Figures)]);
                var all = Percentiles.Median([.. list.Select(time => time.All)]);
                medians[$"{name}, {project}"] = new
                {
                    figures_ms = Math.Round(figures),
                    all_ms = Math.Round(all),
                    least_ms = Math.Round(list.Min(time => time.Figures)),
                    most_ms = Math.Round(list.Max(time => time.Figures)),
                    times = list.Count,
                };
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name + ", " + project,-42} figures {figures,7:N0} ms, all {all,7:N0} ms"));
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "overview", storage = storage.ToString().ToLowerInvariant(), large, rounds, medians,
        }));
    }

    /// <summary>When something was shown, in milliseconds after the start of the navigation.</summary>
    private readonly record struct Times(double Figures, double All);
}
