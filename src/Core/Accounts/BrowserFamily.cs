namespace TelemetryKit.Core.Accounts;

/// <summary>
/// Reads the families of browser and operating system from a User-Agent. Versions and models, which could identify a person, are not read.
/// </summary>
public static class BrowserFamily
{
    /// <summary>The family of everything else.</summary>
    public const string Other = "other";

    // In this order: most browsers also name those that they are compatible with.
    private static readonly (string Part, string Family)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Part, string Family)[] Systems =
    [
        ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"), ("Macintosh", "macOS"), ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>Returns the families of browser and operating system.</summary>
    public static (string Browser, string Os) Of(string userAgent) => (Find(Browsers, userAgent), Find(Systems, userAgent));

    private static string Find((string Part, string Family)[] families, string userAgent) =>
        Array.Find(families, family => userAgent.Contains(family.Part, StringComparison.Ordinal)).Family ?? Other;
}
