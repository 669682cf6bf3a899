using System.Globalization;
using System.Text;

namespace TelemetryKit.Core.Accounts;

/// <summary>The rule for names that people give: of themselves, of tenants, projects and tokens. They stand in mails and lists, so they are one short line.</summary>
public static class DisplayName
{
    /// <summary>Most characters.</summary>
    public const int MaxLength = 80;

    /// <summary>What a name must be, for those whose name is refused.</summary>
    public const string Rule = "must be 1 to 80 characters on one line, without control characters and web addresses";

    /// <summary>The name without the spaces around it; <c>null</c> where it breaks the rule.</summary>
    public static string? TryParse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
            return null;
        // Invitations carry names to people who never asked for mail: an address in a name would make us somebody's spam relay.
        if (text.Contains("://", StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase))
            return null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                return null;
        }

        return text;
    }
}
