namespace TelemetryKit.Core.Privacy;

/// <summary>Home directories: the patterns whose names start with <c>home_</c>.</summary>
internal static class HomePatterns
{
    private const int LongestWindowsUser = 64;
    private const int LongestTildeUser = 32;
    private const int LongestHost = 64;
    private const int LongestSegment = 32;

    /// <summary>Where file systems are mounted; one more directory may stand before the home directories.</summary>
    private static readonly byte[][] Mounts = ByteClasses.Words("/mnt /media /net /nfs /host /cygdrive /Volumes");
    private static readonly byte[][] Roots =
        ByteClasses.Words("/private/var /var /usr /export /private /data /srv /storage /scratch /nas");

    /// <summary>Parts of routes such as /users/login; see <c>words.user</c> in the specification.</summary>
    private static readonly byte[][] NoUsers = ByteClasses.Words(
        "all count current edit export import index list login logout me new page profile register search self settings signup");

    /// <summary>The patterns <c>home_windows_spaced</c> and <c>home_windows</c>.</summary>
    public static bool Windows(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var user = LocalWindowsUser(text, at);
        var remoteUser = RemoteWindowsUser(text, at);
        return (user > 0 && WindowsWithSeparator(text, at, user, out hit))
            || (remoteUser > 0 && WindowsWithSeparator(text, at, remoteUser, out hit))
            || (user > 0 && WindowsAtEnd(text, at, user, out hit))
            || (remoteUser > 0 && WindowsAtEnd(text, at, remoteUser, out hit));
    }

