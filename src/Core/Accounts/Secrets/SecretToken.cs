using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Accounts.Secrets;

/// <summary>Random secrets in cookies and links. The store has only their SHA-256.</summary>
public static class SecretToken
{
    /// <summary>Random bytes of a token. It can't be guessed, so it is stored without salt or slow hash.</summary>
    public const int RandomBytes = 32;

    /// <summary>Characters of a token: its bytes in base64url.</summary>
    public const int Length = 43;

    /// <summary>Generates a token.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Returns the 32-byte hash under which a token is stored, or <c>null</c> if the text is not a token.</summary>
    public static byte[]? TryHash(string? token) =>
        token is { Length: Length } && Base64Url.IsValid(token) ? Hash(token) : null;

    /// <summary>Returns the 32-byte hash under which a token is stored.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// Returns the CSRF token of a session, which pages of other sites can't read. It is a hash, so it doesn't reveal the session's token.
    /// </summary>
    public static string CsrfOf(string sessionToken) => Base64Url.EncodeToString(Hash("csrf:" + sessionToken));

    /// <summary>Compares two secrets in a time that doesn't depend on how much of them is equal.</summary>
    public static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Hash(one), Hash(other));
}
