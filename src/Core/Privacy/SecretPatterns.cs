namespace TelemetryKit.Core.Privacy;

/// <summary>Private keys, and passwords and tokens that the text before them gives away.</summary>
internal static class SecretPatterns
{
    private const int LongestPemLabel = 64;
    private const int ShortestCredentials = 16;
    private const int ShortestHeader = 8;
    private const int ShortestNamedSecret = 8;
    private const int ShortestNamedPassword = 4;
    private const int LongestNamedSecret = 200;
    private const int ShortestUserPassword = 7;
    private const int LongestUser = 64;
    private const int ShortestQuerySecret = 16;
    private const int LongestNetrcWord = 128;
    private const int MostNetrcBlanks = 8;
    private const int LongestCommandEnd = 16;
    private const int MostArguments = 8;
    private const int LongestArgument = 64;

    /// <summary>Words in the place of a password; see <c>words.password</c> in the specification.</summary>
    private static readonly byte[][] NoPasswords = ByteClasses.Words(
        "accepted changed default denied disabled empty enabled encrypted expired failed false forgotten hidden incorrect invalid " +
        "mismatch missing none null optional prompt redacted rejected required short string text true unchanged undefined unknown " +
        "unset weak wrong");

    private static readonly byte[][] QueryNames = ByteClasses.Words("sig code key auth");

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

    public static bool Authorization(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var word = text.HasIgnoringCase(at, "bearer "u8) ? 6 : text.HasIgnoringCase(at, "basic "u8) ? 5 : 0;
        return word != 0
            && Credentials(text, Blanks(text, at + word, 3), ShortestCredentials, out hit)
            && text[hit.Start..hit.End].HasDigit();
    }

    public static bool AuthorizationHeader(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if ((text[at] | 0x20) != 'a' || !text.HasIgnoringCase(at, "authorization"u8))
            return false;
        var sign = Blanks(text, Quote(text, at + 13), 1);
        if (sign >= text.Length || text[sign] is not ((byte)':' or (byte)'='))
            return false;
        var scheme = Quote(text, Blanks(text, sign + 1, 1));
        var end = text.End(scheme, ByteClass.Lower | ByteClass.Upper);
        var hasScheme = end - scheme is >= 2 and <= 16 && end < text.Length && text[end] == ' ';
        return ((hasScheme && Credentials(text, end + 1, ShortestHeader, out hit)) || Credentials(text, scheme, ShortestHeader, out hit))
            && text[hit.Start..hit.End].HasDigit();
    }

    public static bool Cookie(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if ((text[at] | 0x20) != 'c' || !text.HasIgnoringCase(at, "cookie"u8))
            return false;
        var colon = Quote(text, at + 6);
        if (colon >= text.Length || text[colon] != ':')
            return false;
        var start = Quote(text, Blanks(text, colon + 1, 1));
        var name = start;
        while (name < text.Length && (text[name].Is(ByteClass.Token) || text[name] == '.'))
            name++;
        if (name - start is < 1 or > 64 || name + 1 >= text.Length || text[name] != '=' || IsNoValue(text[name + 1]))
            return false;
        var end = name + 2;
        while (end < text.Length && text[end] > 0x1f && text[end] is not ((byte)'"' or (byte)'\''))
            end++;
        hit = new(start, end, end, Replacement.Token);
        return true;

        static bool IsNoValue(byte b) => b <= 0x20 || b is (byte)'"' or (byte)'\'' or (byte)'[';
    }

