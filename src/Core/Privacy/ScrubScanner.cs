namespace TelemetryKit.Core.Privacy;

/// <summary>
/// One pass over a folded text, without a regex engine: at each position, the patterns that can start there are tried in the order of the
/// specification. The time is linear: a pattern that scans an unbounded run either starts only at the run's first byte or always ends in
/// a hit; all others read a bounded number of bytes.
/// </summary>
internal readonly ref struct ScrubScanner
{
    private static readonly StartOf[] Starts = BuildStarts();

    private readonly ReadOnlySpan<byte> _text;
    private readonly bool _findsIpv4;
    private readonly bool _hasAt;
    private readonly bool _hasColon;
    private readonly bool _hasSlash;
    private readonly bool _hasSign;

    public ScrubScanner(ReadOnlySpan<byte> text, ScrubScope scope)
    {
        _text = text;
        _findsIpv4 = scope != ScrubScope.Version;
        _hasAt = text.Contains((byte)'@');
        _hasColon = text.Contains((byte)':');
        _hasSlash = text.Contains((byte)'/');
        _hasSign = _hasColon || text.ContainsAny((byte)'=', (byte)'>');
    }

    public bool TryFindNext(int from, out ScrubHit hit)
    {
        var previous = from == 0 ? (byte)' ' : _text[from - 1];
        for (var at = from; at < _text.Length; at++)
        {
            var first = _text[at];
            if (Starts[first] != StartOf.Nothing && Secrets(at, previous, out hit))
                return true;
            // All other patterns start at the start of a word, except for glued IPv4 addresses.
            var isWordStart = !previous.Is(ByteClass.Word);
            if (isWordStart && (Homes(at, previous, out hit) || Addresses(at, previous, out hit)))
                return true;
            if (_findsIpv4 && first.Is(ByteClass.Word) && !first.Is(ByteClass.Digit) && AddressPatterns.GluedIpv4(_text, at, out hit))
                return true;
            if (isWordStart && Numbers(at, previous, out hit))
                return true;
            previous = first;
        }

        hit = default;
        return false;
    }

    /// <summary>The patterns from <c>pem_block</c> to <c>query_secret</c>; <c>random_token</c> is the last of all.</summary>
    private bool Secrets(int at, byte previous, out ScrubHit hit)
    {
        hit = default;
        switch (_text[at])
        {
            case (byte)'-':
                return SecretPatterns.PemBlock(_text, at, out hit)
                    || SecretPatterns.Option(_text, at, out hit)
                    || (_hasColon && !previous.Is(ByteClass.Token) && SecretPatterns.OptionUser(_text, at, out hit));
            case (byte)':':
                return _hasAt && SecretPatterns.UrlCredentials(_text, at, out hit);
            case (byte)'?' or (byte)'&':
                return SecretPatterns.Query(_text, at, out hit);
        }

        var starts = Starts[_text[at]];
        if ((starts & StartOf.NumericToken) != 0)
            return (_hasColon || _hasSlash) && !previous.Is(ByteClass.Token) && TokenPatterns.Service(_text, at, out hit);
        if ((starts & StartOf.Token) != 0 && !previous.Is(ByteClass.Token) && (TokenPatterns.Jwt(_text, at, out hit)
            || TokenPatterns.Known(_text, at, out hit)
            || TokenPatterns.Service(_text, at, out hit)))
            return true;
        if ((starts & StartOf.Webhook) != 0 && _hasSlash && TokenPatterns.Webhook(_text, at, out hit))
            return true;
        if ((starts & StartOf.Scheme) != 0 && !previous.Is(ByteClass.Word) && SecretPatterns.Authorization(_text, at, out hit))
            return true;
        if ((starts & StartOf.Name) != 0 && _text[at] == 'm' && !previous.Is(ByteClass.Word)
            && (SecretPatterns.Netrc(_text, at, out hit) || SecretPatterns.CommandPassword(_text, at, out hit)))
            return true;
        return (starts & StartOf.Name) != 0 && _hasSign && (SecretPatterns.AuthorizationHeader(_text, at, out hit)
            || SecretPatterns.Cookie(_text, at, out hit)
            || SecretPatterns.Assigned(_text, at, out hit));
    }

    private bool Homes(int at, byte previous, out ScrubHit hit)
    {
        hit = default;
        switch (_text[at])
        {
            case (byte)'~':
                return HomePatterns.Tilde(_text, at, out hit);
            case (byte)'/':
                return (!".\\%)}"u8.Contains(previous) && HomePatterns.Wsl(_text, at, out hit))
                    || (!".~*)}]$-"u8.Contains(previous) && HomePatterns.Unix(_text, at, out hit));
            case (byte)'\\':
            case var first when at + 1 < _text.Length && _text[at + 1] == ':' && first.Is(ByteClass.Lower | ByteClass.Upper):
                return !".\\%)}"u8.Contains(previous)
                    && (HomePatterns.Wsl(_text, at, out hit) || HomePatterns.Windows(_text, at, out hit));
            default:
                return false;
        }
    }

    private bool Addresses(int at, byte previous, out ScrubHit hit)
    {
        var first = _text[at];
        if (_hasAt && first.Is(ByteClass.Local) && !previous.Is(ByteClass.Local) && AddressPatterns.Email(_text, at, out hit))
            return true;
        hit = default;
        var startsIpv6 = _hasColon && (first == ':' || first.Is(ByteClass.Hex)) && previous is not ((byte)':' or (byte)'.');
        if (startsIpv6 && AddressPatterns.Ipv6(_text, at, out hit))
            return true;
        if (first.Is(ByteClass.Hex))
        {
            if (previous is not ((byte)':' or (byte)'-') && AddressPatterns.Mac(_text, at, out hit))
                return true;
            if (previous is not ((byte)'.' or (byte)'-') && AddressPatterns.DottedMac(_text, at, out hit))
                return true;
        }

        return _findsIpv4 && first.Is(ByteClass.Digit) && previous != '.' && AddressPatterns.Ipv4(_text, at, out hit);
    }

    private bool Numbers(int at, byte previous, out ScrubHit hit)
    {
        hit = default;
        var first = _text[at];
        if (first == '+' && previous != '+' && NumberPatterns.InternationalPhone(_text, at, out hit))
            return true;
        var startsPhone = (first == '(' || first.Is(ByteClass.Digit)) && previous is not ((byte)'.' or (byte)'+' or (byte)'-');
        if (startsPhone && first == '0' && NumberPatterns.PrefixedPhone(_text, at, out hit))
            return true;
        if (startsPhone && NumberPatterns.NationalPhone(_text, at, out hit))
            return true;
        var startsCard = first is >= (byte)'2' and <= (byte)'6' && previous != '.';
        if (startsCard && (NumberPatterns.Card(_text, at, out hit) || NumberPatterns.ScientificCard(_text, at, out hit)))
            return true;
        return first.Is(ByteClass.Base64) && !previous.Is(ByteClass.Base64) && TokenPatterns.Random(_text, at, out hit);
    }

    private static StartOf[] BuildStarts()
    {
        var starts = new StartOf[256];
        Add(StartOf.Token, TokenPatterns.FirstBytes);
        Add(StartOf.NumericToken, "0123456789"u8);
        Add(StartOf.Webhook, "hdw"u8);
        Add(StartOf.Scheme, "bB"u8);
        // Cookie and authorization have the same first letters.
        Add(StartOf.Name, SecretNames.FirstBytes);
        Add(StartOf.Sign, "-:?&"u8);
        return starts;

        void Add(StartOf start, ReadOnlySpan<byte> bytes)
        {
            foreach (var b in bytes)
                starts[b] |= start;
        }
    }

    /// <summary>What may start at a byte. Most letters of a text start nothing.</summary>
    [Flags]
    private enum StartOf : byte
    {
        Nothing = 0,
        Token = 1,
        Webhook = 2,
        Scheme = 4,

        /// <summary>A word such as password, cookie or authorization.</summary>
        Name = 8,
        Sign = 16,

        /// <summary>A token that starts with a digit, and has a colon or a slash after it.</summary>
        NumericToken = 32,
    }
}
