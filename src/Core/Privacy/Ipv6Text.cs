namespace TelemetryKit.Core.Privacy;

/// <summary>The text form of IPv6 addresses (RFC 4291, section 2.2).</summary>
internal static class Ipv6Text
{
    private const int Groups = 8;

    /// <summary>Returns the end of text that looks like an address, according to the pattern's regex, or −1 if there is none.</summary>
    public static int End(ReadOnlySpan<byte> text, int at)
    {
        // Up to seven times: at most four hex digits and a colon. Then hex digits, or backtrack to digits after an earlier colon.
        Span<int> afterColon = stackalloc int[Groups];
        var (colons, end) = (0, at);
        while (colons < Groups - 1)
        {
            var group = HexEnd(text, end);
            if (group == text.Length || text[group] != ':')
                break;
            end = group + 1;
            afterColon[colons++] = end;
        }

        for (var c = colons; c >= 2; c--)
        {
            var last = HexEnd(text, afterColon[c - 1]);
            if (last > afterColon[c - 1])
                return WithIpv4Tail(text, last);
        }

        // A prefix such as 2001:db8:: – groups that aren't empty, and a second colon.
        end = at;
        for (var c = 0; c < Groups - 1; c++)
        {
            var group = HexEnd(text, end);
            if (group == end || group == text.Length || text[group] != ':')
                break;
            end = group + 1;
        }

        return end > at && end < text.Length && text[end] == ':' ? end + 1 : -1;
    }

    /// <summary>Whether the text is a valid address.</summary>
    public static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var compressed = text.IndexOf("::"u8);
        if (compressed >= 0 && text[(compressed + 1)..].IndexOf("::"u8) >= 0)
            return false;
        var groups = compressed < 0 ? GroupsOf(text) : GroupsOf(text[..compressed]) + GroupsOf(text[(compressed + 2)..]);
        return compressed < 0 ? groups == Groups : groups < Groups;
    }

    /// <summary>Whether an address is <c>::</c> or <c>::1</c>, however it is written.</summary>
    public static bool IsUnspecifiedOrLoopback(ReadOnlySpan<byte> address)
    {
        var first = address.IndexOfAnyExcept("0:."u8);
        return first < 0 || (first == address.Length - 1 && address[first] == '1');
    }

    /// <summary>
    /// Returns the number of groups between single colons, where an IPv4 tail counts as two, or a number above all bounds if a group is
    /// invalid.
    /// </summary>
    private static int GroupsOf(ReadOnlySpan<byte> text)
    {
        const int Invalid = 1_000;
        if (text.IsEmpty)
            return 0;
        var groups = 0;
        while (true)
        {
            var colon = text.IndexOf((byte)':');
            var group = colon < 0 ? text : text[..colon];
            if (colon < 0 && group.Contains((byte)'.'))
                return groups + (IsIpv4(group) ? 2 : Invalid);
            if (group.Length is < 1 or > 4)
                return Invalid;
            groups++;
            if (colon < 0)
                return groups;
            text = text[(colon + 1)..];
        }
    }

    private static bool IsIpv4(ReadOnlySpan<byte> text)
    {
        foreach (var part in text.Split((byte)'.'))
        {
            var octet = text[part];
            // The first part can have hex digits.
            if (octet.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !AddressPatterns.IsOctet(octet))
                return false;
        }

        return text.Count((byte)'.') == 3;
    }

    private static int WithIpv4Tail(ReadOnlySpan<byte> text, int at)
    {
        var end = at;
        for (var part = 0; part < 3; part++)
        {
            if (end == text.Length || text[end] != '.')
                return at;
            var start = end + 1;
            end = start;
            while (end < text.Length && end < start + 3 && text[end].Is(ByteClass.Digit))
                end++;
            if (end == start)
                return at;
        }

        return end;
    }

    private static int HexEnd(ReadOnlySpan<byte> text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 4 && text[end].Is(ByteClass.Hex))
            end++;
        return end;
    }
}
