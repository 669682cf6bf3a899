using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TelemetryKit.Core.Accounts;

/// <summary>
/// The rule for the names of accounts, tenants, projects and tokens. They are shown in mails and lists, so a name is one short line.
/// </summary>
public static partial class DisplayName
{
    /// <summary>The maximum number of characters (code points).</summary>
    public const int MaxLength = 80;

    /// <summary>The rule as the end of a sentence, for error messages.</summary>
    public const string Rule = "must be 1 to 80 characters on one line, without control characters and web addresses";

    private const int NonJoiner = 0x200C;
    private const int Joiner = 0x200D;

    // A host and what follows it in an address. The last label has letters only, so "v1.2/x" isn't one. A host alone is often a name
    // ("Node.js", "booking.com"); see Unlinked.
    [GeneratedRegex(@"[\p{L}\p{N}]\.\p{L}{2,}\.?[/:?#\\]", RegexOptions.CultureInvariant)]
    private static partial Regex WebAddress { get; }

    [GeneratedRegex(@"(?<=[\p{L}\p{M}\p{N}])\.(?=[\p{L}\p{N}])", RegexOptions.CultureInvariant)]
    private static partial Regex DotInWord { get; }

    /// <summary>Returns the trimmed name, or <c>null</c> if it violates the rule.</summary>
    public static string? TryParse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        // Invitations send names to people who didn't ask for mail. With web addresses in names, they could be used to send spam.
        if (text.Contains("://", StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase)
            || WebAddress.IsMatch(text))
            return null;
        Rune[] runes = [.. text.EnumerateRunes()];
        return runes.Length <= MaxLength && runes.Index().All(rune => IsPrintable(rune.Item) || IsJoiner(runes, rune.Index)) ? text : null;
    }

    /// <summary>
    /// Returns the name for a mail, in which mail programs find no host to make a link of: an invisible character precedes each dot in a
    /// word.
    /// </summary>
    public static string Unlinked(string name) => DotInWord.Replace(name, "\u200C.");

    private static bool IsPrintable(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    // Persian and Indic words, and emoji that consist of several, need the two joiners. Beside letters of other scripts, they would only
    // make different names look alike.
    private static bool IsJoiner(Rune[] runes, int at) =>
        runes[at].Value is NonJoiner or Joiner && at > 0 && at < runes.Length - 1 && IsJoined(runes[at - 1]) && IsJoined(runes[at + 1]);

    private static bool IsJoined(Rune rune) => rune.Value >= 0x0600 && IsPrintable(rune) && !Rune.IsWhiteSpace(rune);
}
