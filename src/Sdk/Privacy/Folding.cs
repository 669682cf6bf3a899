using System.Text;

namespace TelemetryKit.Privacy;

/// <summary>
/// The folding of <c>spec/scrubbing.json</c>: a copy of a text in which full-width letters, foreign digits, special blanks and hyphens and
/// percent-encoded characters and escaped at signs are ASCII characters, and invisible characters are left out.
/// </summary>
internal static class Folding
{
    private const int Nothing = -1;

    private static readonly string[] AtSigns = ["\\u0040", "\\x40", "&#64;", "&#x40;", "&#X40;"];

    /// <summary>Folds a text. Returns the text itself, and no positions, if there is nothing to fold.</summary>
    /// <param name="text">The text.</param>
    /// <param name="positions">For each character of the copy, and its end, the position in the text.</param>
    public static string Fold(string text, out int[]? positions)
    {
        positions = null;
        StringBuilder? copy = null;
        for (var at = 0; at < text.Length;)
        {
            var folded = At(text, at, out var length);
            if (copy is null && (length > 1 || folded != text[at]))
            {
                copy = new StringBuilder(text.Length).Append(text, 0, at);
                positions = new int[text.Length + 1];
                for (var i = 0; i < at; i++)
                    positions[i] = i;
            }

            if (copy is not null && folded != Nothing)
            {
                positions![copy.Length] = at;
                copy.Append((char)folded);
            }

            at += length;
        }

        if (copy is null)
            return text;
        positions![copy.Length] = text.Length;
        return copy.ToString();
    }

    private static int At(string text, int at, out int length)
    {
        var c = text[at];
        length = 1;
        if (c == '%' && at + 2 < text.Length)
        {
            var value = (Hex(text[at + 1]) << 4) | Hex(text[at + 2]);
            if (value is < 0x20 or > 0x7e)
                return c;
            length = 3;
            return value;
        }

        if (c is '\\' or '&')
        {
            foreach (var escape in AtSigns)
            {
                if (string.CompareOrdinal(text, at, escape, 0, escape.Length) != 0)
                    continue;
                length = escape.Length;
                return '@';
            }
        }

        return c < 0x80 ? c : c switch
        {
            >= '\uff01' and <= '\uff5e' => c - 0xfee0,
            >= '\u0660' and <= '\u0669' => c - 0x630,
            >= '\u06f0' and <= '\u06f9' => c - 0x6c0,
            >= '\u0966' and <= '\u096f' => c - 0x936,
            '\u00a0' or (>= '\u2000' and <= '\u200a') or '\u202f' or '\u205f' or '\u3000' => ' ',
            (>= '\u2010' and <= '\u2015') or '\u2212' => '-',
            '\u3002' or '\uff61' => '.',
            '\u00ad' or '\u061c' or '\u180e' or '\ufeff' or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e')
                or (>= '\u2060' and <= '\u2064') or (>= '\u2066' and <= '\u2069') => Nothing,
            _ => c,
        };
    }

    /// <summary>Returns the value of a hexadecimal digit, or a value that makes the whole number too large.</summary>
    private static int Hex(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => 0x100,
    };
}
