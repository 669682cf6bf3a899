using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Accounts.Secrets;

/// <summary>Random secrets that somebody carries (in a cookie, in a link) while the store has only their SHA-256.</summary>
public static class SecretToken
{
    /// <summary>Random bytes of a token: beyond guessing, so no salt or slow hash is needed to store it.</summary>
    public const int RandomBytes = 32;

    /// <summary>Characters of a token: the bytes in base64url.</summary>
    public const int Length = 43;

    /// <summary>Makes a new token.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The 32 bytes under which a token is stored; <c>null</c> where the text can't be a token.</summary>
    public static byte[]? TryHash(string? token) =>
        token is { Length: Length } && Base64Url.IsValid(token) ? Hash(token) : null;

    /// <summary>The 32 bytes under which a token is stored.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// The value that proves a page could read what this session was told, which another site can't: a hash, so that it can travel where the cookie must not.
    /// </summary>
    public static string CsrfOf(string sessionToken) => Base64Url.EncodeToString(Hash("csrf:" + sessionToken));

    /// <summary>Whether two secrets are the same, in a time that doesn't say how much of them is.</summary>
    public static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Hash(one), Hash(other));
}
