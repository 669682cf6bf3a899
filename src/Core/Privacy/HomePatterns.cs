namespace TelemetryKit.Core.Privacy;

/// <summary>Home directories: the patterns whose names start with <c>home_</c>.</summary>
internal static class HomePatterns
{
    private const int LongestWindowsUser = 64;
    private const int LongestTildeUser = 32;

    public static bool Windows(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        if (at + 1 >= text.Length || text[at + 1] != ':')
            return false;
        var end = Separators(text, at + 2);
        if (end == at + 2 || !text.HasIgnoringCase(end, "users"u8))
            return false;
        var user = Separators(text, end + 5);
        if (user == end + 5)
            return false;

        // home_windows_spaced: up to a separator, spaces included.
        var afterUser = user;
        for (var characters = 0; afterUser < text.Length && text[afterUser].Is(ByteClass.WindowsUser); afterUser++)
        {
            if ((text[afterUser] & 0xc0) != 0x80 && ++characters > LongestWindowsUser)
                break;
        }

        if (afterUser > user && afterUser < text.Length && text[afterUser] is (byte)'\\' or (byte)'/')
        {
            hit = new(at, afterUser, afterUser + 1, Replacement.Home);
            return true;
        }

        // home_windows: without a separator after the name.
        afterUser = text.End(user, ByteClass.WindowsUserAtEnd);
        hit = new(at, afterUser, afterUser, Replacement.Home);
        return afterUser > user;
    }

    public static bool Unix(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var rest = text[at..];
        var user = Prefixed(rest);
        if (user < 0)
            user = Homes(rest);
        var end = user < 0 ? -1 : rest.End(user, ByteClass.UnixUser);
        hit = new(at, at + end, at + end, Replacement.Home);
        return end > user;
    }

    public static bool Tilde(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var end = at + 1;
        if (end >= text.Length || !(text[end].Is(ByteClass.Lower) || text[end] == '_'))
            return false;
        while (end < text.Length && (text[end].Is(ByteClass.Lower | ByteClass.Digit) || text[end] is (byte)'_' or (byte)'-'))
            end++;
        if (end == text.Length || text[end] is not ((byte)'/' or (byte)'\\') || end - at - 1 > LongestTildeUser)
            return false;
        hit = new(at, end, end + 1, Replacement.Home);
        return true;
    }

    /// <summary>Returns the start of the user's name in a path with a prefix, such as a mount point, or −1 if there is none.</summary>
    private static int Prefixed(ReadOnlySpan<byte> rest)
    {
        var prefix = 0;
        if (rest.StartsWith("/mnt/"u8))
            prefix = AfterDrive(rest, 5);
        else if (rest.StartsWith("/cygdrive/"u8))
            prefix = AfterDrive(rest, 10);
        else if (rest.Length > 2 && rest[2] == '/')
            prefix = AfterDrive(rest, 1);
        else if (rest.StartsWith("/var"u8) || rest.StartsWith("/usr"u8))
            prefix = 4;
        else if (rest.StartsWith("/export"u8))
            prefix = 7;
        else if (rest.StartsWith("/private"u8))
            prefix = 8;
        if (prefix == 0)
            return -1;
        var user = Homes(rest[prefix..]);
        return user < 0 ? -1 : prefix + user;
    }

    private static int Homes(ReadOnlySpan<byte> rest) => rest.StartsWith("/home/"u8) ? 6 : rest.StartsWith("/Users/"u8) ? 7 : -1;

    private static int AfterDrive(ReadOnlySpan<byte> rest, int at) => at < rest.Length && rest[at].Is(ByteClass.Lower) ? at + 1 : 0;

    private static int Separators(ReadOnlySpan<byte> text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 2 && text[end] is (byte)'\\' or (byte)'/')
            end++;
        return end;
    }
}
