using System.Text.RegularExpressions;

namespace TelemetryKit.Repo.Tests;

/// <summary>Finds texts that have the form of a secret: known formats of tokens and keys, and long random texts.</summary>
internal static partial class SecretScan
{
    // The minimum entropy of a text in bits per character. Words, paths and names in code have less; random base64 has about 5.
    private const double RandomBits = 4.6;

    /// <summary>Returns each secret in a text with the name of its format.</summary>
    public static IEnumerable<(string Format, string Secret)> Find(string text)
    {
        var known = Known().Matches(text).Select(match => (Format(match), match.Value)).Where(one => !IsMadeUp(one.Value)).ToList();
        var random = Long().Matches(text).Select(match => match.Value)
            .Where(value => value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetterUpper) && value.Any(char.IsAsciiLetterLower))
            .Where(value => Entropy(value) >= RandomBits && !IsMadeUp(value) && !IsHash(value))
            .Where(value => !known.Exists(one => one.Value.Contains(value, StringComparison.Ordinal)))
            .Select(value => ("random", value));
        return known.Concat(random);
    }

    // Alphabets, and examples such as 0123456789: no random text has eight characters in their order.
    private static bool IsMadeUp(string text)
    {
        var run = 1;
        for (var i = 1; i < text.Length && run < 8; i++)
            run = text[i] == text[i - 1] + 1 ? run + 1 : 1;
        return run == 8;
    }

    // The hash of a package in a lock file.
    private static bool IsHash(string text) => text.StartsWith("sha512-", StringComparison.Ordinal);

    private static string Format(Match match) => match.Groups.Values.Skip(1).First(group => group.Success).Name;

    private static double Entropy(string text) => -text.GroupBy(c => c)
        .Select(group => (double)group.Count() / text.Length).Sum(share => share * Math.Log2(share));

    [GeneratedRegex(
        """
        \b(?:
          (?<aws>(?:AKIA|ASIA)[0-9A-Z]{16})
        | (?<github>gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{59,})
        | (?<gitlab>glpat-[0-9A-Za-z_-]{20})
        | (?<slack>xox[abeoprs]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/services/T[0-9A-Z]+/B[0-9A-Z]+/[0-9A-Za-z]+)
        | (?<stripe>(?:sk|rk|whsec)_(?:live_|test_)?[0-9A-Za-z]{24,})
        | (?<google>AIza[0-9A-Za-z_-]{35})
        | (?<npm>npm_[0-9A-Za-z]{36})
        | (?<nuget>oy2[0-9a-z]{43})
        | (?<telemetrykit>tk_(?:live|test|read|pat)_(?=[0-9A-Za-z]*[0-9])(?=[0-9A-Za-z]*[A-Z])(?=[0-9A-Za-z]*[a-z])[0-9A-Za-z]{32,})
        | (?<jwt>eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,})
        | (?<azure>AccountKey=[0-9A-Za-z+/]{40,})
        )
        | (?<pem>-----BEGIN[ ](?:[A-Z]+[ ])*PRIVATE[ ]KEY-----)
        | (?<url>[a-z]+://[^\s:/@"'<>{}]+:(?!\S*(?:password|secret)\S*@)[^\s:/@"'<>{}$]{8,}@)
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Known();

    // Base64 and base64url of at least 32 bytes.
    [GeneratedRegex("(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{43,}={0,2}(?![0-9A-Za-z+/_-])")]
    private static partial Regex Long();
}
