using System.Runtime.CompilerServices;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// The character classes of <c>spec/scrubbing.json</c>. Bytes from 0x80 are only in the classes that the specification defines by
/// exclusion, and in <see cref="Local"/> and <see cref="Label"/>.
/// </summary>
[Flags]
internal enum ByteClass : ushort
{
    None = 0,
    Digit = 1,
    Lower = 2,
    Upper = 4,
    Hex = 8,

    /// <summary><c>A-Za-z0-9_</c></summary>
    Word = 16,

    /// <summary><c>A-Za-z0-9_-</c></summary>
    Token = 32,

    /// <summary><c>A-Za-z0-9+/_-</c></summary>
    Base64 = 64,

    /// <summary><c>A-Za-z0-9._~+/-</c></summary>
    Credentials = 128,

    /// <summary>The local part of an e-mail address: alphanumeric, <c>% + - . _</c> and everything that isn't ASCII.</summary>
    Local = 256,

    /// <summary>A label of a domain: <c>A-Za-z0-9-</c> and everything that isn't ASCII.</summary>
    Label = 512,

    /// <summary>The rest of a secret's value: anything except spaces, control characters, quotes and <c>&amp; ; ,</c></summary>
    Value = 1024,

    /// <summary>The first character of a secret's value: as <see cref="Value"/>, without <c>= &gt; [ ] \</c></summary>
    ValueStart = 2048,

    /// <summary>The user and the password in a URL.</summary>
    UrlUser = 4096,

    /// <summary>A user's name in a Unix home directory.</summary>
    UnixUser = 8192,

    /// <summary>A user's name in a Windows home directory, if a separator follows.</summary>
    WindowsUser = 16384,

    /// <summary>A user's name at the end of a Windows home directory.</summary>
    WindowsUserAtEnd = 32768,
}

/// <summary>Look-up of <see cref="ByteClass"/>.</summary>
internal static class ByteClasses
{
    private static readonly ByteClass[] Table = Build();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(this byte value, ByteClass any) => (Table[value] & any) != 0;

    /// <summary>Returns those of <paramref name="classes"/> that the byte has.</summary>
    public static ByteClass Of(this byte value, ByteClass classes) => Table[value] & classes;

    /// <summary>Returns the first index from <paramref name="at"/> on whose byte has none of the classes.</summary>
    public static int End(this ReadOnlySpan<byte> text, int at, ByteClass any)
    {
        while (at < text.Length && text[at].Is(any))
            at++;
        return at;
    }

    /// <summary>Whether the ASCII word is at index <paramref name="at"/>, ignoring case.</summary>
    public static bool HasIgnoringCase(this ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> word) =>
        at >= 0 && at <= text.Length - word.Length && System.Text.Ascii.EqualsIgnoreCase(text.Slice(at, word.Length), word);

    /// <summary>Whether the text is one of the ASCII words, ignoring case.</summary>
    public static bool IsOneOf(this ReadOnlySpan<byte> text, byte[][] words)
    {
        foreach (var word in words)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(text, word))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Returns the length of the first of the words that is at index <paramref name="at"/>, or 0. The case of ASCII letters is ignored, but
    /// not that of others.
    /// </summary>
    public static int LengthOfAny(this ReadOnlySpan<byte> text, int at, byte[][] words)
    {
        foreach (var word in words)
        {
            if (at <= text.Length - word.Length && StartsWith(text[at..], word))
                return word.Length;
        }

        return 0;

        static bool StartsWith(ReadOnlySpan<byte> text, byte[] word)
        {
            for (var i = 0; i < word.Length; i++)
            {
                if (text[i] != word[i] && !(text[i].Is(ByteClass.Upper) && (text[i] | 0x20) == word[i]))
                    return false;
            }

            return true;
        }
    }

    /// <summary>Whether the text has an ASCII digit.</summary>
    public static bool HasDigit(this ReadOnlySpan<byte> text) => text.ContainsAnyInRange((byte)'0', (byte)'9');

    /// <summary>Splits words that are separated by spaces.</summary>
    public static byte[][] Words(string separatedBySpaces) => [.. separatedBySpaces.Split(' ').Select(System.Text.Encoding.UTF8.GetBytes)];

    private static ByteClass[] Build()
    {
        var table = new ByteClass[256];
        Set(ByteClass.Digit, IsDigit);
        Set(ByteClass.Lower, b => b is >= 'a' and <= 'z');
        Set(ByteClass.Upper, b => b is >= 'A' and <= 'Z');
        Set(ByteClass.Hex, b => IsDigit(b) || (char)(b | 0x20) is >= 'a' and <= 'f');
        Set(ByteClass.Word, b => IsAlphanumeric(b) || b == '_');
        Set(ByteClass.Token, b => IsAlphanumeric(b) || b is '_' or '-');
        Set(ByteClass.Base64, b => IsAlphanumeric(b) || b is '+' or '/' or '_' or '-');
        Set(ByteClass.Credentials, b => IsAlphanumeric(b) || b is '.' or '_' or '~' or '+' or '/' or '-');
        Set(ByteClass.Local, b => IsAlphanumeric(b) || b is '%' or '+' or '-' or '.' or '_' || b >= 0x80);
        Set(ByteClass.Label, b => IsAlphanumeric(b) || b == '-' || b >= 0x80);
        Set(ByteClass.Value, b => b > 0x20 && !"\"'&;,".Contains(b));
        Set(ByteClass.ValueStart, b => b > 0x20 && !"\"'&;,=>[]\\".Contains(b));
        Set(ByteClass.UrlUser, b => b > 0x20 && !"\"'<>/?#@[]\\".Contains(b));
        Set(ByteClass.UnixUser, b => b > 0x20 && !"/\\:;,\"'<>|*?()[]{}".Contains(b));
        Set(ByteClass.WindowsUser, b => b > 0x1f && !"\\/:*?\"<>|".Contains(b));
        Set(ByteClass.WindowsUserAtEnd, b => b > 0x20 && !"\\/:*?\"<>|'(),;[]".Contains(b));
        return table;

        void Set(ByteClass flag, Predicate<char> contains)
        {
            for (var b = 0; b < 256; b++)
            {
                if (contains((char)b))
                    table[b] |= flag;
            }
        }

        static bool IsDigit(char b) => b is >= '0' and <= '9';
        static bool IsAlphanumeric(char b) => IsDigit(b) || (char)(b | 0x20) is >= 'a' and <= 'z';
    }
}
