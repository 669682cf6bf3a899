using System.Text;

namespace TelemetryKit.Core.Accounts.Passwords;

/// <summary>
/// The form in which a password is hashed. Keyboards and systems enter the same letter with different code points, so a password is
/// composed first (NFC, as in RFC 8265).
/// </summary>
public static class PasswordText
{
    /// <summary>Returns the form in which new passwords are hashed.</summary>
    public static string Normalize(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        return TryNormalize(typed, NormalizationForm.FormC);
    }

    /// <summary>
    /// Returns the forms that a stored hash may be of, the current form first. Earlier versions hashed the password as typed, composed or
    /// decomposed.
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
            // Not valid Unicode, such as a lone surrogate: it has one form only.
            return typed;
        }
    }
}
