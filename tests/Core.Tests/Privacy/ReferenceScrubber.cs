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

    public ReferenceScrubber(bool versions = false)
    {
        var spec = Spec.Read("scrubbing.json");
        _maxPasses = spec.GetProperty("max_passes").GetInt32();
        _overflow = spec.GetProperty("overflow").GetString()!;
        foreach (var pattern in spec.GetProperty("patterns").EnumerateArray())
        {
            var name = pattern.GetProperty("name").GetString()!;
            if (versions && name == "ipv4")
                continue;
            _patterns.Add(new(
                new Regex(@"\G(?:" + pattern.GetProperty("regex").GetString() + ")", RegexOptions.CultureInvariant),
                Class(pattern.GetProperty("not_before")), Class(pattern.GetProperty("not_after")),
                pattern.GetProperty("check").GetString(), pattern.GetProperty("replacement").GetString()!));
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

    private string Pass(string text)
    {
        var output = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var first = _patterns.Select(p => (Pattern: p, Match: p.Match(text, at))).FirstOrDefault(x => x.Match is not null);
            if (first is ({ } pattern, { } match))
            {
                var replaced = Pattern.Replaced(match);
                output.Append(text, match.Index, replaced.Index - match.Index).Append(pattern.Replacement);
                output.Append(text, replaced.Index + replaced.Length, match.Index + match.Length - replaced.Index - replaced.Length);
                at = match.Index + match.Length;
            }
            else
            {
                output.Append(text[at++]);
            }
        }

        return output.ToString();
    }

    private static Regex? Class(JsonElement inside) =>
        inside.GetString() is { } text ? new Regex("^[" + text + "]$", RegexOptions.CultureInvariant | RegexOptions.Singleline) : null;

    private sealed record Pattern(Regex Regex, Regex? NotBefore, Regex? NotAfter, string? Check, string Replacement)
    {
        public Match? Match(string text, int at)
        {
            if (at > 0 && NotBefore?.IsMatch(text[at - 1].ToString()) == true)
                return null;
            var match = Regex.Match(text, at);
            if (!match.Success)
                return null;
            var end = match.Index + match.Length;
            return (end < text.Length && NotAfter?.IsMatch(text[end].ToString()) == true) || !Passes(match) ? null : match;
        }

        public static Group Replaced(Match match) => match.Groups[1].Success ? match.Groups[1] : match;

        private bool Passes(Match match) => Check switch
        {
            null => true,
            "digit" => Digits(Replaced(match).Value) > 0,
            "email" => IsEmailDomain(match.Value[(match.Value.IndexOf('@') + 1)..].Split('.')),
            "ipv4" => match.Value.Split('.') is { Length: 4 } parts && parts.All(p => p.Length <= 3 && int.Parse(p) <= 255),
            "ipv6" => Digits(match.Value) > 0
                && IPAddress.TryParse(match.Value, out var ip)
                && ip.AddressFamily == AddressFamily.InterNetworkV6,
            "phone" => Digits(match.Value) is >= 10 and <= 12,
            "luhn" => PassesLuhn(match.Value),
            "random" => LooksRandom(match.Value.TrimEnd('=')),
            _ => throw new InvalidOperationException($"The specification has an unknown check: {Check}"),
        };

        private static int Digits(string text) => text.Count(char.IsAsciiDigit);

        private static bool IsEmailDomain(string[] labels) =>
            labels.Skip(1).Any(l => l.Length >= 2 && char.IsAsciiLetter(l[0])) && !Regex.IsMatch(labels[1], "^[0-9]+(-|$)");

        private static bool PassesLuhn(string text)
        {
            var digits = text.Where(char.IsAsciiDigit).Select(c => c - '0').Reverse().ToArray();
            return digits.Select((d, i) => i % 2 == 0 ? d : d > 4 ? (d * 2) - 9 : d * 2).Sum() % 10 == 0;
        }

        private static bool LooksRandom(string text)
        {
            var kinds = text.Select(KindOf).ToArray();
            var changes = kinds.Zip(kinds.Skip(1)).Count(p => p.First != p.Second);
            return "uld".All(k => kinds.Count(x => x == k) >= 2) && 5 * changes >= 2 * (text.Length - 1);
        }

        private static char KindOf(char c) =>
            char.IsAsciiLetterUpper(c) ? 'u' : char.IsAsciiLetterLower(c) ? 'l' : char.IsAsciiDigit(c) ? 'd' : 'o';
    }
}
