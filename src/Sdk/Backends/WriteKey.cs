namespace TelemetryKit.Backends;

/// <summary>The write key, as people set it.</summary>
internal static class WriteKey
{
    private const int RandomLength = 32;

    private static readonly string[] Prefixes = ["tk_live_", "tk_test_"];

    /// <summary>
    /// Removes blanks and line ends around a key. Returns false if the rest is not a write key, which must then reach no header.
    /// </summary>
    public static bool TryClean(string? text, out string key)
    {
        key = text?.Trim() ?? "";
        foreach (var prefix in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return key.Length == prefix.Length + RandomLength && IsAlphanumeric(key, prefix.Length);
        }

        return false;
    }

    /// <summary>Describes what is wrong with a cleaned text that is not a write key, without quoting it.</summary>
    public static string FaultOf(string key) => key.StartsWith("tk_read_", StringComparison.Ordinal)
        ? "the key is a read key, which cannot send; use a write key, tk_live_… or tk_test_…"
        : "the key is malformed";

    private static bool IsAlphanumeric(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9')))
                return false;
        }

        return true;
    }
}
