using System.Globalization;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests;

/// <summary>What the first view of the overview may cost.</summary>
public sealed class BudgetTests(Chromium chromium, DemoSite demo)
{
    private const int Bytes = 200_000;
    private const int Files = 18;
    private const int Questions = 16;
    private const double Shift = 0.01;

    // Observed from the start: the sum of all shifts that no input caused.
    private const string Observe =
        """
        window.shift = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
        }).observe({ type: 'layout-shift', buffered: true })
        """;

    private const string Measure =
        """
        () => {
          const all = performance.getEntriesByType('resource')
          const files = all.filter((entry) => new URL(entry.name).pathname.startsWith('/assets/'))
          const page = performance.getEntriesByType('navigation')[0]
          return [files.reduce((sum, file) => sum + file.encodedBodySize, page.encodedBodySize), files.length, all.length - files.length]
        }
        """;

    [Theory]
    [InlineData("light")]
    [InlineData("phone")]
    public async Task The_first_view_is_small_and_nothing_moves(string look)
    {
        await using var visitor = await chromium.OpenAsync(demo.Address, Look.All.Single(l => l.Name == look));
        await visitor.Page.AddInitScriptAsync(Observe);
        await visitor.GoAsync(demo.Project);
        var cost = await visitor.Page.EvaluateAsync<int[]>(Measure);
        var shift = await visitor.Page.EvaluateAsync<double>("window.shift");
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{cost[0]} bytes in {cost[1]} files, {cost[2]} questions, shift {shift:0.0000}"));
        Assert.InRange(cost[0], 50_000, Bytes);
        Assert.InRange(cost[1], 1, Files);
        Assert.InRange(cost[2], 1, Questions);
        Assert.InRange(shift, 0, Shift);
    }
}