    /// <summary>machine example.com login name password secret</summary>
    public static bool Netrc(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var login = After(text, at, "machine"u8, hasWord: true);
        var password = After(text, login, "login"u8, hasWord: true);
        var value = After(text, password, "password"u8, hasWord: false);
        return value > 0 && CommandValue(text, value, out hit);

        // Returns the index after a word, blanks and, with hasWord, another word and blanks, or −1.
        static int After(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> word, bool hasWord)
        {
            if (at < 0 || !text[at..].StartsWith(word))
                return -1;
            at = AfterBlanks(text, at + word.Length);
            if (at < 0 || !hasWord)
                return at;
            var (end, characters) = (at, 0);
            for (; end < text.Length && text[end] > 0x20; end++)
                characters += IsStart(text[end]) ? 1 : 0;
            return characters is >= 1 and <= LongestNetrcWord ? AfterBlanks(text, end) : -1;
        }

        static int AfterBlanks(ReadOnlySpan<byte> text, int at)
        {
            var end = at;
            while (end < text.Length && end <= at + MostNetrcBlanks && " \t\r\n"u8.Contains(text[end]))
                end++;
            return end - at is >= 1 and <= MostNetrcBlanks ? end : -1;
        }
    }

    /// <summary>The pattern <c>command_password</c>: mysql -u root -pPASSWORD</summary>
    public static bool CommandPassword(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var end = text[at..].StartsWith("mysql"u8) ? at + 5 : text[at..].StartsWith("mariadb"u8) ? at + 7 : -1;
        if (end < 0)
            return false;
        var name = end;
        while (end < text.Length && end <= name + LongestCommandEnd
            && (text[end].Is(ByteClass.Lower) || text[end] is (byte)'_' or (byte)'-'))
            end++;
        if (end > name + LongestCommandEnd)
            return false;
        for (var arguments = 0; arguments <= MostArguments; arguments++)
        {
            var start = Blanks(text, end, 3);
            if (start == end)
                return false;
            if (text[start..].StartsWith("-p"u8))
                return CommandValue(text, Quote(text, start + 2, backslashes: 0), out hit) && !IsPlaceholder(text[hit.Start..hit.End]);
            var first = start < text.Length && text[start] == '-' ? start + 1 : start;
            if (first == text.Length || text[first] <= 0x20)
                return false;
            var characters = 0;
            for (end = first; end < text.Length && text[end] > 0x20; end++)
                characters += IsStart(text[end]) ? 1 : 0;
            if (characters > LongestArgument)
                return false;
        }

        return false;
    }

    private static bool CommandValue(ReadOnlySpan<byte> text, int start, out ScrubHit hit)
    {
        var end = start;
        while (end < text.Length && text[end] > 0x20 && text[end] is not ((byte)'"' or (byte)'\''))
            end++;
        hit = new(start, end, end, Replacement.Key);
        return end > start && text[start] != '[';
    }

