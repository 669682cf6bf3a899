using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// The secret of an install, from which its <c>user_id</c> is derived: only the user of the tool has it, so it proves who may erase what
/// was sent with that id.
/// </summary>
public static class InstallSecret
{
    /// <summary>The length of a secret in bytes.</summary>
    public const int Length = 32;

    private const int TextLength = 43;

    /// <summary>Reads a secret from base64url without padding. Returns <c>null</c> if the text isn't a secret.</summary>
    public static byte[]? TryParse(string? text)
    {
        if (text?.Length != TextLength || text.Any(char.IsWhiteSpace) || !Base64Url.IsValid(text))
            return null;
        return Base64Url.DecodeFromChars(text);
    }

    /// <summary>
    /// Returns the <c>user_id</c> of an install: SHA-256 of <c>telemetrykit:user:</c>, the name of the service, a colon and the secret, in
    /// lower-case hexadecimal digits.
    /// </summary>
    public static string UserId(string serviceName, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, Length);
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"telemetrykit:user:{serviceName}:"), .. secret]));
    }
}
