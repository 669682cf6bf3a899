using System.Security.Cryptography;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>
/// Codes that replace a lost authenticator, each usable once: three groups of five letters and digits without similar characters (73 bits).
/// </summary>
public static class RecoveryCode
{
    /// <summary>The number of codes in a set. A new set replaces the old one.</summary>
    public const int Count = 10;

    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";
    private const int GroupLength = 5;
    private const int Groups = 3;

    /// <summary>Generates a set of codes.</summary>
    public static IReadOnlyList<string> GenerateSet() => [.. Enumerable.Range(0, Count).Select(_ => Generate())];

    /// <summary>Returns the 32-byte hash under which a code is stored. The id of the account is hashed with the code.</summary>
    public static byte[] Hash(Guid accountId, string code)
    {
        var plain = code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return SecretToken.Hash($"{accountId:N}:{plain}");
    }

    private static string Generate() =>
        string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Alphabet, GroupLength)));
}
