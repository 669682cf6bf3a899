using System.Buffers;
using System.Text;

namespace TelemetryKit.Core.Accounts;

/// <summary>An address as its owner wrote it, and the key by which it is found. Whether it exists, only a mail can tell.</summary>
public sealed record EmailAddress
{
    private const int MaxLength = 254; // RFC 5321, a forward path without its brackets.
    private static readonly SearchValues<char> NeverIn = SearchValues.Create(" \t\r\n<>()[]\\,;:\"");

    private EmailAddress(string text) => Text = text;

    /// <summary>As written, without the spaces around it.</summary>
    public string Text { get; }

    /// <summary>What makes two spellings the same account: one Unicode form, lower case.</summary>
    public string Key => Text.ToLowerInvariant();

    /// <summary>Reads an address; <c>null</c> where the text can't be one.</summary>
    public static EmailAddress? TryParse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || text.AsSpan().ContainsAny(NeverIn) || text.Any(char.IsControl) || !text.IsNormalizedText())
            return null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || at != text.LastIndexOf('@'))
            return null;
        var domain = text[(at + 1)..];
        if (domain.Length < 3 || !domain.Contains('.', StringComparison.Ordinal) || domain.Split('.').Any(label => label.Length == 0 || label[0] == '-' || label[^1] == '-'))
            return null;
        return new EmailAddress(text.Normalize(NormalizationForm.FormC));
    }

    /// <inheritdoc />
    public override string ToString() => "(an address)"; // So that it never reaches a log by way of a format string.
}

file static class TextChecks
{
    // Lone surrogates can't be normalised, nor stored.
    public static bool IsNormalizedText(this string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                return false;
        }

        return true;
    }
}
