using System.Globalization;
using System.Text;

namespace TelemetryKit.Core.Accounts;

/// <summary>
/// The rule for the names of accounts, tenants, projects and tokens. They are shown in mails and lists, so a name is one short line.
/// </summary>
public static class DisplayName
{
    /// <summary>The maximum number of characters.</summary>
    public const int MaxLength = 80;

    /// <summary>The rule as the end of a sentence, for error messages.</summary>
    public const string Rule = "must be 1 to 80 characters on one line, without control characters and web addresses";

    /// <summary>Returns the trimmed name, or <c>null</c> if it violates the rule.</summary>
    public static string? TryParse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
            return null;
        // Invitations send names to people who didn't ask for mail. With web addresses in names, they could be used to send spam.
        if (text.Contains("://", StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase))
            return null;
        return text.EnumerateRunes().All(IsPrintable) ? text : null;
    }

    private static bool IsPrintable(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
