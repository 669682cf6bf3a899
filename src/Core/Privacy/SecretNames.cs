namespace TelemetryKit.Core.Privacy;

/// <summary>The words that precede a secret, such as <c>password</c>, <c>token</c> and <c>api_key</c>, in any case.</summary>
internal static class SecretNames
{
    // The longest word is パスワード, with three bytes for each character.
    private const int Longest = 15;

    private static readonly byte[][] Passwords = ByteClasses.Words("password passwort passwd passphrase");

    // Passwords in other languages. The case of letters that aren't ASCII isn't ignored.
    private static readonly byte[][] Foreign = ByteClasses.Words(
        "kennwort contraseña contraseÑa contrasena senha wachtwoord hasło hasŁo haslo heslo passord пароль Пароль 密码 密碼 パスワード 비밀번호");

    private static readonly byte[][] Phrase = ByteClasses.Words("mot de passe");

    /// <summary>Words that a letter before them makes part of another word.</summary>
    private static readonly byte[][] NumberWords = ByteClasses.Words("pin otp");
    private static readonly byte[][] TextWords = ByteClasses.Words("sig jwt auth cookie session credential credentials");
    private static readonly byte[][] BeforeKey =
        ByteClasses.Words("api access account private secret signing shared encryption auth master client webhook");

    /// <summary>The first bytes of all words.</summary>
    public static byte[] FirstBytes => [.. "aehkmpstwcAEHKMPSTWC"u8, .. Foreign.Select(word => word[0])];

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

                return ForeignAt(text, at, out isPassword);
            case ('p', 'w'):
                return text.HasIgnoringCase(at, "pwd"u8) ? 3 : 0;
            case ('t', 'o'):
                isPassword = false;
                return text.HasIgnoringCase(at, "token"u8) ? 5 : 0;
            case ('s', 'e'):
                var key = KeyLengthAt(text, at);
                isPassword = key > 0;
                return isPassword ? key : text.HasIgnoringCase(at, "secret"u8) ? 6 : ForeignAt(text, at, out isPassword);
            case ('m', 'o'):
                isPassword = false;
                return PhraseAt(text, at);
            case ('k' or 'h', 'e') or ('c', 'o') or ('w' or 'h', 'a') or (>= '\x80', _):
                return ForeignAt(text, at, out isPassword);
            case ('a', 'p' or 'c' or 'u') or ('p', 'r') or ('s', 'i' or 'h') or ('e', 'n') or ('m', 'a') or ('c', 'l') or ('w', 'e'):
                return KeyLengthAt(text, at);
            default:
                return 0;
        }
    }

    /// <summary>Returns which values of a key are secrets, because its name ends in one of the words.</summary>
    public static SecretKey OfKey(ReadOnlySpan<byte> name)
    {
        if (EndsInWord(name, NumberWords))
            return SecretKey.TextsAndNumbers;
        if (EndsInWord(name, TextWords))
            return SecretKey.Texts;
        for (var at = Math.Max(0, name.Length - Longest); at < name.Length; at++)
        {
            if (LengthAt(name, at, out _) == name.Length - at)
                return name[at..].HasIgnoringCase(0, "token"u8) ? SecretKey.Texts : SecretKey.TextsAndNumbers;
        }

        return SecretKey.None;
    }

    private static bool EndsInWord(ReadOnlySpan<byte> name, byte[][] words)
    {
        foreach (var word in words)
        {
            var start = name.Length - word.Length;
            if (name.HasIgnoringCase(start, word) && (start == 0 || !name[start - 1].Is(ByteClass.Lower | ByteClass.Upper)))
                return true;
        }

        return false;
    }

    private static int ForeignAt(ReadOnlySpan<byte> text, int at, out bool isPassword)
    {
        isPassword = false;
        return text.LengthOfAny(at, Foreign);
    }

    /// <summary>mot de passe, motdepasse, mot_de-passe</summary>
    private static int PhraseAt(ReadOnlySpan<byte> text, int at)
    {
        var end = at;
        foreach (var word in Phrase)
        {
            if (end > at && end < text.Length && text[end] is (byte)' ' or (byte)'_' or (byte)'-')
                end++;
            if (!text.HasIgnoringCase(end, word))
                return 0;
            end += word.Length;
        }

        return end - at;
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
