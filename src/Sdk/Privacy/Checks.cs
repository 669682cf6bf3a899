using System.Globalization;

namespace TelemetryKit.Privacy;

/// <summary>The checks of <c>spec/scrubbing.json</c> that a regex cannot express.</summary>
internal static class Checks
{
    private static readonly HashSet<string> NoPasswords = Words(
        "accepted changed default denied disabled empty enabled encrypted expired failed false forgotten hidden incorrect invalid " +
        "mismatch missing none null optional prompt redacted rejected required short string text true unchanged undefined unknown " +
        "unset weak wrong");

    private static readonly HashSet<string> NoUsers = Words(
        "all count current edit export import index list login logout me new page profile register search self settings signup");

    private static readonly HashSet<string> Accounts = new(["git", "hg"], StringComparer.Ordinal);

    private static readonly HashSet<string> NoHomes = Words("public shared");

    private static readonly HashSet<string> Files = Words(
        "automount bmp gif ico jpeg jpg mount png scope service slice socket svg swap target timer webp");

    /// <summary>The lists of words by their names in the specification. For tests.</summary>
    internal static IEnumerable<(string Name, IEnumerable<string> Words)> WordLists =>
        [("password", NoPasswords), ("user", NoUsers), ("account", Accounts), ("home", NoHomes), ("file", Files)];

    public static bool Digit(string text, in Match match) => HasDigit(text, match.From, match.To);

    public static bool Email(string text, in Match match)
    {
        var address = match.Whole(text);
        var sign = address.LastIndexOf('@');
        if (Accounts.Contains(address.Substring(0, sign)))
            return false;
        var parts = address.Substring(sign + 1).Split('.');
        if (parts.Length == 2 && Files.Contains(parts[1]))
            return false;
        var named = false;
        for (var i = 1; i < parts.Length; i++)
            named |= parts[i][0] >= 128 || (parts[i].Length >= 2 && IsLetter(parts[i][0]));
        return named && !IsVersion(parts[0], parts[1]);
    }

    public static bool Ipv4(string text, in Match match)
    {
        var parts = match.Whole(text).Split('.');
        if (IsCalledVersion(text, match.Start))
            return false;
        return parts.Length == 4
            ? AreOctets(parts, 0) && IsOfHost(parts)
            : parts.Length == 5 && ((AreOctets(parts, 0) && IsAtLeast(parts[0], 100)) || (AreOctets(parts, 1) && IsAtLeast(parts[1], 100)));
    }

    public static bool Ipv4Glued(string text, in Match match)
    {
        var parts = match.Replaced(text).Split('.');
        return parts.Length == 4 && AreOctets(parts, 0) && IsOfHost(parts)
            && IsAtLeast(parts[0], text[match.From - 1] == '_' ? 10 : 100);
    }

    public static bool Ipv6(string text, in Match match)
    {
        if (!HasDigit(text, match.Start, match.End))
            return false;
        var address = match.Whole(text);
        if (IsUnspecifiedOrLoopback(address))
            return false;
        if (address.IndexOf('.') >= 0)
        {
            var tail = address.LastIndexOf(':') + 1;
            var parts = address.Substring(tail).Split('.');
            if (parts.Length != 4 || !AreOctets(parts, 0))
                return false;
            // An IPv4 tail counts as two groups.
            address = address.Substring(0, tail) + "0:0";
        }

        var gap = address.IndexOf("::", StringComparison.Ordinal);
        if (gap >= 0 && address.IndexOf("::", gap + 1, StringComparison.Ordinal) >= 0)
            return false;
        var groups = 0;
        var empty = 0;
        foreach (var group in address.Split(':'))
        {
            if (group.Length > 4)
                return false;
            if (group.Length == 0)
                empty++;
            else
                groups++;
        }

        // "::" produces one empty part in the middle, two at an end, and three on its own. Without it no part may be empty.
        if (gap < 0)
            return groups == 8 && empty == 0;
        var atEnds = (gap == 0 ? 1 : 0) + (gap == address.Length - 2 ? 1 : 0);
        return groups <= 7 && empty == 1 + atEnds;
    }

    public static bool Mixed(string text, in Match match)
    {
        var letters = false;
        for (var i = match.Start; i < match.End; i++)
            letters |= IsLetter(text[i]);
        return letters && HasDigit(text, match.Start, match.End);
    }

    public static bool Phone(string text, in Match match) => Digits(text, match) is >= 10 and <= 12;

    public static bool PhonePrefixed(string text, in Match match) => Digits(text, match) is >= 11 and <= 16;

    public static bool Luhn(string text, in Match match) => PassesLuhn(text, match.Start, match.End, 0);

    public static bool LuhnScientific(string text, in Match match)
    {
        var e = text.IndexOfAny(['e', 'E'], match.Start);
        // A digit, a point and the other digits.
        var digits = e - match.Start - 1;
        // The exponent has two digits, because the regex allows no others.
        var zeros = (text[match.End - 2] - '0') * 10 + text[match.End - 1] - '0' + 1 - digits;
        return zeros >= 0 && PassesLuhn(text, match.Start, e, zeros);
    }

    public static bool Option(string text, in Match match) =>
        string.Compare(text, match.Start, "--no-", 0, 5, StringComparison.OrdinalIgnoreCase) != 0 && Secret(text, match);

    public static bool Secret(string text, in Match match)
    {
        var value = match.Replaced(text);
        var last = value[value.Length - 1];
        return !NoPasswords.Contains(value) && value[0] switch
        {
            '?' => value.Length > 1,
            '*' => value.Trim('*').Length > 0,
            '%' => !(value.Length == 2 && last is >= 'a' and <= 'z')
                && !(value.Length > 2 && last == '%' && IsVariable(value, 1, value.Length - 1)),
            '$' => !(value.Length > 1 && value[1] is '{' or '(') && !IsVariable(value, 1, value.Length),
            ':' => !IsParameter(value),
            '{' => last != '}' && value != "{{",
            '<' => last != '>',
            _ => true,
        };
    }

