using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>
/// A window with a page that is watched: errors of scripts, violations of the policy, and requests that leave the site are faults, which
/// <see cref="DisposeAsync"/> reports.
/// </summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly List<string> _expected = [];

    private Visitor(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>The faults so far, without those that are expected.</summary>
    public IReadOnlyList<string> Faults =>
        [.. _faults.Where(fault => !_expected.Any(text => fault.Contains(text, StringComparison.Ordinal)))];

    /// <summary>Opens the page.</summary>
    public static async Task<Visitor> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = await context.NewPageAsync();
        var visitor = new Visitor(context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                visitor._faults.Enqueue($"console {message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => visitor._faults.Enqueue("script error: " + error);
        page.Request += (_, request) =>
        {
            var url = new Uri(request.Url);
            if (url.Scheme is not ("data" or "blob") && url.Authority != address.Authority)
                visitor._faults.Enqueue("request to another site: " + request.Url);
        };
        return visitor;
    }

    /// <summary>Expects faults that contain a text, such as the refusal of a wrong password.</summary>
    public void Expect(string text) => _expected.Add(text);

    /// <summary>Opens a path and waits until nothing loads.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await SettleAsync();
    }

    /// <summary>Waits until the page shows its data.</summary>
    public async Task SettleAsync()
    {
        await Page.Locator("main > *").First.WaitForAsync();
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Page.Locator(".skeleton").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Presses a button.</summary>
    public Task PressAsync(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

    /// <summary>Follows a link.</summary>
    public Task FollowAsync(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();

    /// <summary>Fills a field.</summary>
    public Task FillAsync(string label, string text) => Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);

    /// <summary>Waits until a text is on the page.</summary>
    public Task SeesAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    /// <summary>Waits for a heading of the page or of a part of it.</summary>
    public Task SeesHeadingAsync(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text }).First.WaitForAsync();

    /// <summary>Waits until a figure has a value, which is a regular expression.</summary>
    public Task SeesFigureAsync(string name, string pattern) =>
        Figure(name).Filter(new() { HasTextRegex = new Regex($"^(≈ )?{pattern}$") }).WaitForAsync();

    /// <summary>The value of a figure.</summary>
    public ILocator Figure(string name) =>
        Page.GetByRole(AriaRole.Button, new() { Name = $"How is “{name}” counted?" }).Locator("xpath=../following-sibling::div[1]");

    /// <summary>Presses the button of a dialog, and waits until it is closed.</summary>
    public async Task ConfirmAsync(string button)
    {
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await dialog.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Waits for the page's data, and checks the page as <see cref="IsFineAsync"/> does.</summary>
    public async Task LookAsync(string name)
    {
        await SettleAsync();
        await IsFineAsync(name);
    }

    /// <summary>Asserts that the page fits in the width and has no violation of accessibility, and saves its picture.</summary>
    public async Task IsFineAsync(string name)
    {
        Assert.False(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "it scrolls sideways");
        await PictureAsync(name);
        await IsAccessibleAsync();
    }

    /// <summary>Asserts that axe finds no violation on the page.</summary>
    public async Task IsAccessibleAsync()
    {
        var found = await Page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(violation =>
            violation.Nodes.Select(node => $"{Page.Url} {violation.Id}: {violation.Help}: {node.Html}"))));
    }

    /// <summary>Saves a picture if <c>TELEMETRYKIT_TEST_SCREENSHOTS</c> names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("TELEMETRYKIT_TEST_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    /// <summary>Closes the window.</summary>
    /// <exception cref="InvalidOperationException">The page had faults.</exception>
    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        if (Faults.Count > 0)
            throw new InvalidOperationException("The page had faults:\n" + string.Join('\n', Faults));
    }
}
