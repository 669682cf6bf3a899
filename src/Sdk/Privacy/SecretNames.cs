namespace TelemetryKit.Privacy;

/// <summary>
/// The names of keys whose values are secrets, such as <c>db_password</c>: <c>secret_keys</c> of <c>spec/scrubbing.json</c>. A list and not
/// the regex, so that a key is no reason to construct the patterns. A test compares the two.
/// </summary>
internal static class SecretNames
{
    private static readonly string[] Names =
    [
        "password", "passwort", "passwd", "passphrase", "pwd", "secret", "kennwort", "contraseña", "contraseÑa", "contrasena", "senha",
        "wachtwoord", "hasło", "hasŁo", "haslo", "heslo", "passord", "пароль", "Пароль", "密码", "密碼", "パスワード", "비밀번호",
    ];

    private static readonly string[] BeforeKey =
        ["api", "access", "account", "private", "secret", "signing", "shared", "encryption", "auth", "master", "client", "webhook"];

    /// <summary>Whole words: a letter before them is part of another word.</summary>
    private static readonly string[] NumberWords = ["pin", "otp"];
    private static readonly string[] TextWords = ["sig", "jwt", "auth", "cookie", "session", "credential", "credentials"];

    /// <summary>Returns whether the numbers of a key are secrets.</summary>
    public static bool HasSecretNumbers(string key)
    {
        key = Folding.Fold(key, out _);
        if (EndsInOne(key, key.Length, Names) || EndsInWord(key, NumberWords) || EndsInPhrase(key))
            return true;
        if (!EndsIn(key, key.Length, "key"))
            return false;
        var end = key.Length - 3;
        if (end > 0 && key[end - 1] is '_' or '-')
            end--;
        return EndsInOne(key, end, BeforeKey);
    }

    /// <summary>Returns whether the texts of a key are secrets. Numbers after <c>token</c> are often counts of tokens.</summary>
    public static bool HasSecretTexts(string key)
    {
        var folded = Folding.Fold(key, out _);
        return EndsIn(folded, folded.Length, "token") || EndsInWord(folded, TextWords) || HasSecretNumbers(key);
    }

    /// <summary>Whether a key ends in <c>mot de passe</c>.</summary>
    private static bool EndsInPhrase(string key)
    {
        var end = key.Length;
        foreach (var word in (string[])["passe", "de"])
        {
            if (!EndsIn(key, end, word))
                return false;
            end -= word.Length;
            if (end > 0 && key[end - 1] is ' ' or '_' or '-')
                end--;
        }

        return EndsIn(key, end, "mot");
    }

    private static bool EndsInWord(string key, string[] words)
    {
        foreach (var word in words)
        {
            var start = key.Length - word.Length;
            if (EndsIn(key, key.Length, word) && (start == 0 || key[start - 1] is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z'))))
                return true;
        }

        return false;
    }

    private static bool EndsInOne(string key, int end, string[] names)
    {
        foreach (var name in names)
        {
            if (EndsIn(key, end, name))
                return true;
        }

        return false;
    }

    private static bool EndsIn(string key, int end, string name) =>
        end >= name.Length && EqualsIgnoringAsciiCase(key, end - name.Length, name);

    private static bool EqualsIgnoringAsciiCase(string text, int at, string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            var (a, b) = (text[at + i], name[i]);
            if (a != b && !(a < 128 && b is >= 'a' and <= 'z' && (a | 0x20) == b))
                return false;
        }

        return true;
    }
}
