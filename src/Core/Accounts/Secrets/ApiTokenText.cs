using System.Buffers;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Accounts.Secrets;

/// <summary>The form of personal API tokens: <c>tk_pat_</c> and 32 characters of <c>0-9A-Za-z</c>. Only the SHA-256 is ever stored.</summary>
public static class ApiTokenText
{
    /// <summary>What every token starts with.</summary>
    public const string Prefix = "tk_pat_";

    /// <summary>Characters that lists may show.</summary>
    public const int ShownLength = 11;

    private const int RandomLength = 32;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> AlphabetValues = SearchValues.Create(Alphabet);

    /// <summary>Makes a new token.</summary>
    public static string Generate() => Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);

    /// <summary>The 32 bytes under which a token is stored; <c>null</c> where the text can't be a token.</summary>
    public static byte[]? TryHash(string? token) =>
        token is not null && token.Length == Prefix.Length + RandomLength && token.StartsWith(Prefix, StringComparison.Ordinal)
        && !token.AsSpan(Prefix.Length).ContainsAnyExcept(AlphabetValues) ? SecretToken.Hash(token) : null;
}
