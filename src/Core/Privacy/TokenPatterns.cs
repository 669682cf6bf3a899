namespace TelemetryKit.Core.Privacy;

/// <summary>Tokens that can be recognised without the text around them.</summary>
internal static class TokenPatterns
{
    private const int ShortestJwtPart = 8;
    private const int ShortestToken = 16;
    private const int ShortestPlainToken = 32;
    private const int ShortestRandom = 32;
    private const int ShortestWord = 3;

    /// <summary>Prefixes of tokens by their first byte, after which <see cref="ShortestToken"/> characters are enough.</summary>
    private static readonly byte[][]?[] Prefixes = ByFirstByte(
        "ghp_ gho_ ghr_ ghs_ ghu_ github_pat_ glpat- gldt- glrt- glptt- glft- glcbt- glsoat- glimt- glagent- xapp- sk-ant- sk-proj- " +
        "sk-svcacct- sk-admin- sk-or- sk_live_ pk_live_ rk_live_ sk_test_ pk_test_ rk_test_ tk_live_ tk_test_ tk_read_ tk_pat_ whsec_ " +
        "dop_v1_ doo_v1_ dor_v1_ shpat_ shpca_ shppa_ shpss_ dckr_pat_ dckr_oat_ rubygems_ glsa_ lin_api_ PMAK- NRAK- sntrys_ sntryu_ " +
        "figd_ xkeysib- gsk_ sq0atp- sq0csp- GOCSPX- AGE-SECRET-KEY- ATATT3 ATCTT3 AIza AKIA ASIA");

    /// <summary>Prefixes that also begin ordinary names: these need <see cref="ShortestPlainToken"/> characters.</summary>
    private static readonly byte[][]?[] PlainPrefixes = ByFirstByte("npm_ hf_ pypi- oy2 r8_ sbp_ sk-");

    /// <summary>The first letters of JSON Web Tokens, known tokens and those of services.</summary>
    public static byte[] FirstBytes =>
        [.. Enumerable.Range(0, 256).Where(b => Prefixes[b] is not null || PlainPrefixes[b] is not null).Select(b => (byte)b),
            .. "exSAkbMNOhy"u8];

