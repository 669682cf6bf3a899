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

    /// <summary>Folders of all users; see <c>words.home</c> in the specification.</summary>
    private static readonly byte[][] NoHomes = ByteClasses.Words("public shared");

    /// <summary>Names of the folder of home directories of Windows in several languages. Blanks are underscores here.</summary>
    private static readonly byte[][] WindowsFolders =
    [
        .. ByteClasses.Words(
            "users documents_and_settings profiles benutzer utilisateurs usuarios usuários usuÁrios utenti gebruikers użytkownicy " +
            "uŻytkownicy användare anvÄndare brugere пользователи Пользователи kullanıcılar kullanicılar kullanıcilar kullanicilar 用户 " +
            "ユーザー dokumente_und_einstellungen").Select(WithBlanks),
    ];

    private static readonly byte[][] SharedFolders =
        [.. ByteClasses.Words("users homes home profiles documents_and_settings").Select(WithBlanks)];

    /// <summary>The pattern <c>home_wsl</c>: \\wsl.localhost\Ubuntu\home\name, with either kind of slash.</summary>
    public static bool Wsl(ReadOnlySpan<byte> text, int at, out ScrubHit hit)
    {
        hit = default;
        var host = Separators(text, at, 4);
        if (host - at < 2 || !text.HasIgnoringCase(host, "wsl"u8))
            return false;
        host += 3;
        var end = text.HasIgnoringCase(host, ".localhost"u8) ? host + 10 : host < text.Length && text[host] == '$' ? host + 1 : -1;
        if (end < 0 || Separators(text, end) is var system && system == end)
            return false;
        end = system;
        while (end < text.Length && end - system <= LongestHost && (text[end].Is(ByteClass.Token) || text[end] == '.'))
            end++;
        var home = Separators(text, end);
        if (end == system || end - system > LongestHost || home == end || !text.HasIgnoringCase(home, "home"u8))
            return false;
        var user = Separators(text, home + 4);
        end = text.End(user, ByteClass.WindowsUserAtEnd);
        hit = new(at, end, end, Replacement.Home);
        return user > home + 4 && end > user;
    }

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
            if (!text[user..end].IsOneOf(NoHomes))
                return true;
        }

        hit = default;
        if (text[at..].StartsWith("/users/"u8))
        {
            user = at + 7;
            var end = text.End(user, ByteClass.UnixUser);
            hit = new(at, end, end, Replacement.Home);
            return end > user && (text[user].Is(ByteClass.Lower | ByteClass.Upper) || text[user] == '_')
                && !text[user..end].IsOneOf(NoUsers);
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
        var length = text.LengthOfAny(folder, isShare ? SharedFolders : WindowsFolders);
        if (length == 0)
            return -1;
        var end = folder + length;
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
        return end > user && end < text.Length && text[end] is (byte)'\\' or (byte)'/'
            && !text[user..end].IsOneOf(NoHomes);
    }

    private static bool WindowsAtEnd(ReadOnlySpan<byte> text, int at, int user, out ScrubHit hit)
    {
        var first = text.End(user, ByteClass.WindowsUserAtEnd);
        var end = MoreNames(text, first);
        hit = new(at, end, end, Replacement.Home);
        return first > user && !text[user..end].IsOneOf(NoHomes);
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
        if (end + 1 >= text.Length || text[end] != '/' || !text[end + 1].Is(ByteClass.UnixUser))
            return -1;
        // /home/users/name
        var inner = end + 7;
        return text[end..].StartsWith("/users/"u8) && inner < text.Length && text[inner].Is(ByteClass.UnixUser) ? inner : end + 1;
    }

    private static int Backslashes(ReadOnlySpan<byte> text, int at, int most)
    {
        var end = at;
        while (end < text.Length && end < at + most && text[end] == '\\')
            end++;
        return end;
    }

    private static byte[] WithBlanks(byte[] name) => [.. name.Select(b => b == '_' ? (byte)' ' : b)];

    private static int Separators(ReadOnlySpan<byte> text, int at, int most = 2)
    {
        var end = at;
        while (end < text.Length && end < at + most && text[end] is (byte)'\\' or (byte)'/')
            end++;
        return end;
    }
}
