using System.Text;

namespace TelemetryKit.Privacy;

/// <summary>
/// Removes what looks like personal data or a secret from texts: e-mail and IP addresses, home directories, tokens, keys, phone and card
/// numbers. The rules are those of <c>spec/scrubbing.json</c>. The server applies them again. Thread-safe.
/// </summary>
internal static class Scrubber
{
    private const int MaxPasses = 4;
    private const string Overflow = "[scrubbed]";

    /// <summary>The replacement of passwords and keys.</summary>
    public const string SecretText = "[key]";

    /// <summary>Longer texts are truncated before scrubbing. No text that is sent is half as long.</summary>
    private const int MaxLength = 4 * Limits.TextLength;

    private static readonly object Gate = new();
    private static Pattern[]? _patterns;

    /// <summary>Returns the scrubbed text. Returns the same object if there is nothing to remove.</summary>
    public static string Scrub(string text) => IsHarmless(text) ? text : ScrubWith(text, keepVersions: false);

    /// <summary>Like <see cref="Scrub"/>, for versions: four numbers are not taken for an IP address.</summary>
    public static string ScrubVersion(string text) => IsHarmless(text) ? text : ScrubWith(text, keepVersions: true);

    /// <summary>Returns the scrubbed text of a metadata or context value, which is a secret if its key says so.</summary>
    public static string ScrubValue(string key, string text) =>
        text.Length > 0 && SecretNames.HasSecretTexts(key) ? SecretText : Scrub(text);

    /// <summary>
    /// Returns whether an event type is neither changed by scrubbing nor has an address behind a dot: a.1.2.3.4 is a version in a text, but
    /// no name.
    /// </summary>
    public static bool IsCleanType(string type)
    {
        if (Scrub(type) != type)
            return false;
        for (var dot = type.IndexOf('.'); dot >= 0; dot = type.IndexOf('.', dot + 1))
        {
            if (dot + 1 < type.Length && type[dot + 1] is >= '0' and <= '9' && Scrub(type.Substring(dot + 1)) != type.Substring(dot + 1))
                return false;
        }

        return true;
    }

    /// <summary>Like <see cref="Scrub"/>, without the fast path. For tests.</summary>
    internal static string ScrubWithoutFastPath(string text) => ScrubWith(text, keepVersions: false);

    private static string ScrubWith(string text, bool keepVersions)
    {
        if (text.Length > MaxLength)
            text = text.Substring(0, MaxLength);
        lock (Gate)
        {
            _patterns ??= ScrubbingPatterns.Create();
            for (var pass = 0; pass < MaxPasses; pass++)
            {
                if (Pass(text, keepVersions) is not { } scrubbed)
                    return text;
                text = scrubbed;
            }

            return Pass(text, keepVersions) is null ? text : Overflow;
        }
    }

    /// <summary>Makes one pass from left to right. Returns null if it changed nothing.</summary>
    private static string? Pass(string text, bool keepVersions)
    {
        // Patterns are matched in the folded copy, and replaced in the text.
        var folded = Folding.Fold(text, out var positions);
        StringBuilder? result = null;
        var copied = 0;
        for (var position = 0; position < folded.Length;)
        {
            if (!TryPatterns(folded, position, keepVersions, out var replacement, out var match))
            {
                position++;
                continue;
            }

            var from = positions is null ? match.From : positions[match.From];
            result ??= new(text.Length);
            result.Append(text, copied, from - copied).Append(replacement);
            copied = positions is null ? match.To : positions[match.To];
            position = Math.Max(match.End, position + 1);
        }

        return result?.Append(text, copied, text.Length - copied).ToString();
    }

    private static bool TryPatterns(string text, int position, bool keepVersions, out string replacement, out Match match)
    {
        foreach (var pattern in _patterns!)
        {
            if (keepVersions && pattern.Name is "ipv4" or "ipv4_glued")
                continue;
            if (!pattern.TryMatch(text, position, out match))
                continue;
            replacement = pattern.Replacement;
            return true;
        }

        replacement = "";
        match = default;
        return false;
    }

    /// <summary>
    /// The fast path: returns whether a text certainly matches no pattern, like almost all names and values. Such a text consists of
    /// letters, digits, dots, underscores, spaces and single hyphens, too few for any pattern. A test compares this with the patterns.
    /// </summary>
    internal static bool IsHarmless(string text)
    {
        int digits = 0, dots = 0, hyphens = 0, run = 0, longestRun = 0;
        var before = '\0';
        foreach (var c in text)
        {
            run = c == ' ' ? 0 : run + 1;
            if (run > longestRun)
                longestRun = run;
            if (c is >= '0' and <= '9')
                digits++;
            else if (c == '.')
                dots++;
            // Two hyphens could begin an option or a key.
            else if (c == '-' && before != '-')
                hyphens++;
            else if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' or ' '))
                return false;
            before = c;
        }

        // The passwords of .netrc and of -pPASSWORD consist of such characters.
        if (Has("machine") || (hyphens > 0 && (Has("mysql") || Has("mariadb"))))
            return false;
        // A MAC address has a digit and 14 characters in a row, a token more; a phone number 10 digits, an IPv4 address 3 dots and
        // 4 digits, a MAC address with hyphens 5 of them.
        return (digits == 0 || longestRun < 14) && digits < 10 && (dots < 3 || digits < 4) && hyphens < 5;

        bool Has(string word) => text.IndexOf(word, StringComparison.Ordinal) >= 0;
    }
}
