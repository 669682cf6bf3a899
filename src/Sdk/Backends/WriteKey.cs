namespace TelemetryKit.Backends;

/// <summary>The write key, as people set it.</summary>
internal static class WriteKey
{
    /// <summary>Removes blanks and line ends around a key. Returns false if it contains what no key does and no header may.</summary>
    public static bool TryClean(string? text, out string key)
    {
        key = text?.Trim() ?? "";
        foreach (var c in key)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' or '.' or '~'))
                return false;
        }

        return key.Length > 0;
    }
}
