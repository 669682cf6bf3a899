namespace TelemetryKit.Privacy;

/// <summary>
/// The names of keys whose values are secrets, such as <c>db_password</c>: <c>secret_keys</c> of <c>spec/scrubbing.json</c>. A list and not
/// the regex, so that a key is no reason to construct the patterns. A test compares the two.
/// </summary>
internal static class SecretNames
{
    private static readonly string[] Names = ["password", "passwort", "passwd", "passphrase", "pwd", "secret"];

    private static readonly string[] BeforeKey =
        ["api", "access", "account", "private", "secret", "signing", "shared", "encryption", "auth", "master", "client", "webhook"];

    /// <summary>Returns whether the numbers of a key are secrets.</summary>
    public static bool HasSecretNumbers(string key)
    {
        key = Folding.Fold(key, out _);
        if (!EndsIn(key, key.Length, "key"))
            return EndsInOne(key, key.Length, Names);
        var end = key.Length - 3;
        if (end > 0 && key[end - 1] is '_' or '-')
            end--;
        return EndsInOne(key, end, BeforeKey);
    }

    /// <summary>Returns whether the texts of a key are secrets. Numbers after <c>token</c> are often counts of tokens.</summary>
    public static bool HasSecretTexts(string key)
    {
        var folded = Folding.Fold(key, out _);
        return EndsIn(folded, folded.Length, "token") || HasSecretNumbers(key);
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
        end >= name.Length && string.Compare(key, end - name.Length, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0;
}
