namespace TelemetryKit.Core.Privacy;

/// <summary>Keys, tokens and passwords.</summary>
internal static class SecretPatterns
{
    private const int LongestPemLabel = 64;
    private const int ShortestJwtPart = 8;
    private const int ShortestToken = 16;
    private const int ShortestNamedSecret = 8;
    private const int LongestNamedSecret = 200;
    private const int ShortestRandom = 32;

    private static readonly byte[][] TokenPrefixes = ByteClasses.Words(
        "ghp_ gho_ ghr_ ghs_ ghu_ github_pat_ glpat- npm_ pypi- hf_ sk-ant- sk-proj- " +
        "sk_live_ pk_live_ rk_live_ sk_test_ pk_test_ rk_test_ tk_live_ tk_test_ tk_read_ whsec_ dop_v1_ shpat_ AIza AKIA ASIA");

    public static bool PemBlock(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("-----BEGIN "u8))
            return false;
        var label = at + 11;
        var end = label;
        while (end < text.Length && (text[end].Is(ByteClass.Upper | ByteClass.Digit) || text[end] == ' '))
            end++;
        if (end - label is < 1 or > LongestPemLabel || !text[end..].StartsWith("-----"u8))
            return false;
        hit = new(at, text.Length, text.Length, Replacement.Key);
        return true;
    }

    public static bool Jwt(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("eyJ"u8))
            return false;
        var header = text.End(at + 3, ByteClass.Token);
        if (header - at - 3 < ShortestJwtPart || header == text.Length || text[header] != '.')
            return false;
        var end = text.End(header + 1, ByteClass.Token);
        if (end - header - 1 < ShortestJwtPart)
            return false;
        if (end + 1 < text.Length && text[end] == '.' && text[end + 1].Is(ByteClass.Token))
            end = text.End(end + 1, ByteClass.Token);
        hit = new(at, end, end, Replacement.Token);
        return HasDigit(text[at..end]);
    }

    public static bool KnownToken(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var rest = text[at..];
        var prefix = PrefixLength(rest);
        if (prefix == 0)
            return false;
        var end = text.End(at + prefix, ByteClass.Token);
        hit = new(at, end, end, Replacement.Token);
        return end - at - prefix >= ShortestToken && HasDigit(text[at..end]);
    }

    public static bool Authorization(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var rest = text[at..];
        if (rest[0] is not ((byte)'B' or (byte)'b'))
            return false;
        var word = rest[1..].StartsWith("earer "u8) ? 6 : rest[1..].StartsWith("asic "u8) ? 5 : 0;
        if (word == 0)
            return false;
        var start = Blanks(text, at + word, 3);
        var end = text.End(start, ByteClass.Credentials);
        if (start == at + word || end - start < ShortestToken)
            return false;
        while (end < text.Length && text[end] == '=')
            end++;
        hit = new(start, end, end, Replacement.Token);
        return HasDigit(text[start..end]);
    }

    public static bool UrlCredentials(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("://"u8))
            return false;
        var end = text.End(at + 3, ByteClass.UrlUser);
        hit = new(at + 3, end, end + 1, Replacement.Token);
        return end > at + 3 && end < text.Length && text[end] == '@';
    }

    /// <summary>The patterns <c>assigned_secret</c> and <c>named_secret</c>.</summary>
    public static bool Assigned(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var word = SecretNames.LengthAt(text, at);
        if (word == 0)
            return false;
        var sign = Quote(text, at + word);
        var equals = Blanks(text, sign, 1);
        if (equals < text.Length && text[equals] == '=')
        {
            var start = Quote(text, Blanks(text, equals + 1, 1));
            if (start == text.Length || !text[start].Is(ByteClass.ValueStart))
                return false;
            var end = text.End(start, ByteClass.Value);
            hit = new(start, end, end, Replacement.Key);
            return true;
        }

        return sign < text.Length && text[sign] == ':' && Named(text, Quote(text, Blanks(text, sign + 1, 1)), out hit);
    }

    public static bool Option(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("--"u8))
            return false;
        var word = SecretNames.LengthAt(text, at + 2);
        var blanks = at + 2 + word;
        var start = Blanks(text, blanks, 3);
        if (word == 0 || start == blanks)
            return false;
        start = Quote(text, start);
        if (start == text.Length || !text[start].Is(ByteClass.ValueStart) || text[start] == '-')
            return false;
        var end = text.End(start, ByteClass.Value);
        hit = new(start, end, end, Replacement.Key);
        return true;
    }

    public static bool RandomToken(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var end = text.End(at, ByteClass.Base64);
        var run = text[at..end];
        for (var padding = 0; padding < 2 && end < text.Length && text[end] == '='; padding++)
            end++;
        hit = new(at, end, end, Replacement.Token);
        return run.Length >= ShortestRandom && LooksRandom(run);
    }

    private static bool Named(ReadOnlySpan<byte> text, int start, out ScrubHit hit)
    {
        hit = default;
        if (start >= text.Length || !text[start].Is(ByteClass.ValueStart))
            return false;
        // Counted in code points, so that the maximum length never splits one.
        var (end, characters) = (start, 0);
        for (; end < text.Length && text[end].Is(ByteClass.Value); end++)
        {
            if ((text[end] & 0xc0) != 0x80 && ++characters > LongestNamedSecret)
                break;
        }

        hit = new(start, end, end, Replacement.Key);
        return Math.Min(characters, LongestNamedSecret) >= ShortestNamedSecret && HasDigit(text[start..end]);
    }

    private static bool LooksRandom(ReadOnlySpan<byte> run)
    {
        int upper = 0, lower = 0, digits = 0, changes = 0;
        var previous = (ByteClass)ushort.MaxValue;
        foreach (var b in run)
        {
            var kind = b.Of(ByteClass.Upper | ByteClass.Lower | ByteClass.Digit);
            upper += kind == ByteClass.Upper ? 1 : 0;
            lower += kind == ByteClass.Lower ? 1 : 0;
            digits += kind == ByteClass.Digit ? 1 : 0;
            changes += kind != previous ? 1 : 0;
            previous = kind;
        }

        // The first character was also counted as a change.
        return upper >= 2 && lower >= 2 && digits >= 2 && 5 * (changes - 1) >= 2 * (run.Length - 1);
    }

    private static int PrefixLength(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > 5 && rest.StartsWith("xox"u8) && rest[3].Is(ByteClass.Lower) && rest[4] == '-')
            return 5;
        foreach (var prefix in TokenPrefixes)
        {
            if (rest[0] == prefix[0] && rest.StartsWith(prefix))
                return prefix.Length;
        }

        return 0;
    }

    private static bool HasDigit(ReadOnlySpan<byte> text) => text.ContainsAnyInRange((byte)'0', (byte)'9');

    private static int Quote(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at] is (byte)'"' or (byte)'\'' ? at + 1 : at;

    private static int Blanks(ReadOnlySpan<byte> text, int at, int most)
    {
        var end = at;
        while (end < text.Length && end < at + most && text[end] == ' ')
            end++;
        return end;
    }
}