    public static bool UrlCredentials(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("://"u8))
            return false;
        var end = text.End(at + 3, ByteClass.UrlUser);
        hit = new(at + 3, end, end + 1, Replacement.Token);
        return end > at + 3 && end < text.Length && text[end] == '@' && !AddressPatterns.IsAccount(text[(at + 3)..end]);
    }

    /// <summary>The patterns <c>assigned_secret</c>, <c>named_secret</c>, <c>named_password</c> and <c>element_secret</c>.</summary>
    public static bool Assigned(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var word = SecretNames.LengthAt(text, at, out var isPassword);
        if (word == 0)
            return false;
        var name = at + word;
        if (name < text.Length && text[name] == '>')
            return Element(text, name + 1, out hit);
        var sign = Blanks(text, Quote(text, name), 1);
        if (sign >= text.Length)
            return false;
        var equals = text[sign] == ':' ? sign + 1 : sign;
        if (equals < text.Length && text[equals] == '=')
        {
            equals++;
            if (equals < text.Length && text[equals] == '>')
                equals++;
            var start = Quote(text, Blanks(text, equals, 1));
            if (start == text.Length || !text[start].Is(ByteClass.ValueStart))
                return false;
            var end = text.End(start, ByteClass.Value);
            hit = new(start, end, end, Replacement.Key);
            return !IsPlaceholder(text[start..end]);
        }

        // A name after a slash is the name of an image or a file, and a tag follows it.
        return text[sign] == ':'
            && (at == 0 || text[at - 1] != '/')
            && Named(text, Quote(text, Blanks(text, sign + 1, 1)), isPassword, out hit);
    }

    public static bool Option(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("--"u8))
            return false;
        var word = at + 2;
        for (var prefixes = 0; ; prefixes++)
        {
            var end = word + SecretNames.LengthAt(text, word, out _);
            var start = Quote(text, Blanks(text, end, 3), backslashes: 0);
            if (end > word && start > end && text[end] == ' ' && start < text.Length && text[start] != '-' && IsOptionValue(text[start]))
            {
                end = text.End(start + 1, ByteClass.Value);
                hit = new(start, end, end, Replacement.Key);
                return !text.HasIgnoringCase(at, "--no-"u8) && !IsPlaceholder(text[start..end]);
            }

            var hyphen = text.End(word, ByteClass.Digit | ByteClass.Lower | ByteClass.Upper);
            if (prefixes == 3 || hyphen - word is < 1 or > 16 || hyphen == text.Length || text[hyphen] != '-')
                return false;
            word = hyphen + 1;
        }

        static bool IsOptionValue(byte b) => b.Is(ByteClass.Value) && b is not ((byte)'=' or (byte)'[' or (byte)']');
    }

    public static bool OptionUser(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var rest = text[at..];
        var name = rest.StartsWith("-u"u8) ? 2 : rest.StartsWith("--user"u8) ? 6 : rest.StartsWith("--proxy-user"u8) ? 12 : 0;
        if (name == 0 || rest.Length == name || rest[name] is not ((byte)' ' or (byte)'='))
            return false;
        var user = Quote(text, at + name + 1, backslashes: 0);
        var colon = user;
        while (colon < text.Length && (text[colon].Is(ByteClass.Token) || text[colon] is (byte)'.' or (byte)'@'))
            colon++;
        if (colon - user is < 1 or > LongestUser || !text[user].Is(ByteClass.Lower | ByteClass.Upper)
            || colon == text.Length || text[colon] != ':')
            return false;
        var start = colon + 1;
        var (end, characters, letters) = (start, 0, false);
        for (; end < text.Length && text[end] > 0x20 && !"\"':[]"u8.Contains(text[end]); end++)
        {
            if (IsStart(text[end]) && ++characters > LongestNamedSecret - 1)
                break;
            letters |= text[end].Is(ByteClass.Lower | ByteClass.Upper);
        }

        hit = new(start, end, end, Replacement.Key);
        return Math.Min(characters, LongestNamedSecret - 1) >= ShortestUserPassword && letters && !text[..colon].EndsWith(text[start..end]);
    }

    public static bool Query(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var equals = QueryName(text, at + 1);
        if (equals < 0 || equals >= text.Length || text[equals] != '=')
            return false;
        var start = equals + 1;
        var (end, characters) = (start, 0);
        for (; end < text.Length && text[end].Is(ByteClass.Value) && !"#<>?[]"u8.Contains(text[end]); end++)
            characters += IsStart(text[end]) ? 1 : 0;
        hit = new(start, end, end, Replacement.Token);
        return characters >= ShortestQuerySecret && text[start..end].HasDigit();
    }

    private static int QueryName(ReadOnlySpan<byte> text, int at)
    {
        foreach (var name in QueryNames)
        {
            if (text.HasIgnoringCase(at, name) && at + name.Length < text.Length && text[at + name.Length] == '=')
                return at + name.Length;
        }

        for (var prefixes = 0; ; prefixes++)
        {
            if (text.HasIgnoringCase(at, "signature="u8))
                return at + 9;
            var hyphen = text.End(at, ByteClass.Digit | ByteClass.Lower | ByteClass.Upper);
            if (prefixes == 2 || hyphen - at is < 1 or > 8 || hyphen == text.Length || text[hyphen] != '-')
                return -1;
            at = hyphen + 1;
        }
    }

    private static bool Element(ReadOnlySpan<byte> text, int start, out ScrubHit hit)
    {
        var (end, characters) = (start, 0);
        while (end < text.Length && text[end] > 0x20 && !"\"'&<>"u8.Contains(text[end]) && characters <= LongestNamedSecret)
            characters += IsStart(text[end++]) ? 1 : 0;
        hit = new(start, end, end + 2, Replacement.Key);
        return end > start && characters <= LongestNamedSecret && text[start] is not ((byte)'[' or (byte)']')
            && text[end..].StartsWith("</"u8);
    }

    private static bool Named(ReadOnlySpan<byte> text, int start, bool isPassword, out ScrubHit hit)
    {
        hit = default;
        if (start >= text.Length || !text[start].Is(ByteClass.ValueStart))
            return false;
        // Counted in code points, so that the maximum length never splits one.
        var (end, characters) = (start, 0);
        for (; end < text.Length && text[end].Is(ByteClass.Value); end++)
        {
            if (IsStart(text[end]) && ++characters > LongestNamedSecret)
                break;
        }

        characters = Math.Min(characters, LongestNamedSecret);
        hit = new(start, end, end, Replacement.Key);
        var value = text[start..end];
        var hasDigit = value.HasDigit();
        if (hasDigit && characters >= ShortestNamedSecret)
            return true;
        return isPassword && characters >= ShortestNamedPassword && !"{<*$%("u8.Contains(value[0])
            && (hasDigit || (!(end < text.Length && text[end] == ' ') && !value.IsOneOf(NoPasswords)));
    }

    /// <summary>Whether a value stands for a secret, such as <c>$PASSWORD</c>; see the check <c>secret</c> of the specification.</summary>
    private static bool IsPlaceholder(ReadOnlySpan<byte> value)
    {
        var last = value[^1];
        return value.IsOneOf(NoPasswords) || (char)value[0] switch
        {
            '?' => value.Length == 1,
            '*' => !value.ContainsAnyExcept((byte)'*'),
            '%' => (value.Length == 2 && last.Is(ByteClass.Lower)) || (value.Length > 2 && last == '%' && IsVariable(value[1..^1])),
            '$' => (value.Length > 1 && value[1] is (byte)'{' or (byte)'(') || IsVariable(value[1..]),
            ':' => value.Length > 1 && value[1..].End(0, ByteClass.Word) == value.Length - 1,
            '{' => last == '}' || value.SequenceEqual("{{"u8),
            '<' => last == '>',
            _ => false,
        };

        static bool IsVariable(ReadOnlySpan<byte> name)
        {
            foreach (var b in name)
            {
                if (!b.Is(ByteClass.Upper | ByteClass.Digit) && b != '_')
                    return false;
            }

            return name.Length > 0;
        }
    }

    private static bool Credentials(ReadOnlySpan<byte> text, int start, int shortest, out ScrubHit hit)
    {
        var end = text.End(start, ByteClass.Credentials);
        var isLong = end - start >= shortest;
        while (end < text.Length && text[end] == '=')
            end++;
        hit = new(start, end, end, Replacement.Token);
        return isLong;
    }

    private static bool IsStart(byte b) => (b & 0xc0) != 0x80;

    /// <summary>Returns the index after a quotation mark with up to two backslashes before it, or <paramref name="at"/>.</summary>
    private static int Quote(ReadOnlySpan<byte> text, int at, int backslashes = 2)
    {
        var mark = at;
        while (mark < text.Length && mark < at + backslashes && text[mark] == '\\')
            mark++;
        return mark < text.Length && text[mark] is (byte)'"' or (byte)'\'' ? mark + 1 : at;
    }

    private static int Blanks(ReadOnlySpan<byte> text, int at, int most)
    {
        var end = at;
        while (end < text.Length && end < at + most && text[end] == ' ')
            end++;
        return end;
    }
}
