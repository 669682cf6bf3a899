namespace TelemetryKit.Core.Privacy;

/// <summary>Phone and card numbers.</summary>
internal static class NumberPatterns
{
    public static bool InternationalPhone(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (at + 1 >= text.Length || text[at + 1] is < (byte)'1' or > (byte)'9')
            return false;
        var (end, digits) = (at + 2, 0);
        while (digits < 14)
        {
            var next = end;
            while (next < text.Length && next < end + 2 && " .()/-"u8.Contains(text[next]))
                next++;
            if (next == text.Length || !text[next].Is(ByteClass.Digit))
                break;
            end = next + 1;
            digits++;
        }

        hit = new(at, end, end, Replacement.Phone);
        return digits >= 7 && !(end < text.Length && (text[end].Is(ByteClass.Lower | ByteClass.Upper) || text[end] == '_'));
    }

    public static bool NationalPhone(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var end = text[at] switch
        {
            (byte)'(' => Bracketed(text, at),
            (byte)'1' when at + 1 < text.Length && text[at + 1] is var separator and ((byte)'-' or (byte)'.') =>
                NorthAmerican(text, at + 2, separator),
            (byte)'1' => -1,
            (byte)'0' => French(text, at) is var french and > 0 ? french : WithTrunkZero(text, at),
            _ => NorthAmerican(text, at, (byte)'-') is var hyphens and > 0 ? hyphens : NorthAmerican(text, at, (byte)'.'),
        };
        hit = new(at, end, end, Replacement.Phone);
        if (end < 0 || (end < text.Length && text[end].Is(ByteClass.Word)))
            return false;
        return CountDigits(text[at..end]) is >= 10 and <= 12;
    }