    /// <summary>The patterns <c>home_unix</c>, <c>home_users</c> and <c>home_root</c>.</summary>
    public static bool Unix(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        var user = UnixUser(text, at);
        if (user > 0)
        {
            var end = MoreNames(text, text.End(user, ByteClass.UnixUser));
            hit = new(at, end, end, Replacement.Home);
            return true;
        }

        hit = default;
        if (text[at..].StartsWith("/users/"u8))
        {
            user = at + 7;
            var end = text.End(user, ByteClass.UnixUser);
            hit = new(at, end, end, Replacement.Home);
            return end > user && (text[user].Is(ByteClass.Lower | ByteClass.Upper) || text[user] == '_') && !IsNoUser(text[user..end]);
        }

        if (!text[at..].StartsWith("/root"u8) || at + 5 == text.Length || text[at + 5] != '/')
            return false;
        hit = new(at, at + 5, at + 6, Replacement.Home);
        return true;
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

    /// <summary>Returns the start of the user's name in <c>C:\Users\name</c> or <c>\Users\name</c>, or −1.</summary>
    private static int LocalWindowsUser(ReadOnlySpan<byte> text, int at)
    {
        int folder;
        if (text[at] == '\\')
        {
            folder = Backslashes(text, at, 2);
        }
        else
        {
            folder = at + 1 < text.Length && text[at + 1] == ':' ? Separators(text, at + 2) : -1;
            if (folder <= at + 2)
                return -1;
        }

        return WindowsUser(text, folder, isShare: false);
    }

    /// <summary>Returns the start of the user's name in <c>\\server\users\name</c> or <c>\\server\c$\Users\name</c>, or −1.</summary>
    private static int RemoteWindowsUser(ReadOnlySpan<byte> text, int at)
    {
        var host = Backslashes(text, at, 4);
        if (host - at < 2)
            return -1;
        var end = host;
        while (end < text.Length && end - host <= LongestHost && (text[end].Is(ByteClass.Token) || text[end] == '.'))
            end++;
        var share = Backslashes(text, end, 2);
        if (end == host || end - host > LongestHost || share == end)
            return -1;
        if (share + 2 < text.Length && text[share].Is(ByteClass.Lower | ByteClass.Upper) && text[share + 1] == '$')
        {
            var folder = Backslashes(text, share + 2, 2);
            if (folder > share + 2)
                share = folder;
        }

        return WindowsUser(text, share, isShare: true);
    }

    private static int WindowsUser(ReadOnlySpan<byte> text, int folder, bool isShare)
    {
        var end = text.HasIgnoringCase(folder, "users"u8) ? folder + 5
            : text.HasIgnoringCase(folder, "profiles"u8) ? folder + 8
            : text.HasIgnoringCase(folder, "documents and settings"u8) ? folder + 22
            : !isShare ? -1
            : text.HasIgnoringCase(folder, "homes"u8) ? folder + 5
            : text.HasIgnoringCase(folder, "home"u8) ? folder + 4 : -1;
        if (end < 0)
            return -1;
        if (isShare && end < text.Length && text[end] == '$')
            end++;
        var user = Separators(text, end);
        return user > end ? user : -1;
    }

    private static bool WindowsWithSeparator(ReadOnlySpan<byte> text, int at, int user, out ScrubHit hit)
    {
        var end = user;
        for (var characters = 0; end < text.Length && text[end].Is(ByteClass.WindowsUser); end++)
        {
            if ((text[end] & 0xc0) != 0x80 && ++characters > LongestWindowsUser)
                break;
        }

        hit = new(at, end, end + 1, Replacement.Home);
        return end > user && end < text.Length && text[end] is (byte)'\\' or (byte)'/';
    }

    private static bool WindowsAtEnd(ReadOnlySpan<byte> text, int at, int user, out ScrubHit hit)
    {
        var first = text.End(user, ByteClass.WindowsUserAtEnd);
        var end = MoreNames(text, first);
        hit = new(at, end, end, Replacement.Home);
        return first > user;
    }

    /// <summary>Returns the end of up to two further names, which start with a capital letter or one that isn't ASCII.</summary>
    private static int MoreNames(ReadOnlySpan<byte> text, int at)
    {
        for (var names = 0; names < 2; names++)
        {
            if (at + 1 >= text.Length || text[at] != ' ' || !(text[at + 1].Is(ByteClass.Upper) || text[at + 1] >= 0x80))
                return at;
            at++;
            for (var characters = 0; at < text.Length && text[at].Is(ByteClass.WindowsUserAtEnd); at++)
            {
                if ((text[at] & 0xc0) != 0x80 && ++characters > LongestWindowsUser)
                    break;
            }
        }

        return at;
    }

    /// <summary>Returns the start of the user's name in a path such as /home/name or /mnt/c/Users/name, or −1 if there is none.</summary>
    private static int UnixUser(ReadOnlySpan<byte> text, int at)
    {
        foreach (var mount in Mounts)
        {
            if (!text[at..].StartsWith(mount))
                continue;
            var end = at + mount.Length;
            var segment = end + 1;
            while (segment < text.Length && segment - end <= LongestSegment && (text[segment].Is(ByteClass.Token) || text[segment] == '.'))
                segment++;
            if (end < text.Length && text[end] == '/' && segment > end + 1 && UserIn(text, segment) is var inner and > 0)
                return inner;
            if (UserIn(text, end) is var user and > 0)
                return user;
        }

        foreach (var root in Roots)
        {
            if (text[at..].StartsWith(root) && UserIn(text, at + root.Length) is var user and > 0)
                return user;
        }

        var drive = at + 2 < text.Length && text[at + 1].Is(ByteClass.Lower) ? UserIn(text, at + 2) : -1;
        return drive > 0 ? drive : UserIn(text, at);
    }

    /// <summary>Returns the start of the name in /home/name, /homes/name, /Users/name or /home2/name, or −1 if there is none.</summary>
    private static int UserIn(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length || text[at] != '/')
            return -1;
        var rest = text[at..];
        var end = at + (rest.StartsWith("/homes"u8) || rest.StartsWith("/Users"u8) ? 6 : rest.StartsWith("/home"u8) ? 5 : 0);
        if (end == at)
            return -1;
        if (end < text.Length && text[end].Is(ByteClass.Digit))
            end++;
        return end + 1 < text.Length && text[end] == '/' && text[end + 1].Is(ByteClass.UnixUser) ? end + 1 : -1;
    }

    private static bool IsNoUser(ReadOnlySpan<byte> name)
    {
        foreach (var word in NoUsers)
        {
            if (name.Length == word.Length && name.HasIgnoringCase(0, word))
                return true;
        }

        return false;
    }

    private static int Backslashes(ReadOnlySpan<byte> text, int at, int most)
    {
        var end = at;
        while (end < text.Length && end < at + most && text[end] == '\\')
            end++;
        return end;
    }

    private static int Separators(ReadOnlySpan<byte> text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 2 && text[end] is (byte)'\\' or (byte)'/')
            end++;
        return end;
    }
}
