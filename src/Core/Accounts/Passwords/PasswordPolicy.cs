using System.Collections.Frozen;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Accounts.Passwords;

/// <summary>
/// Refuses short passwords, the most common ones (also if digits were added), and those that repeat the address. There are no rules about
/// kinds of characters, because they lead to worse passwords.
/// </summary>
public static class PasswordPolicy
{
    /// <summary>The minimum number of characters.</summary>
    public const int MinLength = 10;

    /// <summary>The maximum number of characters. Longer ones would only cost hashing time.</summary>
    public const int MaxLength = 128;

    // A shorter password that is a common word with digits and signs around it is among the first million guesses of cracking tools.
    private const int PaddedWordLength = 16;
    private const int MinDistinct = 5;
    private static readonly FrozenSet<string> Common = ReadCommon();
    private static readonly string[] Sequences =
    [
        "01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn",
    ];

    /// <summary>Returns why the password is refused, as the end of a sentence, or <c>null</c> if it is accepted.</summary>
    public static string? FaultOf(string password, EmailAddress? email)
    {
        password = PasswordText.Normalize(password);
        var length = CodePoints.Count(password);
        if (length < MinLength)
            return $"must have at least {MinLength} characters";
        if (length > MaxLength)
            return $"must have at most {MaxLength} characters";
        var plain = password.ToLowerInvariant();
        if (email is not null && IsAddress(plain, email))
            return "must not be the e-mail address";
        if (
            plain.Distinct().Count() < MinDistinct || Sequences.Any(
                sequence => sequence.Contains(plain, StringComparison.Ordinal)) || IsCommon(plain))
            return "is among the most common passwords";
        return null;
    }

    private static bool IsAddress(string plain, EmailAddress email) =>
        plain == email.Key || plain.Equals(email.Text, StringComparison.OrdinalIgnoreCase)
        || plain == email.Key[..email.Key.IndexOf('@', StringComparison.Ordinal)];

    private static bool IsCommon(string plain)
    {
        if (Common.Contains(plain))
            return true;
        if (plain.Length >= PaddedWordLength)
            return false;
        var word = plain.AsSpan();
        while (word.Length > 0 && !char.IsAsciiLetter(word[^1]))
            word = word[..^1];
        while (word.Length > 0 && !char.IsAsciiLetter(word[0]))
            word = word[1..];
        return word.Length > 0 && Common.Contains(WithoutSubstitutions(word));
    }

    // Reverts the substitutions that every cracking tool tries.
    private static string WithoutSubstitutions(ReadOnlySpan<char> word) => string.Create(word.Length, word, static (text, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            text[i] = from[i] switch
            {
                '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', var c => c,
            };
        }
    });

    private static FrozenSet<string> ReadCommon()
    {
        using var stream = typeof(PasswordPolicy).Assembly.GetManifestResourceStream(typeof(PasswordPolicy), "common-passwords.txt")
            ?? throw new InvalidOperationException("common-passwords.txt is not embedded in this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
