using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TelemetryKit.Core.Tests.Privacy;

/// <summary>
/// A literal implementation of <c>spec/scrubbing.json</c> with a regex engine: slow, and the reference for the scanner.
/// </summary>
internal sealed class ReferenceScrubber
{
    private readonly List<Pattern> _patterns = [];
    private readonly int _maxPasses;
    private readonly string _overflow;
    private readonly Dictionary<string, string[]> _words;

    public ReferenceScrubber(bool versions = false)
    {
        var spec = Spec.Read("scrubbing.json");
        _maxPasses = spec.GetProperty("max_passes").GetInt32();
        _overflow = spec.GetProperty("overflow").GetString()!;
        _words = spec.GetProperty("words").EnumerateObject().ToDictionary(
            list => list.Name, list => list.Value.EnumerateArray().Select(word => word.GetString()!).ToArray());
        foreach (var pattern in spec.GetProperty("patterns").EnumerateArray())
        {
            var name = pattern.GetProperty("name").GetString()!;
            if (versions && name is "ipv4" or "ipv4_glued")
                continue;
            var options = pattern.TryGetProperty("ignore_case", out _) ? RegexOptions.IgnoreCase : RegexOptions.None;
            _patterns.Add(new(
                new Regex(@"\G(?:" + WithCase(pattern.GetProperty("regex").GetString()!) + ")", options | RegexOptions.CultureInvariant),
                Class(pattern.GetProperty("not_before")), Class(pattern.GetProperty("not_after")),
                pattern.GetProperty("check").GetString(), pattern.GetProperty("replacement").GetString()!, this));
        }
    }

    public string Scrub(string text)
    {
        for (var pass = 0; pass < _maxPasses; pass++)
        {
            var next = Pass(text);
            if (next == text)
                return text;
            text = next;
        }

        return Pass(text) == text ? text : _overflow;
    }

    /// <summary>Returns a regex in which the case of ASCII letters alone is ignored.</summary>
    private static string WithCase(string regex) => Regex.Replace(regex, @"[^\x00-\x7f]", "(?-i:$0)");

