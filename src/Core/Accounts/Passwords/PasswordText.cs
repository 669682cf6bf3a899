using System.Text;

namespace TelemetryKit.Core.Accounts.Passwords;

/// <summary>
/// The form in which a password is hashed. Keyboards and systems write the same letter in different code points, so a password is composed
/// first (NFC, as RFC 8265 says).
/// </summary>
public static class PasswordText
{
    /// <summary>The form that new passwords are hashed in.</summary>
    public static string Normalize(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        return TryNormalize(typed, NormalizationForm.FormC);
    }

    /// <summary>
    /// The forms that a stored hash may be of, today's first. Hashes made before passwords were composed are of what was typed then,
    /// composed or decomposed.
    /// </summary>
    public static IReadOnlyList<string> Candidates(string typed) =>
        Ascii.IsValid(typed)
            ? [typed]
            : [.. new[] { Normalize(typed), typed, TryNormalize(typed, NormalizationForm.FormD) }.Distinct(StringComparer.Ordinal)];

    private static string TryNormalize(string typed, NormalizationForm form)
    {
        try
        {
            return typed.Normalize(form);
        }
        catch (ArgumentException)
        {
            // Not Unicode, such as half a surrogate pair: it has one form only.
            return typed;
        }
    }
}
