namespace TelemetryKit.Platform;

/// <summary>base64url without padding (RFC 4648), which netstandard2.0 does not have.</summary>
internal static class Base64Url
{
    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Decodes a number of bytes that is known. Returns false for any other text.</summary>
    public static bool TryDecode(string? text, int bytes, out byte[] decoded)
    {
        decoded = [];
        if (text is null || text.Length != ((4 * bytes) + 2) / 3)
            return false;
        foreach (var c in text)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_'))
                return false;
        }

        decoded = Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4));
        return true;
    }
}
