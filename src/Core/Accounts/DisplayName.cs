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
    public const string Rule = "must be 1 to 80 characters on one line, without control characters, web addresses and mail addresses";

    private const int NonJoiner = 0x200C;
    private const int Joiner = 0x200D;

    // Characters that look like those of an address, and that NFKC keeps.
    private const string Dots = "\u3002";
    private const string Slashes = "\u2044\u2215\u29F8";
    private const string Backslashes = "\u2216\u29F5\u29F9";
    private const string Colons = "\u2236\uA789";

    // A scheme, a host with its first label, or a host and what follows it in an address. The last label begins with a letter, so "v1.2/x"
    // isn't one. A host alone is often a name ("Node.js", "booking.com"); see Unlinked.
    [GeneratedRegex(
        @":[/\\]{2}|www\.|[\p{L}\p{M}\p{N}]\.\p{M}*\p{L}[\p{L}\p{M}\p{N}-]+\.?[/:?#\\]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WebAddress { get; }

    [GeneratedRegex(@"[^\s@]@[^\s@]*[\p{L}\p{M}\p{N}]\.\p{M}*\p{L}", RegexOptions.CultureInvariant)]
    private static partial Regex MailAddress { get; }

    // All dots that NFKC or a browser takes for one.
    [GeneratedRegex(
        @"(?<=[\p{L}\p{M}\p{N}])[.\u2024\u3002\uFE52\uFF0E\uFF61](?=[\p{L}\p{M}\p{N}])", RegexOptions.CultureInvariant)]
    private static partial Regex DotInWord { get; }

    /// <summary>Returns the trimmed name, or <c>null</c> if it violates the rule.</summary>
    public static string? TryParse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        Rune[] runes = [.. text.EnumerateRunes()];
        if (runes.Length > MaxLength || !runes.Index().All(rune => IsPrintable(rune.Item) || IsJoiner(runes, rune.Index)))
            return null;
        // Invitations send names to people who didn't ask for mail. With addresses in names, they could be used to send spam.
        var plain = Plain(text);
        return WebAddress.IsMatch(plain) || MailAddress.IsMatch(plain) ? null : text;
    }

    /// <summary>
    /// Returns the name for a mail, in which mail programs find no host to make a link of: an invisible character precedes each dot in a
    /// word.
    /// </summary>
    public static string Unlinked(string name) => DotInWord.Replace(name, "\u200C$0");

    // The text as a mail program or its reader may take it.
    private static string Plain(string text) => string.Concat(text.Normalize(NormalizationForm.FormKC).Select(c =>
        Dots.Contains(c) ? '.' : Slashes.Contains(c) ? '/' : Backslashes.Contains(c) ? '\\' : Colons.Contains(c) ? ':' : c));

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
