using System.Security.Cryptography;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>Codes that stand in for a lost authenticator, each once: three groups of five letters and digits that can't be mistaken for one another (73 bits).</summary>
public static class RecoveryCode
{
    /// <summary>Codes of a set; a new set replaces the old one.</summary>
    public const int Count = 10;

    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";
    private const int GroupLength = 5;
    private const int Groups = 3;

    /// <summary>Makes a set of codes.</summary>
    public static IReadOnlyList<string> GenerateSet() => [.. Enumerable.Range(0, Count).Select(_ => Generate())];

    /// <summary>The 32 bytes under which a code is stored. A set belongs to one account, whose id is hashed with it.</summary>
    public static byte[] Hash(Guid accountId, string code)
    {
        var plain = code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return SecretToken.Hash($"{accountId:N}:{plain}");
    }

    private static string Generate() =>
        string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Alphabet, GroupLength)));
}
