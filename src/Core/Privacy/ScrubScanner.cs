namespace TelemetryKit.Core.Privacy;

/// <summary>
/// One pass over a folded text, without a regex engine: at each position, the patterns that can start there are tried in the order of the
/// specification. The time is linear: a pattern that scans an unbounded run either starts only at the run's first byte or always ends in
/// a hit; all others read a bounded number of bytes.
/// </summary>
internal readonly ref struct ScrubScanner
{
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
        for (var at = from; at < _text.Length; at++)
        {
            var previous = at == 0 ? (byte)' ' : _text[at - 1];
            if (Secrets(at, previous, out hit))
                return true;
            // All other patterns start at the start of a word, except for glued IPv4 addresses.
            if (previous.Is(ByteClass.Word))
            {
                if (GluedIpv4(at, out hit))
                    return true;
                continue;
            }

            if (Homes(at, previous, out hit) || Addresses(at, previous, out hit) || Numbers(at, previous, out hit))
                return true;
        }

        hit = default;
        return false;
    }

    /// <summary>The patterns from <c>pem_block</c> to <c>query_secret</c>; <c>random_token</c> is the last of all.</summary>
    private bool Secrets(int at, byte previous, out ScrubHit hit)
    {
        var first = _text[at];
        hit = default;
        if (!first.Is(ByteClass.Word))
        {
            return first switch
            {
                (byte)'-' => SecretPatterns.PemBlock(_text, at, out hit)
                    || SecretPatterns.Option(_text, at, out hit)
                    || (_hasColon && !previous.Is(ByteClass.Token) && SecretPatterns.OptionUser(_text, at, out hit)),
                (byte)':' => _hasAt && SecretPatterns.UrlCredentials(_text, at, out hit),
                (byte)'?' or (byte)'&' => SecretPatterns.Query(_text, at, out hit),
                _ => false,
            };
        }

        var startsToken = !previous.Is(ByteClass.Token);
        if (first.Is(ByteClass.Digit))
            return startsToken && TokenPatterns.Service(_text, at, out hit);
        if (startsToken && (TokenPatterns.Jwt(_text, at, out hit)
            || TokenPatterns.Known(_text, at, out hit)
            || TokenPatterns.Service(_text, at, out hit)))
            return true;
        if (_hasSlash && TokenPatterns.Webhook(_text, at, out hit))
            return true;
        if (!previous.Is(ByteClass.Word) && SecretPatterns.Authorization(_text, at, out hit))
            return true;
        return _hasSign && (SecretPatterns.AuthorizationHeader(_text, at, out hit)
            || SecretPatterns.Cookie(_text, at, out hit)
            || SecretPatterns.Assigned(_text, at, out hit));
    }

    private bool Homes(int at, byte previous, out ScrubHit hit)
    {
        hit = default;
        var first = _text[at];
        if (first == '~')
            return HomePatterns.Tilde(_text, at, out hit);
        if (first == '/')
            return !".~*)}]$-"u8.Contains(previous) && HomePatterns.Unix(_text, at, out hit);
        return (first == '\\' || (_hasColon && first.Is(ByteClass.Lower | ByteClass.Upper)))
            && !".\\%)}"u8.Contains(previous) && HomePatterns.Windows(_text, at, out hit);
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

        if (_findsIpv4 && first.Is(ByteClass.Digit) && previous != '.' && AddressPatterns.Ipv4(_text, at, out hit))
            return true;
        return GluedIpv4(at, out hit);
    }

    private bool GluedIpv4(int at, out ScrubHit hit)
    {
        hit = default;
        return _findsIpv4 && AddressPatterns.GluedIpv4(_text, at, out hit);
    }

    private bool Numbers(int at, byte previous, out ScrubHit hit)
    {
        hit = default;
        var first = _text[at];
        if (first == '+' && previous != '+' && NumberPatterns.InternationalPhone(_text, at, out hit))
            return true;
        var startsPhone = (first == '(' || first.Is(ByteClass.Digit)) && previous is not ((byte)'.' or (byte)'+' or (byte)'-');
        if (startsPhone && (NumberPatterns.PrefixedPhone(_text, at, out hit) || NumberPatterns.NationalPhone(_text, at, out hit)))
            return true;
        var startsCard = first is >= (byte)'2' and <= (byte)'6' && previous != '.';
        if (startsCard && (NumberPatterns.Card(_text, at, out hit) || NumberPatterns.ScientificCard(_text, at, out hit)))
            return true;
        return first.Is(ByteClass.Base64) && !previous.Is(ByteClass.Base64) && TokenPatterns.Random(_text, at, out hit);
    }
}
