using System.Buffers;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Accounts.Secrets;

/// <summary>The form of personal API tokens: <c>tk_pat_</c> and 32 characters of <c>0-9A-Za-z</c>. Only their SHA-256 is stored.</summary>
public static class ApiTokenText
{
    /// <summary>The prefix of every token.</summary>
    public const string Prefix = "tk_pat_";

    /// <summary>The number of characters that lists show.</summary>
    public const int ShownLength = 11;

    private const int RandomLength = 32;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> AlphabetValues = SearchValues.Create(Alphabet);

    /// <summary>Generates a token.</summary>
    public static string Generate() => Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);

    /// <summary>Returns the 32-byte hash under which a token is stored, or <c>null</c> if the text is not a token.</summary>
    public static byte[]? TryHash(string? token) =>
        token is not null && token.Length == Prefix.Length + RandomLength && token.StartsWith(Prefix, StringComparison.Ordinal)
        && !token.AsSpan(Prefix.Length).ContainsAnyExcept(AlphabetValues) ? SecretToken.Hash(token) : null;
}
