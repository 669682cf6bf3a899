namespace TelemetryKit.Core.Privacy;

/// <summary>Addresses of people and machines: e-mail, IPv6, MAC, IPv4.</summary>
internal static class AddressPatterns
{
    public static bool Email(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var sign = text.End(at, ByteClass.Local);
        if (sign == text.Length || text[sign] != '@')
            return false;
        var end = text.End(sign + 1, ByteClass.Label);
        if (end == sign + 1)
            return false;
        var labels = 1;
        var secondIsNumber = false;
        var hasName = false;
        while (end + 1 < text.Length && text[end] == '.' && text[end + 1].Is(ByteClass.Label))
        {
            var start = end + 1;
            end = text.End(start, ByteClass.Label);
            if (++labels == 2)
            {
                var number = text.End(start, ByteClass.Digit);
                secondIsNumber = number > start && (number == end || text[number] == '-');
            }

            hasName |= end - start >= 2 && text[start].Is(ByteClass.Lower | ByteClass.Upper);
        }

        hit = new(at, end, end, Replacement.Email);
        return labels > 1 && hasName && !secondIsNumber;
    }

    public static bool Ipv6(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var end = Ipv6Text.End(text, at);
        if (end < 0 || IsWord(text, end) || !Ipv6Text.IsAddress(text[at..end]) || !text[at..end].ContainsAnyInRange((byte)'0', (byte)'9'))
            return false;
        hit = new(at, end, end, Replacement.Ip);
        return true;
    }

    public static bool Mac(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        const int Length = 17;
        hit = default;
        if (at + Length > text.Length || text[at + 2] is not ((byte)':' or (byte)'-') || IsWord(text, at + Length))
            return false;
        for (var i = 0; i < Length; i++)
        {
            if (i % 3 == 2 ? text[at + i] != text[at + 2] : !text[at + i].Is(ByteClass.Hex))
                return false;
        }

        hit = new(at, at + Length, at + Length, Replacement.Mac);
        return true;
    }

    public static bool Ipv4(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var (parts, end, valid) = (0, at, true);
        while (true)
        {
            var start = end;
            end = text.End(start, ByteClass.Digit);
            parts++;
            valid &= IsOctet(text[start..end]);
            if (end + 1 >= text.Length || text[end] != '.' || !text[end + 1].Is(ByteClass.Digit))
                break;
            end++;
        }

        hit = new(at, end, end, Replacement.Ip);
        return parts == 4 && valid && !IsWord(text, end);
    }

    /// <summary>Whether the text of digits is a number of at most three digits and at most 255.</summary>
    public static bool IsOctet(ReadOnlySpan<byte> digits)
    {
        if (digits.Length is < 1 or > 3)
            return false;
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + digit - '0';
        return value <= 255;
    }

    private static bool IsWord(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at].Is(ByteClass.Word);
}