    private static readonly byte[][] Webhooks = ByteClasses.Words(
        "hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/ discord.com/api/webhooks/ " +
        "discordapp.com/api/webhooks/ webhook.office.com/webhookb2/");

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
        return text[at..end].HasDigit();
    }

    public static bool Known(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var rest = text[at..];
        var prefix = rest.Length > 5 && rest.StartsWith("xox"u8) && rest[3].Is(ByteClass.Lower) && rest[4] == '-' ? 5
            : LengthOf(Prefixes, rest);
        var shortest = ShortestToken;
        if (prefix == 0)
        {
            prefix = LengthOf(PlainPrefixes, rest);
            shortest = ShortestPlainToken;
        }

        if (prefix == 0)
            return false;
        var end = text.End(at + prefix, ByteClass.Token);
        hit = new(at, end, end, Replacement.Token);
        return end - at - prefix >= shortest && text[at..end].HasDigit();
    }

    /// <summary>The pattern <c>service_token</c>.</summary>
    public static bool Service(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var end = text[at] switch
        {
            (byte)'S' => SendGrid(text, at) is var sendGrid and > 0 ? sendGrid : Hexadecimal(text, at, "SK"u8),
            (byte)'A' => Hexadecimal(text, at, "AC"u8),
            (byte)'k' => Hexadecimal(text, at, "key-"u8),
            (byte)'b' => text[at..].StartsWith("bot"u8) ? Telegram(text, at + 3) : -1,
            (byte)'M' or (byte)'N' or (byte)'O' => Discord(text, at),
            (byte)'h' => Dotted(text, at, "hvs."u8) is var vault and > 0 ? vault : Dotted(text, at, "hvb."u8),
            (byte)'y' => Dotted(text, at, "ya29."u8),
            (byte)'1' when text[at..].StartsWith("1//0"u8) => Run(text, at + 4, ShortestPlainToken),
            >= (byte)'0' and <= (byte)'9' => Telegram(text, at),
            _ => -1,
        };
        hit = new(at, end, end, Replacement.Token);
        return end > 0 && !(end < text.Length && text[end].Is(ByteClass.Token)) && text[at..end].HasDigit();
    }

    public static bool Webhook(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        foreach (var webhook in Webhooks)
        {
            if (!text[at..].StartsWith(webhook))
                continue;
            var start = at + webhook.Length;
            var end = start;
            while (end < text.Length && (text[end].Is(ByteClass.Token) || text[end] is (byte)'@' or (byte)'/'))
                end++;
            hit = new(start, end, end, Replacement.Token);
            return end - start >= ShortestToken;
        }

        return false;
    }

    public static bool Random(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var end = text.End(at, ByteClass.Base64);
        var run = text[at..end];
        for (var padding = 0; padding < 2 && end < text.Length && text[end] == '='; padding++)
            end++;
        hit = new(at, end, end, Replacement.Token);
        return run.Length >= ShortestRandom && LooksRandom(run);
    }

    private static bool LooksRandom(ReadOnlySpan<byte> run)
    {
        int upper = 0, lower = 0, digits = 0, changes = 0, lowerRun = 0, inWords = 0;
        var previous = (ByteClass)ushort.MaxValue;
        foreach (var b in run)
        {
            var kind = b.Of(ByteClass.Upper | ByteClass.Lower | ByteClass.Digit);
            upper += kind == ByteClass.Upper ? 1 : 0;
            lower += kind == ByteClass.Lower ? 1 : 0;
            digits += kind == ByteClass.Digit ? 1 : 0;
            changes += kind != previous ? 1 : 0;
            previous = kind;
            lowerRun = kind == ByteClass.Lower ? lowerRun + 1 : 0;
            // The letter that completes a word makes those before it part of the word.
            inWords += lowerRun < ShortestWord ? 0 : lowerRun == ShortestWord ? ShortestWord : 1;
        }

        // The first character was also counted as a change.
        return upper >= 2 && lower >= 2 && digits >= 1 && 5 * (changes - 1) >= 2 * (run.Length - 1) && 2 * inWords < run.Length;
    }

    private static int SendGrid(ReadOnlySpan<byte> text, int at)
    {
        var middle = Dotted(text, at, "SG."u8);
        return middle > 0 && middle < text.Length && text[middle] == '.' ? Run(text, middle + 1, ShortestToken) : -1;
    }

    private static int Telegram(ReadOnlySpan<byte> text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 10 && text[end].Is(ByteClass.Digit))
            end++;
        return end - at >= 8 && text[end..].StartsWith(":AA"u8) ? Run(text, end + 3, ShortestPlainToken) : -1;
    }

    private static int Discord(ReadOnlySpan<byte> text, int at)
    {
        var user = Run(text, at + 1, 22);
        if (user < 0 || user == text.Length || text[user] != '.')
            return -1;
        var time = text.End(user + 1, ByteClass.Token);
        return time == user + 7 && time < text.Length && text[time] == '.' ? Run(text, time + 1, 27) : -1;
    }

    private static int Dotted(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> prefix) =>
        text[at..].StartsWith(prefix) ? Run(text, at + prefix.Length, ShortestToken) : -1;

    private static int Hexadecimal(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> prefix)
    {
        const int Digits = 32;
        if (!text[at..].StartsWith(prefix))
            return -1;
        var end = at + prefix.Length;
        while (end < text.Length && end < at + prefix.Length + Digits && text[end].Is(ByteClass.Hex) && !text[end].Is(ByteClass.Upper))
            end++;
        return end == at + prefix.Length + Digits ? end : -1;
    }

    /// <summary>Returns the end of at least <paramref name="shortest"/> letters, digits, hyphens and underscores, or −1.</summary>
    private static int Run(ReadOnlySpan<byte> text, int at, int shortest)
    {
        var end = text.End(at, ByteClass.Token);
        return end - at >= shortest ? end : -1;
    }

    private static int LengthOf(byte[][]?[] prefixes, ReadOnlySpan<byte> rest)
    {
        foreach (var prefix in prefixes[rest[0]] ?? [])
        {
            if (rest.StartsWith(prefix))
                return prefix.Length;
        }

        return 0;
    }

    private static byte[][]?[] ByFirstByte(string prefixes)
    {
        var table = new byte[][]?[256];
        foreach (var group in ByteClasses.Words(prefixes).GroupBy(prefix => prefix[0]))
            table[group.Key] = [.. group];
        return table;
    }
}
