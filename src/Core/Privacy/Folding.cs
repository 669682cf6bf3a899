using System.Buffers;
using System.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// The folding of <c>spec/scrubbing.json</c>: a copy of a text in which full-width letters, foreign digits, special blanks and hyphens and
/// percent-encoded characters and escaped at signs are ASCII characters, and invisible characters are left out.
/// </summary>
internal static class Folding
{
    private const int Nothing = -1;

    private static readonly SearchValues<byte> Leads = SearchValues.Create([.. "%\\&"u8, .. LeadsOfCharacters]);
    private static readonly byte[][] AtSigns = ByteClasses.Words(@"\u0040 \x40 &#64; &#x40; &#X40;");
    private static readonly bool[] IsLead = [.. Enumerable.Range(0, 256).Select(b => Leads.Contains((byte)b))];

    /// <summary>
    /// The first bytes of the characters that are folded. The most frequent letters of most scripts begin with other bytes.
    /// </summary>
    public static ReadOnlySpan<byte> LeadsOfCharacters => [0xc2, 0xd8, 0xd9, 0xdb, 0xe0, 0xe1, 0xe2, 0xe3, 0xef];

    /// <summary>Returns the index of the first byte that may have to be folded, or −1 if there is none.</summary>
    public static int Start(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAny(Leads);
        // Most backslashes are those of paths.
        while (start >= 0 && text[start] is (byte)'\\' or (byte)'&' && AtSign(text[start..]) == 0)
        {
            var next = text[(start + 1)..].IndexOfAny(Leads);
            start = next < 0 ? -1 : start + 1 + next;
        }

        return start;
    }

    /// <summary>Folds a text and returns the length of the copy.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The result of <see cref="Start"/>.</param>
    /// <param name="copy">The copy, which is at most as long as the text.</param>
    /// <param name="positions">For each byte of the copy, and its end, the index in the text.</param>
    public static int Fold(ReadOnlySpan<byte> text, int start, Span<byte> copy, Span<int> positions)
    {
        text[..start].CopyTo(copy);
        for (var i = 0; i < start; i++)
            positions[i] = i;
        var length = start;
        for (var at = start; at < text.Length;)
        {
            if (!IsLead[text[at]])
            {
                (positions[length], copy[length]) = (at, text[at]);
                length++;
                at++;
                continue;
            }

            var folded = At(text[at..], out var read);
            if (folded >= 0)
            {
                positions[length] = at;
                copy[length++] = (byte)folded;
            }
            else if (folded != Nothing)
            {
                for (var i = 0; i < read; i++, length++)
                    (positions[length], copy[length]) = (at + i, text[at + i]);
            }

            at += read;
        }

        positions[length] = text.Length;
        return length;
    }

    /// <summary>
    /// Returns the ASCII character that the first character of the text is folded to, <see cref="Nothing"/>, or another negative value if
    /// the character stays as it is.
    /// </summary>
    private static int At(ReadOnlySpan<byte> text, out int read)
    {
        const int Same = -2;
        read = 1;
        if (text[0] == '%' && text.Length > 2 && text[1] is >= (byte)'2' and <= (byte)'7' && text[2].Is(ByteClass.Hex))
        {
            var value = ((text[1] - '0') << 4) + (text[2].Is(ByteClass.Digit) ? text[2] - '0' : (text[2] | 0x20) - 'a' + 10);
            if (value == 0x7f)
                return Same;
            read = 3;
            return value;
        }

        if (text[0] is (byte)'\\' or (byte)'&' && AtSign(text) is var escape and > 0)
        {
            read = escape;
            return '@';
        }

        if (text[0] < 0x80)
            return Same;
        Rune.DecodeFromUtf8(text, out var rune, out read);
        return rune.Value switch
        {
            >= 0xff01 and <= 0xff5e => rune.Value - 0xfee0,
            >= 0x660 and <= 0x669 => rune.Value - 0x630,
            >= 0x6f0 and <= 0x6f9 => rune.Value - 0x6c0,
            >= 0x966 and <= 0x96f => rune.Value - 0x936,
            0xa0 or (>= 0x2000 and <= 0x200a) or 0x202f or 0x205f or 0x3000 => ' ',
            (>= 0x2010 and <= 0x2015) or 0x2212 => '-',
            0x3002 or 0xff61 => '.',
            0xad or 0x61c or 0x180e or 0xfeff or (>= 0x200b and <= 0x200f) or (>= 0x202a and <= 0x202e) or (>= 0x2060 and <= 0x2064)
                or (>= 0x2066 and <= 0x2069) => Nothing,
            _ => Same,
        };
    }

    /// <summary>Returns the length of the escaped at sign that a text starts with, or 0.</summary>
    private static int AtSign(ReadOnlySpan<byte> text)
    {
        foreach (var escape in AtSigns)
        {
            if (text.StartsWith(escape))
                return escape.Length;
        }

        return 0;
    }
}
