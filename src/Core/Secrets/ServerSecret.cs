using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Secrets;

/// <summary>
/// A secret of the server. It isn't in the database, so what is sealed with it can't be read from a copy of the database. Values are sealed
/// with AES-256-GCM; the key is derived from the secret with HKDF-SHA-256.
/// </summary>
public sealed class ServerSecret
{
    /// <summary>The minimum length in characters: that of 32 random bytes in base64 without padding.</summary>
    public const int MinLength = 43;

    /// <summary>The length of an id in bytes.</summary>
    public const int IdLength = 8;

    // Random bytes in hex have 16 different characters at most, and almost never fewer than 10 in 64.
    private const int MinDifferentCharacters = 10;
    private const int RandomBytes = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _id;
    private readonly byte[] _key;

    private ServerSecret(string text)
    {
        var seed = HKDF.Extract(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(text), "TelemetryKit server secret"u8.ToArray());
        _id = HKDF.Expand(HashAlgorithmName.SHA256, seed, IdLength, "id"u8.ToArray());
        _key = HKDF.Expand(HashAlgorithmName.SHA256, seed, 32, "seal"u8.ToArray());
    }

    /// <summary>
    /// Identifies the secret without revealing it: <see cref="IdLength"/> bytes that are derived from it. The database contains them.
    /// </summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>Generates the text of a secret.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Creates a secret from its text. Returns <c>null</c> if the text is so short or uniform that it could be guessed.</summary>
    /// <param name="text">The text. White space around it is ignored.</param>
    public static ServerSecret? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        return trimmed.Length >= MinLength && trimmed.Distinct().Count() >= MinDifferentCharacters ? new ServerSecret(trimmed) : null;
    }

    /// <summary>Encrypts a value. The result is never the same twice.</summary>
    /// <param name="plain">The value.</param>
    /// <param name="place">The row to which the value belongs. The value can't be opened as that of another row.</param>
    internal byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> place)
    {
        var sealedValue = new byte[NonceLength + plain.Length + TagLength];
        var nonce = sealedValue.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagLength);
        aes.Encrypt(nonce, plain, sealedValue.AsSpan(NonceLength, plain.Length), sealedValue.AsSpan(^TagLength..), place);
        return sealedValue;
    }

    /// <summary>Decrypts a value.</summary>
    /// <exception cref="CryptographicException">The value was altered, or is that of another secret or row.</exception>
    internal byte[] Open(ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> place)
    {
        if (sealedValue.Length < NonceLength + TagLength)
            throw new CryptographicException("The sealed value is truncated.");
        var plain = new byte[sealedValue.Length - NonceLength - TagLength];
        using var aes = new AesGcm(_key, TagLength);
        aes.Decrypt(
            sealedValue[..NonceLength], sealedValue.Slice(NonceLength, plain.Length), sealedValue[^TagLength..], plain, place);
        return plain;
    }
}
