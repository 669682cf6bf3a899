using System.Globalization;

namespace TelemetryKit.Privacy;

/// <summary>The checks of <c>spec/scrubbing.json</c> that a regex cannot express, applied to <c>text[from..to]</c>.</summary>
internal static class Checks
{
    // A field, so that a pattern can identify this check by reference.
    public static readonly Func<string, int, int, bool> Digit = HasDigit;

    public static bool Email(string text, int from, int to)
    {
        var labels = text.Substring(from, to - from);
        labels = labels.Substring(labels.LastIndexOf('@') + 1);
        var parts = labels.Split('.');
        var named = false;
        for (var i = 1; i < parts.Length; i++)
            named |= parts[i].Length >= 2 && IsLetter(parts[i][0]);
        var digits = 0;
        while (digits < parts[1].Length && IsDigit(parts[1][digits]))
            digits++;
        var isVersion = digits > 0 && (digits == parts[1].Length || parts[1][digits] == '-');
        return named && !isVersion;
    }

    public static bool Ipv4(string text, int from, int to)
    {
        var parts = text.Substring(from, to - from).Split('.');
        if (parts.Length != 4)
            return false;
        foreach (var part in parts)
        {
            if (part.Length > 3 || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;
        }

        return true;
    }

    public static bool Ipv6(string text, int from, int to)
    {
        if (!HasDigit(text, from, to))
            return false;
        var address = text.Substring(from, to - from);
        var dot = address.IndexOf('.');
        if (dot >= 0)
        {
            var tail = address.LastIndexOf(':') + 1;
            if (!Ipv4(address, tail, address.Length))
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

    public static bool Phone(string text, int from, int to)
    {
        var digits = 0;
        for (var i = from; i < to; i++)
        {
            if (IsDigit(text[i]))
                digits++;
        }

        return digits is >= 10 and <= 12;
    }

    public static bool Luhn(string text, int from, int to)
    {
        var sum = 0;
        var doubled = false;
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

    public static bool Random(string text, int from, int to)
    {
        while (to > from && text[to - 1] == '=')
            to--;
        int upper = 0, lower = 0, digits = 0, changes = 0;
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
        }

        return upper >= 2 && lower >= 2 && digits >= 2 && changes * 5 >= (to - from - 1) * 2;
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

    private static char Kind(char c) => c is >= 'A' and <= 'Z' ? 'A' : c is >= 'a' and <= 'z' ? 'a' : IsDigit(c) ? '0' : '-';

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsLetter(char c) => c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');
}
