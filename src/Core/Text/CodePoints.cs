namespace TelemetryKit.Core.Text;

/// <summary>
/// Lengths in Unicode code points, the unit of all limits of text. UTF-16 counts an emoji as two characters, and UTF-8 as four bytes.
/// </summary>
public static class CodePoints
{
    /// <summary>Returns the number of code points. An unpaired surrogate counts as one.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var i = 0; i < text.Length; i++)
            count -= IsPairAt(text, i) ? 1 : 0;

        return count;
    }

    /// <summary>
    /// Returns whether every store can hold the text: PostgreSQL has no U+0000, and UTF-8 no unpaired surrogates.
    /// </summary>
    public static bool AreStorable(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 0 || (char.IsSurrogate(text[i]) && !IsPairAt(text, i)))
                return false;
            if (char.IsHighSurrogate(text[i]))
                i++;
        }

        return true;
    }

    /// <summary>Returns whether the number of code points is in a range, inclusive.</summary>
    public static bool IsBetween(ReadOnlySpan<char> text, int least, int most) =>
        text.Length >= least && (text.Length <= most || Count(text) <= most) && (least <= 1 || Count(text) >= least);

    private static bool IsPairAt(ReadOnlySpan<char> text, int i) =>
        i + 1 < text.Length && char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1]);
}
