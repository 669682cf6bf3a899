namespace TelemetryKit.Core.Privacy;

/// <summary>Addresses of people and machines: e-mail, IPv6, MAC, IPv4.</summary>
internal static class AddressPatterns
{
    /// <summary>The ends of the names of images and of units of systemd; see <c>words.file</c> in the specification.</summary>
    private static readonly byte[][] Files = ByteClasses.Words(
        "automount bmp gif ico jpeg jpg mount png scope service slice socket svg swap target timer webp");

    public static bool Email(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var sign = text.End(at, ByteClass.Local);
        if (sign == text.Length || text[sign] != '@' || IsAccount(text[at..sign]))
            return false;
        var end = text.End(sign + 1, ByteClass.Label);
        if (end == sign + 1)
            return false;
        var (labels, last) = (1, sign + 1);
        // A package at a version, such as package@1.2.3-beta or package@v1.2.
        var first = text[sign + 1] is (byte)'v' or (byte)'V' ? sign + 2 : sign + 1;
        var isVersion = end > first && text.End(first, ByteClass.Digit) == end;
        var hasName = false;
        while (end + 1 < text.Length && text[end] == '.' && text[end + 1].Is(ByteClass.Label))
        {
            var start = end + 1;
            end = text.End(start, ByteClass.Label);
            last = start;
            if (++labels == 2)
            {
                var number = text.End(start, ByteClass.Digit);
                isVersion &= number > start && (number == end || text[number] == '-');
            }

            hasName |= text[start] >= 0x80 || (end - start >= 2 && text[start].Is(ByteClass.Lower | ByteClass.Upper));
        }

        hit = new(at, end, end, Replacement.Email);
        return labels > 1 && hasName && !isVersion && !(labels == 2 && text[last..end].IsOneOf(Files));
    }

    /// <summary>Whether a user is an account that everybody uses; see <c>words.account</c> in the specification.</summary>
    public static bool IsAccount(ReadOnlySpan<byte> user) => user.SequenceEqual("git"u8) || user.SequenceEqual("hg"u8);

    public static bool Ipv6(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var end = Ipv6Text.End(text, at);
        if (end < 0 || IsWord(text, end) || !Ipv6Text.IsAddress(text[at..end]) || !text[at..end].HasDigit()
            || Ipv6Text.IsUnspecifiedOrLoopback(text[at..end]))
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

    /// <summary>001b.4411.3ab7</summary>
    public static bool DottedMac(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        const int Length = 14;
        hit = default;
        if (at + Length > text.Length || text[at + 4] != '.' || text[at + 9] != '.' || IsWord(text, at + Length))
            return false;
        var (digits, letters) = (0, 0);
        for (var i = 0; i < Length; i++)
        {
            if (i % 5 == 4)
                continue;
            if (!text[at + i].Is(ByteClass.Hex))
                return false;
            _ = text[at + i].Is(ByteClass.Digit) ? digits++ : letters++;
        }

        hit = new(at, at + Length, at + Length, Replacement.Mac);
        return digits > 0 && letters > 0;
    }

    public static bool Ipv4(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var numbers = new DottedNumbers(text, at);
        hit = new(at, numbers.End, numbers.End, Replacement.Ip);
        // With one number more, only what is hardly a version: 1.192.168.10.20
        return !IsWord(text, numbers.End)
            && numbers.Count switch
            {
                4 => numbers.HasOctets(0, 0) && numbers.IsOfHost,
                5 => numbers.HasOctets(0, 100) || numbers.HasOctets(1, 100),
                _ => false,
            }
            && !IsCalledVersion(text, at);
    }

    /// <summary>host_10.1.2.3, v192.168.10.20: a match starts at a letter or an underscore.</summary>
    public static bool GluedIpv4(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var start = at + 1;
        if (start < text.Length && text[start] == '.')
            start++;
        if (start >= text.Length || !text[start].Is(ByteClass.Digit))
            return false;
        var numbers = new DottedNumbers(text, start);
        hit = new(start, numbers.End, numbers.End, Replacement.Ip);
        return numbers.Count == 4 && numbers.IsOfHost && numbers.HasOctets(0, text[start - 1] == '_' ? 10 : 100)
            && !(numbers.End < text.Length && text[numbers.End].Is(ByteClass.Digit | ByteClass.Lower | ByteClass.Upper));
    }

    /// <summary>Whether the text of digits is a number of at most three digits and at most 255.</summary>
    public static bool IsOctet(ReadOnlySpan<byte> digits)
    {
        if (digits.Length is < 1 or > 3)
            return false;
        return Value(digits) <= 255;
    }

    /// <summary>Whether the text before a number calls it a version, as in <c>Version="1.2.3.4"</c>.</summary>
    private static bool IsCalledVersion(ReadOnlySpan<byte> text, int at)
    {
        const int MostSigns = 4;
        var end = at;
        while (end > 0 && end > at - MostSigns && " =:\"'("u8.Contains(text[end - 1]))
            end--;
        return text.HasIgnoringCase(end - 7, "version"u8) || text.HasIgnoringCase(end - 8, "versions"u8);
    }

    private static int Value(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value * 10) + digit - '0';
        return value;
    }

    private static bool IsWord(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at].Is(ByteClass.Word);

    /// <summary>Decimal numbers with dots between them; only the first five are looked at.</summary>
    private readonly ref struct DottedNumbers
    {
        private readonly byte _octets;
        private readonly int _first;
        private readonly int _second;
        private readonly bool _hasOther;

        public DottedNumbers(ReadOnlySpan<byte> text, int at)
        {
            End = at;
            while (true)
            {
                var start = End;
                End = text.End(start, ByteClass.Digit);
                _hasOther |= text[start..End].ContainsAnyExcept((byte)'0');
                if (Count < 5 && IsOctet(text[start..End]))
                    _octets |= (byte)(1 << Count);
                if (Count < 2 && End - start <= 3)
                    (Count == 0 ? ref _first : ref _second) = Value(text[start..End]);
                Count++;
                if (End + 1 >= text.Length || text[End] != '.' || !text[End + 1].Is(ByteClass.Digit))
                    return;
                End++;
            }
        }

        public int Count { get; }

        public int End { get; }

        /// <summary>Whether four numbers are neither loopback, nor a mask, nor unspecified.</summary>
        public bool IsOfHost => _first is not (127 or 255) && _hasOther;

        /// <summary>Whether the four numbers from an index, 0 or 1, are octets, and the first of them at least a value.</summary>
        public bool HasOctets(int from, int least) => (_octets >> from & 0b1111) == 0b1111 && (from == 0 ? _first : _second) >= least;
    }
}
