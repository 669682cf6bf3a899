using System.Globalization;

namespace TelemetryKit.Api.Sharing;

/// <summary>What a badge shows.</summary>
/// <param name="Name">Its name in the address.</param>
/// <param name="TextOf">Returns the text of a report; <c>null</c> if the report has no such section.</param>
internal sealed record BadgeKind(string Name, Func<PublicReportBody, BadgeText?> TextOf)
{
    private const string Few = "too few to show";

    private static readonly BadgeKind[] All =
    [
        new("installs", report => report.Days is null ? null : Of("installs", Short(report.Installs))),
        new("commands", report => report.Commands is { } commands ? Of("commands", Number(commands.Count)) : null),
        new("success", report => report.Days is null ? null : Of("success", Percent(report.SuccessRate))),
        new("version", report => report.Versions is { } versions ? Of("version", Adoption(versions, report.Installs)) : null),
    ];

    /// <summary>The names of all badges.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(badge => badge.Name)];

    /// <summary>Returns the badge with a name, or <c>null</c>.</summary>
    public static BadgeKind? TryParse(string name) => Array.Find(All, badge => badge.Name == name);

    private static BadgeText Of(string label, string? message) =>
        message is null ? new(label, Few, BadgeColors.Unknown) : new(label, message, BadgeColors.Default);

    // The version with the most installs. Its share needs the number of all installs.
    private static string? Adoption(IReadOnlyList<PublicItemBody> versions, long? installs)
    {
        if (versions.MaxBy(version => version.Installs) is not { } most)
            return null;
        return installs is { } all ? $"{most.Value} on {Percent(Math.Min(1, (double)most.Installs / all))}" : most.Value;
    }

    private static string? Percent(double? share) => share?.ToString("0 %", CultureInfo.InvariantCulture);

    // A full list says only that there are at least as many.
    private static string? Number(int number) => number switch
    {
        0 => null,
        >= PublicReports.MostValues => $"{PublicReports.MostValues}+",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private static string? Short(long? number) => number switch
    {
        null => null,
        < 1_000 => number.Value.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => Scaled(number.Value / 1_000d) + "k",
        _ => Scaled(number.Value / 1_000_000d) + "M",
    };

    // Rounded down, like all published numbers.
    private static string Scaled(double number) =>
        (number < 10 ? Math.Floor(number * 10) / 10 : Math.Floor(number)).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The text of a badge.</summary>
/// <param name="Label">The left text.</param>
/// <param name="Message">The right text.</param>
/// <param name="Color">The colour of the right side: see <see cref="BadgeColors"/>.</param>
internal sealed record BadgeText(string Label, string Message, string Color)
{
    /// <summary>The badge of a page or section that doesn't exist.</summary>
    public static readonly BadgeText NotFound = new("telemetry", "not found", BadgeColors.Unknown);
}

/// <summary>The colours of badges.</summary>
internal static class BadgeColors
{
    /// <summary>The colour of a number.</summary>
    public const string Default = "blue";

    /// <summary>The colour if there is no number.</summary>
    public const string Unknown = "grey";

    // White text has a contrast of at least 4.5 on each.
    private static readonly Dictionary<string, string> ByName = new()
    {
        ["blue"] = "#0b5fa5", ["green"] = "#1a7f37", ["orange"] = "#a34a00", ["red"] = "#b3261e", ["purple"] = "#6f42c1",
        ["grey"] = "#5c6670",
    };

    /// <summary>The names of colours.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Returns whether a text is the name of a colour, or has three or six hexadecimal digits.</summary>
    public static bool IsValid(string color) =>
        ByName.ContainsKey(color) || (color.Length is 3 or 6 && color.All(char.IsAsciiHexDigit));

    /// <summary>Returns the colour in CSS.</summary>
    public static string Css(string color) => ByName.GetValueOrDefault(color) ?? "#" + color;
}
