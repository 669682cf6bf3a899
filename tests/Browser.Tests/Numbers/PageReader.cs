using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Numbers;

/// <summary>Reads the figures of a page as a reader does, who looks at the exact value on hover.</summary>
public sealed class PageReader(Visitor visitor)
{
    // The text and the hover text of each cell. Rows that only keep a place have one cell.
    private const string ReadRows =
        """
        (table) => [...table.tBodies[0].rows].filter((row) => row.cells.length > 1).map((row) =>
          [...row.cells].map((cell) => [cell.innerText.trim(), (cell.title || cell.querySelector('[title]')?.title) ?? '']))
        """;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    /// <summary>Writes a count as the pages do.</summary>
    public static string Text(int count) => count.ToString("N0", English);

    /// <summary>Returns the rows of a table.</summary>
    public async Task<List<Cell[]>> RowsAsync(string caption, string? region = null)
    {
        var table = Region(region).GetByRole(AriaRole.Table, new() { Name = caption, Exact = true });
        var rows = await table.EvaluateAsync<string[][][]>(ReadRows);
        return [.. rows.Select(row => row.Select(cell => new Cell(cell[0], cell[1])).ToArray())];
    }

    /// <summary>Returns the text and the hover text of a figure.</summary>
    public async Task<Cell> FigureAsync(string name)
    {
        var figure = visitor.Figure(name);
        var inner = figure.Locator("span").First;
        return new((await figure.InnerTextAsync()).Trim(), await inner.GetAttributeAsync("title") ?? "");
    }

    /// <summary>Returns the change that a figure has below it, such as <c>▲ 12%</c>.</summary>
    public async Task<string> ChangeAsync(string name)
    {
        var below = await visitor.Figure(name).Locator("xpath=following-sibling::div[1]").TextContentAsync();
        return Regex.Replace(below!, " (up|down|unchanged) |, worse", " ", RegexOptions.CultureInvariant).Replace("  ", " ").Trim();
    }

    /// <summary>A part of the page, or all of it.</summary>
    public ILocator Region(string? name) => name is null
        ? visitor.Page.GetByRole(AriaRole.Main)
        : visitor.Page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });

    /// <summary>Asserts that a figure is a count.</summary>
    public async Task IsAsync(string name, int count) =>
        Assert.Equal($"{name}: {Text(count)}", $"{name}: {(await FigureAsync(name)).Title}");

    /// <summary>Asserts that a figure is a share, within a hundredth of a percent.</summary>
    public async Task IsShareAsync(string name, double share)
    {
        var title = (await FigureAsync(name)).Title;
        Assert.EndsWith("%", title, StringComparison.Ordinal);
        Assert.Equal(100 * share, double.Parse(title[..^1], English), 0.01);
    }

    /// <summary>Asserts that a figure is a duration, within 1 %.</summary>
    public async Task IsDurationAsync(string name, double milliseconds) =>
        Assert.True((await FigureAsync(name)).IsNear(milliseconds), $"{name}: {await FigureAsync(name)}, not {milliseconds} ms");

    /// <summary>A cell of a table or a figure.</summary>
    /// <param name="Text">What it shows.</param>
    /// <param name="Title">What it shows on hover.</param>
    public sealed record Cell(string Text, string Title)
    {
        /// <summary>Whether it is a duration within 1 % of another. An estimate has its error behind it.</summary>
        public bool IsNear(double milliseconds) =>
            Regex.Match(Title, @"^([0-9.,]+) ms(, within 1\.0%)?$", RegexOptions.CultureInvariant) is { Success: true } match
            && Math.Abs(double.Parse(match.Groups[1].Value, English) - milliseconds) <= 0.0101 * milliseconds;
    }
}
