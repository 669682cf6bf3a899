namespace TelemetryKit.Core.Privacy;

/// <summary>The words that precede a secret, such as <c>password</c>, <c>token</c> and <c>api_key</c>, in any case.</summary>
internal static class SecretNames
{
    // The longest word is encryption_key.
    private const int Longest = 14;

    private static readonly byte[][] Passwords = ByteClasses.Words("password passwort passwd passphrase");
    private static readonly byte[][] BeforeKey =
        ByteClasses.Words("api access account private secret signing shared encryption auth master client webhook");

    /// <summary>
    /// Returns the length in bytes of the word at <paramref name="at"/>, or 0 if there is none. <paramref name="isPassword"/> is true for
    /// passwords and keys, and false for the words <c>secret</c> and <c>token</c>, which are also words of ordinary texts.
    /// </summary>
    public static int LengthAt(ReadOnlySpan<byte> text, int at, out bool isPassword)
    {
        isPassword = true;
        if (at + 3 > text.Length)
            return 0;
        // Nearly all positions are ruled out by two letters.
        switch ((char)(text[at] | 0x20), (char)(text[at + 1] | 0x20))
        {
            case ('p', 'a'):
                foreach (var word in Passwords)
                {
                    if (text.HasIgnoringCase(at, word))
                        return word.Length;
                }

                return 0;
            case ('p', 'w'):
                return text.HasIgnoringCase(at, "pwd"u8) ? 3 : 0;
            case ('t', 'o'):
                isPassword = false;
                return text.HasIgnoringCase(at, "token"u8) ? 5 : 0;
            case ('s', 'e'):
                var key = KeyLengthAt(text, at);
                isPassword = key > 0;
                return isPassword ? key : text.HasIgnoringCase(at, "secret"u8) ? 6 : 0;
            case ('a', 'p' or 'c' or 'u') or ('p', 'r') or ('s', 'i' or 'h') or ('e', 'n') or ('m', 'a') or ('c', 'l') or ('w', 'e'):
                return KeyLengthAt(text, at);
            default:
                return 0;
        }
    }

    /// <summary>Returns which values of a key are secrets, because its name ends in one of the words.</summary>
    public static SecretKey OfKey(ReadOnlySpan<byte> name)
    {
        // Most names end in a letter that no word ends in.
        if (name.IsEmpty || !"detny"u8.Contains((byte)(name[^1] | 0x20)))
            return SecretKey.None;
        for (var at = Math.Max(0, name.Length - Longest); at < name.Length; at++)
        {
            if (LengthAt(name, at, out _) == name.Length - at)
                return name[at..].HasIgnoringCase(0, "token"u8) ? SecretKey.Texts : SecretKey.TextsAndNumbers;
        }

        return SecretKey.None;
    }

    private static int KeyLengthAt(ReadOnlySpan<byte> text, int at)
    {
        foreach (var word in BeforeKey)
        {
            if (!text.HasIgnoringCase(at, word))
                continue;
            var key = at + word.Length;
            if (key < text.Length && text[key] is (byte)'_' or (byte)'-')
                key++;
            if (text.HasIgnoringCase(key, "key"u8))
                return key + 3 - at;
        }

        return 0;
    }
}
