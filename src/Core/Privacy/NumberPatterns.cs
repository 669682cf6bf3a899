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
            (byte)'1' => at + 1 < text.Length && text[at + 1] == '-' ? NorthAmerican(text, at + 2) : -1,
            (byte)'0' => French(text, at) is var french and > 0 ? french : WithTrunkZero(text, at),
            _ => NorthAmerican(text, at),
        };
        hit = new(at, end, end, Replacement.Phone);
        if (end < 0 || (end < text.Length && text[end].Is(ByteClass.Word)))
            return false;
        var digits = 0;
        foreach (var b in text[at..end])
            digits += b.Is(ByteClass.Digit) ? 1 : 0;
        return digits is >= 10 and <= 12;
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

    private static bool PassesLuhn(ReadOnlySpan<byte> text)
    {
        var (sum, twice) = (0, false);
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

    /// <summary>Returns the end of groups of digits that are separated by a space or hyphen, or −1 if there are none.</summary>
    private static int Grouped(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> sizes)
    {
        for (var g = 0; g < sizes.Length; g++)
        {
            if (g > 0 && !(at < text.Length && text[at++] is (byte)' ' or (byte)'-'))
                return -1;
            if (!HasDigits(text, at, sizes[g]))
                return -1;
            at += sizes[g];
        }

        return at;
    }

    /// <summary>(555) 123-4567</summary>
    private static int Bracketed(ReadOnlySpan<byte> text, int at)
    {
        if (!StartsArea(text, at + 1) || at + 4 >= text.Length || text[at + 4] != ')')
            return -1;
        at += 5;
        if (at < text.Length && text[at] == ' ')
            at++;
        if (!HasDigits(text, at, 3) || !HasDigits(text, at + 4, 4))
            return -1;
        return text[at + 3] is (byte)' ' or (byte)'.' or (byte)'-' ? at + 8 : -1;
    }

    /// <summary>555-123-4567</summary>
    private static int NorthAmerican(ReadOnlySpan<byte> text, int at) =>
        StartsArea(text, at) && Hyphen(text, at + 3) && HasDigits(text, at + 4, 3) && Hyphen(text, at + 7) && HasDigits(text, at + 8, 4)
            ? at + 12
            : -1;

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

    private static bool Hyphen(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at] == '-';
}