    /// <summary>001 212 555 0123, 0044 20 7946 0958</summary>
    public static bool PrefixedPhone(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("00"u8) || at + 2 == text.Length)
            return false;
        var end = text[at + 2] == '1' ? WithPrefixOfNorthAmerica(text, at + 3) : WithPrefix(text, at + 2);
        hit = new(at, end, end, Replacement.Phone);
        return end > 0 && !(end < text.Length && text[end].Is(ByteClass.Word)) && CountDigits(text[at..end]) is >= 11 and <= 16;
    }

    public static bool Card(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var end = Grouped(text, at, [4, 4, 4, 4]);
        if (end < 0 && at + 1 < text.Length && text[at] == '3' && text[at + 1] is (byte)'4' or (byte)'7')
            end = Grouped(text, at, [4, 6, 5]);
        if (end < 0)
        {
            // At most 19 digits are read. If another digit follows, it isn't a card number.
            end = at;
            while (end < text.Length && end < at + 19 && text[end].Is(ByteClass.Digit))
                end++;
            if (end - at < 13)
                end = -1;
        }

        hit = new(at, end, end, Replacement.Card);
        return end > 0 && !(end < text.Length && text[end].Is(ByteClass.Word)) && PassesLuhn(text[at..end]);
    }

    /// <summary>4.111111111111111e15</summary>
    public static bool ScientificCard(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (at + 1 >= text.Length || text[at + 1] != '.')
            return false;
        var e = Digits(text, at + 2, 18);
        if (e - at - 2 < 8 || e == text.Length || (text[e] | 0x20) != 'e')
            return false;
        var exponent = e + 1 < text.Length && text[e + 1] == '+' ? e + 2 : e + 1;
        if (!HasDigits(text, exponent, 2) || text[exponent] != '1' || text[exponent + 1] is not (>= (byte)'2' and <= (byte)'8'))
            return false;
        var end = exponent + 2;
        hit = new(at, end, end, Replacement.Card);
        var zeros = 10 + text[exponent + 1] - '0' + 1 - (e - at - 1);
        return zeros >= 0 && !(end < text.Length && text[end].Is(ByteClass.Word)) && PassesLuhn(text[at..e], zeros);
    }

    /// <summary>Whether the digits of a text, followed by zeros, pass the Luhn test.</summary>
    private static bool PassesLuhn(ReadOnlySpan<byte> text, int zeros = 0)
    {
        var (sum, twice) = (0, zeros % 2 == 1);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!text[i].Is(ByteClass.Digit))
                continue;
            var digit = text[i] - '0';
            if (twice)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
            twice = !twice;
        }

        return sum % 10 == 0;
    }

    /// <summary>Returns the end of groups of digits that are separated by a space, dot or hyphen, or −1 if there are none.</summary>
    private static int Grouped(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> sizes)
    {
        for (var g = 0; g < sizes.Length; g++)
        {
            if (g > 0 && !(at < text.Length && text[at++] is (byte)' ' or (byte)'.' or (byte)'-'))
                return -1;
            if (!HasDigits(text, at, sizes[g]))
                return -1;
            at += sizes[g];
        }

        return at;
    }

    /// <summary>(555) 123-4567, (495) 123-45-67</summary>
    private static int Bracketed(ReadOnlySpan<byte> text, int at)
    {
        if (!StartsArea(text, at + 1) || at + 4 >= text.Length || text[at + 4] != ')')
            return -1;
        at += 5;
        if (at < text.Length && text[at] == ' ')
            at++;
        if (!HasDigits(text, at, 3) || at + 3 >= text.Length || text[at + 3] is not ((byte)' ' or (byte)'.' or (byte)'-'))
            return -1;
        if (HasDigits(text, at + 4, 4))
            return at + 8;
        return text[at + 3] == '-' && HasDigits(text, at + 4, 2) && Hyphen(text, at + 6) && HasDigits(text, at + 7, 2) ? at + 9 : -1;
    }

    /// <summary>555-123-4567, 212.555.0123</summary>
    private static int NorthAmerican(ReadOnlySpan<byte> text, int at, byte separator) =>
        StartsArea(text, at) && Has(text, at + 3, separator)
        && (separator == '.' ? StartsArea(text, at + 4) : HasDigits(text, at + 4, 3))
        && Has(text, at + 7, separator) && HasDigits(text, at + 8, 4)
            ? at + 12
            : -1;

    /// <summary>The number after 001.</summary>
    private static int WithPrefixOfNorthAmerica(ReadOnlySpan<byte> text, int at)
    {
        if (!Separator(text, at) || !StartsArea(text, at + 1) || !Separator(text, at + 4) || !HasDigits(text, at + 5, 3))
            return -1;
        return Separator(text, at + 8) && HasDigits(text, at + 9, 4) ? at + 13 : -1;
    }

    /// <summary>The country code and two to five groups.</summary>
    private static int WithPrefix(ReadOnlySpan<byte> text, int at)
    {
        var end = Digits(text, at, 3);
        if (end - at < 2 || text[at] < '2')
            return -1;
        for (var groups = 0; groups < 5; groups++)
        {
            var group = end < text.Length && text[end] is (byte)' ' or (byte)'.' ? Digits(text, end + 1, 8) : -1;
            if (group <= end + 1)
                return groups < 2 ? -1 : end;
            end = group;
        }

        return end;
    }

    /// <summary>06 12 34 56 78</summary>
    private static int French(ReadOnlySpan<byte> text, int at)
    {
        if (!HasDigits(text, at, 2) || text[at + 1] == '0')
            return -1;
        at += 2;
        for (var pair = 0; pair < 4; pair++, at += 3)
        {
            if (at >= text.Length || text[at] is not ((byte)' ' or (byte)'.' or (byte)'-') || !HasDigits(text, at + 1, 2))
                return -1;
        }

        return at;
    }

    /// <summary>0171-1234567, 020 7946 0958</summary>
    private static int WithTrunkZero(ReadOnlySpan<byte> text, int at)
    {
        var area = Digits(text, at, 6);
        if (area - at < 3 || text[at + 1] == '0' || area >= text.Length || text[area] is not ((byte)' ' or (byte)'/' or (byte)'-'))
            return -1;
        var first = Digits(text, area + 1, 8);
        if (first - area - 1 < 3)
            return -1;
        if (first >= text.Length || text[first] is not ((byte)' ' or (byte)'-'))
            return first;
        var second = Digits(text, first + 1, 8);
        return second - first - 1 < 3 ? first : second;
    }

    private static int Digits(ReadOnlySpan<byte> text, int at, int most)
    {
        var end = at;
        while (end < text.Length && end < at + most && text[end].Is(ByteClass.Digit))
            end++;
        return end;
    }

    private static bool HasDigits(ReadOnlySpan<byte> text, int at, int count) => Digits(text, at, count) == at + count;

    private static bool StartsArea(ReadOnlySpan<byte> text, int at) => HasDigits(text, at, 3) && text[at] >= '2';

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var digits = 0;
        foreach (var b in text)
            digits += b.Is(ByteClass.Digit) ? 1 : 0;
        return digits;
    }

    private static bool Hyphen(ReadOnlySpan<byte> text, int at) => Has(text, at, (byte)'-');

    private static bool Has(ReadOnlySpan<byte> text, int at, byte value) => at < text.Length && text[at] == value;

    private static bool Separator(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at] is (byte)' ' or (byte)'.' or (byte)'-';
}
