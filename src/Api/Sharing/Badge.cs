using System.Globalization;
using System.Net;
using System.Text;

namespace TelemetryKit.Api.Sharing;

/// <summary>A badge as it was requested.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Label">The left text; <c>null</c> for that of the kind.</param>
/// <param name="Color">The colour of the right side; <c>null</c> for that of the kind.</param>
/// <param name="IsSquare">Whether its corners are square.</param>
internal sealed record Badge(BadgeKind Kind, string? Label, string? Color, bool IsSquare)
{
    private const int Height = 20;
    private const int Padding = 6;
    private const int LongestText = 60;

    /// <summary>Draws the badge as SVG. It contains no script, style sheet or reference to anything else.</summary>
    public string Draw(BadgeText text)
    {
        var (label, message) = (Cleaned(Label ?? text.Label), Cleaned(text.Message));
        var color = BadgeColors.Css(Color ?? text.Color);
        var (left, right) = (Side(label), Side(message));
        var (width, corner) = (left.Width + right.Width, IsSquare ? 0 : 3);
        var title = WebUtility.HtmlEncode($"{label}: {message}");
        // The length of each text is fixed, so that it fits whatever font a machine has.
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
             <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{Height}" role="img" aria-label="{title}">
             <title>{title}</title>
             <clipPath id="r"><rect width="{width}" height="{Height}" rx="{corner}"/></clipPath>
             <g clip-path="url(#r)">
             <rect width="{left.Width}" height="{Height}" fill="#3a414b"/>
             <rect x="{left.Width}" width="{right.Width}" height="{Height}" fill="{color}"/>
             </g>
             <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
             <text x="{left.Width / 2d}" y="14" textLength="{left.Text}">{WebUtility.HtmlEncode(label)}</text>
             <text x="{left.Width + right.Width / 2d}" y="14" textLength="{right.Text}">{WebUtility.HtmlEncode(message)}</text>
             </g>
             </svg>
             """);
    }

    // Names of versions and labels may contain control characters, which XML can't, and be long.
    private static string Cleaned(string text)
    {
        var cleaned = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(LongestText))
            cleaned.Append(Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF ? Rune.ReplacementChar : rune);
        return cleaned.ToString();
    }

    private static (int Width, int Text) Side(string text)
    {
        var length = (int)Math.Ceiling(text.EnumerateRunes().Sum(rune => WidthOf(rune.Value)));
        return (length + 2 * Padding, length);
    }

    // About the widths of Verdana at 11 pixels.
    private static double WidthOf(int character) => character switch
    {
        'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '|' or '!' or '\'' => 3.5,
        ' ' or 'f' or 't' or 'r' or '(' or ')' or '-' or '/' => 4.6,
        'm' or 'w' or 'M' or 'W' or '%' or '@' => 10.5,
        >= 'A' and <= 'Z' => 7.7,
        < 0x80 => 6.9,
        _ => 11,
    };
}