    private string Pass(string text)
    {
        var (folded, positions) = Fold(text);
        var output = new StringBuilder();
        var copied = 0;
        for (var at = 0; at < folded.Length;)
        {
            var first = _patterns.Select(p => (Pattern: p, Match: p.Match(folded, at))).FirstOrDefault(x => x.Match is not null);
            if (first is ({ } pattern, { } match))
            {
                var replaced = Pattern.Replaced(match);
                output.Append(text, copied, positions[replaced.Index] - copied).Append(pattern.Replacement);
                copied = positions[replaced.Index + replaced.Length];
                at = match.Index + match.Length;
            }
            else
            {
                at++;
            }
        }

        return output.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Returns the folded copy, and for each of its characters and its end the position in the text.</summary>
    private static (string Folded, List<int> Positions) Fold(string text)
    {
        var (folded, positions) = (new StringBuilder(), new List<int>());
        const string Character = @"%[2-7][0-9A-Fa-f]|\\u0040|\\x40|&#64;|&#[xX]40;|[\s\S]";
        foreach (Match match in Regex.Matches(text, Character, RegexOptions.CultureInvariant))
        {
            // %7F is a control character.
            var whole = match.Value is ['%', _, _] && !match.Value.Equals("%7f", StringComparison.OrdinalIgnoreCase);
            var isSign = match.Value is ['\\' or '&', _, ..];
            var characters = isSign ? ['@'] : whole
                ? [(char)Convert.ToInt32(match.Value[1..], 16)] : match.Value.Select(Fold).ToArray();
            for (var i = 0; i < characters.Length; i++)
            {
                if (characters[i] is not { } character)
                    continue;
                folded.Append(character);
                positions.Add(match.Index + i);
            }
        }

        positions.Add(text.Length);
        return (folded.ToString(), positions);
    }

    private static char? Fold(char c) => c switch
    {
        >= '！' and <= '～' => (char)(c - '！' + '!'),
        _ when char.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber && c is (>= '٠' and <= '٩') or (>= '۰' and <= '۹') or
            (>= '०' and <= '९') => (char)('0' + (int)char.GetNumericValue(c)),
        '\u00a0' or (>= '\u2000' and <= '\u200a') or '\u202f' or '\u205f' or '\u3000' => ' ',
        (>= '\u2010' and <= '\u2015') or '\u2212' => '-',
        '。' or '｡' => '.',
        '\u00ad' or '\u061c' or '\u180e' or '\ufeff' or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e')
            or (>= '\u2060' and <= '\u2064') or (>= '\u2066' and <= '\u2069') => null,
        _ => c,
    };

    private static Regex? Class(JsonElement inside) =>
        inside.GetString() is { } text ? new Regex("^[" + text + "]$", RegexOptions.CultureInvariant | RegexOptions.Singleline) : null;

    private sealed record Pattern(Regex Regex, Regex? NotBefore, Regex? NotAfter, string? Check, string Replacement,
        ReferenceScrubber Scrubber)
    {
        public Match? Match(string text, int at)
        {
            if (at > 0 && NotBefore?.IsMatch(text[at - 1].ToString()) == true)
                return null;
            var match = Regex.Match(text, at);
            if (!match.Success)
                return null;
            var end = match.Index + match.Length;
            return (end < text.Length && NotAfter?.IsMatch(text[end].ToString()) == true) || !Passes(match, text) ? null : match;
        }

        public static Group Replaced(Match match) => match.Groups[1].Success ? match.Groups[1] : match;

        private bool Passes(Match match, string text) => Check switch
        {
            null => true,
            "digit" => Digits(Replaced(match).Value) > 0,
            "email" => !IsOneOf("account", match.Value.Split('@')[0])
                && !(match.Value.Split('@')[1].Split('.') is [_, var last] && IsOneOf("file", last.ToLowerInvariant()))
                && IsEmailDomain(match.Value[(match.Value.IndexOf('@') + 1)..].Split('.')),
            "ipv4" => match.Value.Split('.') is var parts && parts.Length switch
            {
                4 => AreOctets(parts, 0) && IsOfHost(parts),
                5 => AreOctets(parts[..4], 100) || AreOctets(parts[1..], 100),
                _ => false,
            } && !Regex.IsMatch(text[..match.Index], "versions?[ =:\"'(]{0,4}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant),
            "ipv4_glued" => Replaced(match).Value.Split('.') is var numbers
                && AreOctets(numbers, text[Replaced(match).Index - 1] == '_' ? 10 : 100) && IsOfHost(numbers),
            "mixed" => Digits(match.Value) > 0 && match.Value.Any(char.IsAsciiLetter),
            "ipv6" => Digits(match.Value) > 0
                && IPAddress.TryParse(WithoutLeadingZeros(match.Value), out var ip)
                && ip.AddressFamily == AddressFamily.InterNetworkV6
                && !ip.Equals(IPAddress.IPv6Any) && !ip.Equals(IPAddress.IPv6Loopback),
            "phone" => Digits(match.Value) is >= 10 and <= 12,
            "phone_prefixed" => Digits(match.Value) is >= 11 and <= 16,
            "luhn_scientific" => match.Value.ToLowerInvariant().Split('e') is [var mantissa, var exponent]
                && mantissa.Length - 1 <= int.Parse(exponent) + 1
                && PassesLuhn(mantissa.Replace(".", "", StringComparison.Ordinal).PadRight(int.Parse(exponent) + 1, '0')),
            "option" => !match.Value.StartsWith("--no-", StringComparison.OrdinalIgnoreCase) && !IsPlaceholder(Replaced(match).Value),
            "secret" => !IsPlaceholder(Replaced(match).Value),
            "account" => !IsOneOf("account", Replaced(match).Value),
            "home" => !IsOneOf("home", Replaced(match).Value.Split('/', '\\')[^1].ToLowerInvariant()),
            "credentials" => Replaced(match) is var password && password.Value.Any(char.IsAsciiLetter)
                && !text[..(password.Index - 1)].EndsWith(password.Value, StringComparison.Ordinal),
            "password" => Digits(Replaced(match).Value) > 0
                || (!text[(match.Index + match.Length)..].StartsWith(' ')
                    && !IsOneOf("password", Replaced(match).Value.ToLowerInvariant())),
            "user" => !IsOneOf("user", match.Value["/users/".Length..].ToLowerInvariant()),
            "luhn" => PassesLuhn(match.Value),
            "random" => LooksRandom(match.Value.TrimEnd('=')),
            _ => throw new InvalidOperationException($"The specification has an unknown check: {Check}"),
        };

        private bool IsOneOf(string list, string text) => Scrubber._words[list].Contains(text);

        private bool IsPlaceholder(string text) => IsOneOf("password", text.ToLowerInvariant())
            || Regex.IsMatch(text, @"^(?:\?|\*+|%[a-z]|%[A-Z0-9_]+%|\$[A-Z0-9_]+|\$[{(].*|:[A-Za-z0-9_]+|\{.*\}|\{\{|<.*>)\z",
                RegexOptions.Singleline | RegexOptions.CultureInvariant);

        private static bool IsOfHost(string[] octets) =>
            int.Parse(octets[0]) is not (127 or 255) && octets.Any(octet => int.Parse(octet) > 0);

        // Numbers of more than three digits stay as they are, and are no address.
        private static string WithoutLeadingZeros(string address) => !address.Contains('.', StringComparison.Ordinal)
            ? address
            : Regex.Replace(address, @"(?<=[.:])([0-9]{1,3})(?=\.|\z)", number => $"{int.Parse(number.Value)}");

        private static int Digits(string text) => text.Count(char.IsAsciiDigit);

        private static bool IsEmailDomain(string[] labels) =>
            labels.Skip(1).Any(l => (l.Length >= 2 && char.IsAsciiLetter(l[0])) || !char.IsAscii(l[0]))
            && !(Regex.IsMatch(labels[0], "^[vV]?[0-9]+$") && Regex.IsMatch(labels[1], "^[0-9]+(-|$)"));

        private static bool AreOctets(string[] parts, int least) =>
            parts.Length == 4 && parts.All(p => p.Length <= 3 && int.Parse(p) <= 255) && int.Parse(parts[0]) >= least;

        private static bool PassesLuhn(string text)
        {
            var digits = text.Where(char.IsAsciiDigit).Select(c => c - '0').Reverse().ToArray();
            return digits.Select((d, i) => i % 2 == 0 ? d : d > 4 ? (d * 2) - 9 : d * 2).Sum() % 10 == 0;
        }

        private static bool LooksRandom(string text)
        {
            var kinds = text.Select(KindOf).ToArray();
            var changes = kinds.Zip(kinds.Skip(1)).Count(p => p.First != p.Second);
            var inWords = Regex.Matches(text, "[a-z]{3,}").Sum(word => word.Length);
            return kinds.Count(k => k == 'u') >= 2 && kinds.Count(k => k == 'l') >= 2 && kinds.Contains('d')
                && 5 * changes >= 2 * (text.Length - 1) && 2 * inWords < text.Length;
        }

        private static char KindOf(char c) =>
            char.IsAsciiLetterUpper(c) ? 'u' : char.IsAsciiLetterLower(c) ? 'l' : char.IsAsciiDigit(c) ? 'd' : 'o';
    }
}
