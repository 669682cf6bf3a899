using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Keys;

/// <summary>
/// The format of keys: a prefix for the kind and 32 characters of <c>0-9A-Za-z</c>. Only the SHA-256 of a key is stored.
/// </summary>
public static class ApiKey
{
    /// <summary>Characters after the prefix: 62^32, about 190 bits.</summary>
    public const int RandomLength = 32;

    /// <summary>Characters of a key that lists may show: the prefix and the first four random ones.</summary>
    public const int ShownLength = 12;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> AlphabetValues = SearchValues.Create(Alphabet);
    private static readonly string[] Prefixes = ["tk_live_", "tk_test_", "tk_read_"];

    /// <summary>Creates a new random key of the kind.</summary>
    public static string Generate(KeyKind kind) => Prefixes[(int)kind] + RandomNumberGenerator.GetString(Alphabet, RandomLength);

    /// <summary>Derives a key from 32 secret bytes. The same bytes give the same key.</summary>
    public static string Of(KeyKind kind, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, RandomLength);
        Span<char> random = stackalloc char[RandomLength];
        for (var i = 0; i < RandomLength; i++)
            random[i] = Alphabet[secret[i] % Alphabet.Length];
        return string.Concat(Prefixes[(int)kind], random);
    }

    /// <summary>Reads the kind of a well-formed key. Returns <c>false</c> if the text is not a key.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyKind kind)
    {
        for (var i = 0; i < Prefixes.Length; i++)
        {
            if (!text.StartsWith(Prefixes[i], StringComparison.Ordinal))
                continue;
            kind = (KeyKind)i;
            var random = text[Prefixes[i].Length..];
            return random.Length == RandomLength && !random.ContainsAnyExcept(AlphabetValues);
        }

        kind = default;
        return false;
    }

    /// <summary>The 32 bytes under which a key is stored and looked up.</summary>
    public static byte[] Hash(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)]);
    }

    /// <summary>The environment a write key writes to, and a read key reads by default.</summary>
    public static DataEnvironment EnvironmentOf(KeyKind kind) => kind == KeyKind.Test ? DataEnvironment.Test : DataEnvironment.Live;
}
