using Microsoft.Playwright;

namespace TelemetryKit.Browser.Tests.Harness;

/// <summary>The browser of the suite: the Chromium of the machine, which the suite starts once.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const float MillisecondsToWait = 180_000;

    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The reason why no browser can be started on this machine, or <c>null</c> if one can.</summary>
    public static string? MissingReason { get; } = Find() is null ? "Chromium is not installed." : null;

    /// <summary>Opens a window without cookies.</summary>
    /// <param name="address">The address of the site.</param>
    /// <param name="look">The colours and the size.</param>
    public async Task<Visitor> OpenAsync(Uri address, Look? look = null)
    {
        Assert.SkipWhen(MissingReason is not null, MissingReason ?? "");
        look ??= Look.Wide;
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            ViewportSize = new() { Width = look.Width, Height = look.Height },
            ColorScheme = look.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = "en-US",
            TimezoneId = "Europe/Berlin",
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        // Long enough for the slowest machine: the tests wait for what happens.
        context.SetDefaultTimeout(MillisecondsToWait);
        return await Visitor.OpenAsync(context, address);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (MissingReason is not null)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Find(),
            // The suite runs as root in containers, where Chromium's sandbox isn't available.
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Find() => Programs.FirstOrDefault(File.Exists);
}

/// <summary>The colours and the size of a window.</summary>
/// <param name="Name">The name of its screenshots.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="IsDark">Whether the system is dark.</param>
public sealed record Look(string Name, int Width, int Height, bool IsDark)
{
    /// <summary>A notebook with light colours.</summary>
    public static readonly Look Wide = new("light", 1280, 900, false);

    /// <summary>A notebook with dark colours.</summary>
    public static readonly Look Dark = new("dark", 1280, 900, true);

    /// <summary>A phone.</summary>
    public static readonly Look Phone = new("phone", 390, 844, false);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Look> All = [Wide, Dark, Phone];
}