    public static bool Account(string text, in Match match) => !Accounts.Contains(match.Replaced(text));

    public static bool Home(string text, in Match match)
    {
        var home = match.Replaced(text);
        return !NoHomes.Contains(home.Substring(home.LastIndexOfAny(['/', '\\']) + 1));
    }

    public static bool Credentials(string text, in Match match)
    {
        var letters = false;
        for (var i = match.From; i < match.To; i++)
            letters |= IsLetter(text[i]);
        var length = match.To - match.From;
        var user = match.From - 1 - length;
        return letters && (user < 0 || string.CompareOrdinal(text, user, text, match.From, length) != 0);
    }

    public static bool Password(string text, in Match match) =>
        HasDigit(text, match.From, match.To)
        || (!(match.End < text.Length && text[match.End] == ' ') && !NoPasswords.Contains(match.Replaced(text)));

    public static bool User(string text, in Match match)
    {
        const int prefix = 7;
        return !NoUsers.Contains(text.Substring(match.Start + prefix, match.End - match.Start - prefix));
    }

    public static bool Random(string text, in Match match)
    {
        var (from, to) = (match.Start, match.End);
        while (to > from && text[to - 1] == '=')
            to--;
        int upper = 0, lower = 0, digits = 0, changes = 0, run = 0, inWords = 0;
        for (var i = from; i < to; i++)
        {
            var kind = Kind(text[i]);
            if (kind == 'A')
                upper++;
            else if (kind == 'a')
                lower++;
            else if (kind == '0')
                digits++;
            if (i > from && kind != Kind(text[i - 1]))
                changes++;
            run = kind == 'a' ? run + 1 : 0;
            // A third letter makes the two before it a word, too.
            inWords += run < 3 ? 0 : run == 3 ? 3 : 1;
        }

        return upper >= 2 && lower >= 2 && digits >= 1 && changes * 5 >= (to - from - 1) * 2 && inWords * 2 < to - from;
    }

    private static bool IsVersion(string first, string second)
    {
        var start = first[0] is 'v' or 'V' ? 1 : 0;
        var digits = DigitsAt(second, 0);
        return first.Length > start && DigitsAt(first, start) == first.Length && digits > 0
            && (digits == second.Length || second[digits] == '-');
    }

    /// <summary>Whether an address is <c>::</c> or <c>::1</c>, however it is written.</summary>
    private static bool IsUnspecifiedOrLoopback(string address)
    {
        var rest = address.TrimStart('0', ':', '.');
        return rest is "" or "1";
    }

    /// <summary>Whether the text before a number calls it a version, as in <c>Version="1.2.3.4"</c>.</summary>
    private static bool IsCalledVersion(string text, int at)
    {
        const int mostSigns = 4;
        var end = at;
        while (end > 0 && end > at - mostSigns && text[end - 1] is ' ' or '=' or ':' or '"' or '\'' or '(')
            end--;
        return EndsIn("version") || EndsIn("versions");

        bool EndsIn(string word) =>
            end >= word.Length && string.Compare(text, end - word.Length, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0;
    }

    /// <summary>Whether four octets are neither loopback, nor a mask, nor unspecified.</summary>
    private static bool IsOfHost(string[] octets)
    {
        var first = byte.Parse(octets[0], NumberStyles.None, CultureInfo.InvariantCulture);
        return first is not (127 or 255) && Array.Exists(octets, octet => octet.Trim('0').Length > 0);
    }

    private static bool IsVariable(string value, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (value[i] is not ((>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_'))
                return false;
        }

        return to > from;
    }

    private static bool IsParameter(string value)
    {
        for (var i = 1; i < value.Length; i++)
        {
            if (!IsLetter(value[i]) && !IsDigit(value[i]) && value[i] != '_')
                return false;
        }

        return value.Length > 1;
    }

    private static bool AreOctets(string[] parts, int from)
    {
        for (var i = from; i < from + 4; i++)
        {
            if (parts[i].Length > 3 || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;
        }

        return true;
    }

    private static bool IsAtLeast(string octet, int value) => byte.Parse(octet, NumberStyles.None, CultureInfo.InvariantCulture) >= value;

    /// <summary>Whether the digits in <c>text[from..to]</c>, followed by zeros, pass the Luhn test.</summary>
    private static bool PassesLuhn(string text, int from, int to, int zeros)
    {
        var sum = 0;
        var doubled = zeros % 2 == 1;
        for (var i = to - 1; i >= from; i--)
        {
            if (!IsDigit(text[i]))
                continue;
            var digit = (text[i] - '0') * (doubled ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
            doubled = !doubled;
        }

        return sum % 10 == 0;
    }

    private static int Digits(string text, in Match match)
    {
        var digits = 0;
        for (var i = match.Start; i < match.End; i++)
        {
            if (IsDigit(text[i]))
                digits++;
        }

        return digits;
    }

    private static int DigitsAt(string text, int at)
    {
        while (at < text.Length && IsDigit(text[at]))
            at++;
        return at;
    }

    private static bool HasDigit(string text, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (IsDigit(text[i]))
                return true;
        }

        return false;
    }

    private static HashSet<string> Words(string text) => new(text.Split(' '), StringComparer.OrdinalIgnoreCase);

    private static char Kind(char c) => c is >= 'A' and <= 'Z' ? 'A' : c is >= 'a' and <= 'z' ? 'a' : IsDigit(c) ? '0' : '-';

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsLetter(char c) => c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');
}
